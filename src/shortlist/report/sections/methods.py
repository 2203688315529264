"""Every method beside the others, on every scheme."""

from shortlist.common.bilingual import Bilingual, same
from shortlist.pages.content import METHOD, Block, Cell, Figure, Section, Words, estimated, number, ranged, table
from shortlist.pages.plots import intervals
from shortlist.report.material import Material
from shortlist.validation.metrics import Difference
from shortlist.validation.scores import SchemeScores, Scores

READING = Bilingual(
    "± is one standard error, with the rows that one user has in several folds taken together. An interval is the 95 "
    "% paired bootstrap interval over users of the difference to the best; one that holds 0 means that these folds "
    "cannot tell the two apart.",
    "±는 표준오차이며, 한 사용자가 여러 fold에 가진 행은 함께 셉니다. 구간은 가장 좋은 방법과의 차이의 사용자 단위 "
    "95 % paired bootstrap 구간입니다. 0을 포함하면 이 fold들로는 둘을 구별할 수 없습니다.",
)


def section(material: Material) -> Section:
    """A picture and a table for each scheme, and all metrics folded away."""
    blocks: list[Block] = [Words(READING)]
    for name, scheme in material.scores.schemes.items():
        blocks += _compared(material.scores, name, scheme)
    return Section("methods", Bilingual("Methods compared", "방법 비교"), tuple(blocks))


def _compared(scores: Scores, name: str, scheme: SchemeScores) -> list[Block]:
    return [
        *([_behind(scores.headline, name, scheme)] if scheme.behind_best else []),
        _table(scores, scheme),
        _all_metrics(scores, name, scheme),
        *_figures(scheme),
    ]


def _behind(headline: str, name: str, scheme: SchemeScores) -> Figure:
    best, *others = scheme.order
    behind = [scheme.behind_best[method] for method in others]
    ends = [[-difference.high for difference in behind], [-difference.low for difference in behind]]
    figure = intervals(others, [-difference.mean for difference in behind], ends, f"{headline} - {best}", zero=True)
    caption = Bilingual(
        f"{name}: {headline} less that of {best}, with the 95 % interval of the paired difference",
        f"{name}: {best}와의 {headline} 차이와 그 95 % 구간 (같은 사용자끼리 비교)",
    )
    return Figure(figure, caption)


def _table(scores: Scores, scheme: SchemeScores) -> Block:
    headline = scores.headline
    deeper = [f"{headline.partition('@')[0]}@{k}" for k in scores.ks if k != scores.k]
    rows: list[tuple[str | Cell, ...]] = []
    for name in scheme.order:
        method = scheme.methods[name]
        metric = method.metrics[headline]
        others = [number(method.metrics[depth].mean, ".3f") for depth in deeper]
        distance = _distance(scheme.behind_best.get(name))
        rows.append((name, estimated(metric.mean, metric.error), distance, *others, number(method.seconds, ".0f")))
    header = (METHOD, same(headline), Bilingual("behind the best", "최고와의 차이"), *map(same, deeper),
              Bilingual("seconds, all folds", "초, 모든 fold"))  # fmt: skip
    return table(header, rows)


def _distance(behind: Difference | None) -> Cell:
    return ranged(behind.mean, behind.low, behind.high) if behind else Cell(Bilingual("best", "최고"), 0.0)


def _all_metrics(scores: Scores, name: str, scheme: SchemeScores) -> Block:
    rows: list[tuple[str | Cell, ...]] = []
    for method_name in scheme.order:
        method = scheme.methods[method_name]
        for metric in scores.metrics:
            cells = (method.metrics[f"{metric}@{k}"] for k in scores.ks)
            rows.append((method_name, metric, *(estimated(cell.mean, cell.error) for cell in cells)))
        rows.append((method_name, "coverage", *(number(method.coverage[f"coverage@{k}"]) for k in scores.ks)))
    header = (METHOD, Bilingual("metric", "지표"), *(same(f"@{k}") for k in scores.ks))
    return table(header, rows, Bilingual(f"{name}: every metric", f"{name}: 모든 지표"))


def _figures(scheme: SchemeScores) -> list[Block]:
    """What some methods tell beside their lists."""
    names = sorted({key for method in scheme.methods.values() for key in method.figures})
    rows = [
        (name, *(number(method.figures[key]) if key in method.figures else "" for key in names))
        for name, method in scheme.methods.items()
        if method.figures
    ]
    words = Bilingual(
        "Per hidden pair: hit rates (items already seen not left out), errors of ratings.",
        "숨긴 쌍마다: 적중률(이미 본 아이템을 빼지 않음), 평점의 오차.",
    )
    return [Words(words), table((METHOD, *map(same, names)), rows)] if rows else []
