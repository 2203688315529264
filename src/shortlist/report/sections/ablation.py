"""What each retriever and each feature adds, if `make ablate` has been run."""

from shortlist.common.bilingual import Bilingual, same
from shortlist.pages.content import Block, Cell, Figure, Section, TableBlock, Words, number, ranged, table
from shortlist.pages.plots import intervals
from shortlist.report.material import Material
from shortlist.studies.ablation.ablation import load_ablation
from shortlist.studies.ablation.result import AblatedMethod, Ablation

NOTES = Bilingual(
    "Each line learns and scores once more without one thing. The difference is (without it) - (with everything), "
    "with its 95 % paired bootstrap interval over users: below 0, the method is worse without it; an interval that "
    "holds 0 means that these folds cannot tell. Two things that say the same can both seem useless, as either makes "
    "up for the other. A reranker's candidates, and the blend's own columns among its features, stay as all "
    "retrievers made them.",
    "각 줄은 하나를 빼고 다시 배우고 채점한 것입니다. 차이는 (뺀 것) - (전부)이며 사용자 단위 95 % paired bootstrap "
    "구간이 붙습니다. 0보다 작으면 빼서 나빠진 것이고, 0을 포함하면 이 fold들로는 알 수 없습니다. 같은 말을 하는 "
    "둘은 서로를 메우므로 둘 다 쓸모없어 보일 수 있습니다. Reranker의 후보와 feature 중 blend 자신의 열은 모든 "
    "retriever가 만든 그대로입니다.",
)


def section(material: Material) -> Section | None:
    """A picture and a table for the blend and for the reranker."""
    ablation = load_ablation(material.run)
    if ablation is None:
        return None
    blocks: list[Block] = [Words(NOTES)]
    for method in ablation.methods:
        blocks += [_figure(method, ablation), _table(method)]
    return Section("ablation", Bilingual("What each part adds", "부분마다 더하는 것"), tuple(blocks))


def _figure(method: AblatedMethod, ablation: Ablation) -> Figure:
    metric = method.metrics[0]
    differences = [without.differences[metric] for without in method.without]
    drawn = intervals(
        [without.part for without in method.without], [difference.mean for difference in differences],
        [[difference.low for difference in differences], [difference.high for difference in differences]],
        metric, zero=True,
    )  # fmt: skip
    folds = ", ".join(map(str, ablation.folds))
    caption = Bilingual(
        f"{method.method}, {ablation.scheme}, folds {folds} of {ablation.of}, {ablation.users:,} users: without ...",
        f"{method.method}, {ablation.scheme}, fold {folds}/{ablation.of}, 사용자 {ablation.users:,}명: 뺀 것 ...",
    )
    return Figure(drawn, caption)


def _table(method: AblatedMethod) -> TableBlock:
    header = [Bilingual("without", "뺀 것")]
    for name in method.metrics:
        header += [same(name), Bilingual("difference, 95 %", "차이, 95 %")]
    everything = (cell for name in method.metrics for cell in (number(method.everything[name]), ""))
    rows: list[tuple[Bilingual | Cell | str, ...]] = [(Bilingual("nothing", "없음"), *everything)]
    for without in method.without:
        cells = []
        for name in method.metrics:
            gap = without.differences[name]
            cells += [number(without.means[name]), ranged(gap.mean, gap.low, gap.high, "+.4f")]
        rows.append((without.part, *cells))
    return table(header, rows)
