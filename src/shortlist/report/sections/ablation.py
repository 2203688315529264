"""What each retriever and each feature adds, if `make ablate` has been run."""

from shortlist.common.bilingual import Bilingual, same
from shortlist.pages.plots import intervals
from shortlist.report.content import Block, Cell, Figure, Section, Words, number, ranged, table
from shortlist.report.run import Run
from shortlist.studies.ablation.ablation import load_ablation

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


def section(run: Run) -> Section | None:
    """A picture and a table for the blend and for the reranker."""
    found = load_ablation(run.paths)
    if found is None:
        return None
    blocks: list[Block] = [Words(NOTES)]
    folds = ", ".join(map(str, found["folds"]))
    for part in found["parts"]:
        metric, left_out = part["metrics"][0], part["without"]
        differences = [one["scores"][metric]["difference"] for one in left_out]
        ends = [[one[end] for one in differences] for end in ("low", "high")]
        drawn = intervals(
            [one["name"] for one in left_out], [one["mean"] for one in differences], ends, metric, zero=True
        )
        caption = Bilingual(
            f"{part['method']}, {found['scheme']}, folds {folds} of {found['of']}, {found['users']:,} users: without "
            "...",
            f"{part['method']}, {found['scheme']}, fold {folds}/{found['of']}, 사용자 {found['users']:,}명: 뺀 것 ...",
        )
        header = [Bilingual("without", "뺀 것")]
        for name in part["metrics"]:
            header += [same(name), Bilingual("difference, 95 %", "차이, 95 %")]
        rows: list[tuple[Bilingual | Cell | str, ...]] = [
            (
                Bilingual("nothing", "없음"),
                *(cell for name in part["metrics"] for cell in (number(part["with"][name]), "")),
            )
        ]
        for one in left_out:
            cells = []
            for name in part["metrics"]:
                score = one["scores"][name]
                gap = score["difference"]
                cells += [number(score["mean"]), ranged(gap["mean"], gap["low"], gap["high"], "+.4f")]
            rows.append((one["name"], *cells))
        blocks += [Figure(drawn, caption), table(header, rows)]
    return Section("ablation", Bilingual("What each part adds", "부분마다 더하는 것"), tuple(blocks))
