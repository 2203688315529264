"""Every method beside the others, on every scheme."""

from typing import Any

from shortlist.common.bilingual import Bilingual, same
from shortlist.pages.plots import intervals
from shortlist.report.content import METHOD, Block, Cell, Figure, Section, Words, estimated, number, ranged, table
from shortlist.report.run import Run

READING = Bilingual(
    "± is one standard error, with the rows that one user has in several folds taken together. An interval is the 95 "
    "% paired bootstrap interval over users of the difference to the best; one that holds 0 means that these folds "
    "cannot tell the two apart.",
    "±는 표준오차이며, 한 사용자가 여러 fold에 가진 행은 함께 셉니다. 구간은 가장 좋은 방법과의 차이의 사용자 단위 "
    "95 % paired bootstrap 구간입니다. 0을 포함하면 이 fold들로는 둘을 구별할 수 없습니다.",
)


def section(run: Run) -> Section:
    """A picture and a table for each scheme, and all metrics folded away."""
    blocks: list[Block] = [Words(READING)]
    for scheme, result in run.scores["schemes"].items():
        blocks += _scheme(run.scores, scheme, result)
    return Section("methods", Bilingual("Methods compared", "방법 비교"), tuple(blocks))


def _scheme(scores: dict[str, Any], scheme: str, result: dict[str, Any]) -> list[Block]:
    headline = scores["headline"]
    best, *others = result["order"]
    behind = [result["behind_best"][name] for name in others]
    ends = [[-one[end] for one in behind] for end in ("high", "low")]
    figure = intervals(others, [-one["mean"] for one in behind], ends, f"{headline} - {best}", zero=True)
    caption = Bilingual(f"{scheme}: {headline} less that of {best}, with the 95 % interval of the paired difference",
                   f"{scheme}: {best}와의 {headline} 차이와 그 95 % 구간 (같은 사용자끼리 비교)")  # fmt: skip
    deeper = [f"{headline.partition('@')[0]}@{k}" for k in scores["ks"] if k != scores["k"]]
    rows = []
    for name in result["order"]:
        method, distance = result["methods"][name], _distance(result["behind_best"].get(name))
        metric = method["metrics"][headline]
        others = [number(method["metrics"][one]["mean"], ".3f") for one in deeper]
        seconds = number(method["seconds"], ".0f")
        rows.append((name, estimated(metric["mean"], metric["error"]), distance, *others, seconds))
    header = (METHOD, same(headline), Bilingual("behind the best", "최고와의 차이"), *map(same, deeper),
              Bilingual("seconds, all folds", "초, 모든 fold"))  # fmt: skip
    return [
        *([Figure(figure, caption)] if others else []),
        table(header, rows),
        _all_metrics(scores, scheme, result),
        *_figures(result),
    ]


def _distance(behind: dict[str, Any] | None) -> Cell:
    return ranged(behind["mean"], behind["low"], behind["high"]) if behind else Cell(Bilingual("best", "최고"), 0.0)


def _all_metrics(scores: dict[str, Any], scheme: str, result: dict[str, Any]) -> Block:
    rows = []
    for name in result["order"]:
        method = result["methods"][name]
        for metric in scores["metrics"]:
            found = (method["metrics"][f"{metric}@{k}"] for k in scores["ks"])
            rows.append((name, metric, *(estimated(one["mean"], one["error"]) for one in found)))
        rows.append((name, "coverage", *(number(method["coverage"][f"coverage@{k}"]) for k in scores["ks"])))
    header = (METHOD, Bilingual("metric", "지표"), *(same(f"@{k}") for k in scores["ks"]))
    return table(header, rows, Bilingual(f"{scheme}: every metric", f"{scheme}: 모든 지표"))


def _figures(result: dict[str, Any]) -> list[Block]:
    """What some methods tell beside their lists."""
    names = sorted({key for method in result["methods"].values() for key in method["figures"]})
    rows = [
        (name, *(number(figures[key]) if key in figures else "" for key in names))
        for name, method in result["methods"].items()
        if (figures := method["figures"])
    ]
    words = Bilingual(
        "Per hidden pair: hit rates (items already seen not left out), errors of ratings.",
        "숨긴 쌍마다: 적중률(이미 본 아이템을 빼지 않음), 평점의 오차.",
    )
    return [Words(words), table((METHOD, *map(same, names)), rows)] if rows else []
