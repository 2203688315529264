"""For whom and for what the methods are good: recall by history, popularity, date and group."""

import pandas as pd

from shortlist.pages.plots import intervals
from shortlist.report import slices
from shortlist.report.content import Block, Cell, Figure, Section, Text, Words, estimated, same, table
from shortlist.report.run import Run
from shortlist.report.slices import Slice

COMPARED = 3
"""Methods beside each other; the first is drawn."""


def section(run: Run) -> Section:
    """The best methods on the first scheme, by parts."""
    compared = run.first["order"][:COMPARED]
    results = {name: run.results(name) for name in compared}
    rows = {
        name: slices.user_rows(run.dataset, run.folds, found, run.scores["headline"]) for name, found in results.items()
    }
    users, k = run.dataset.user_table, run.scores["k"]
    headline = run.scores["headline"]
    parts = [
        (Text(f"{headline} by the user's visible pairs", f"사용자의 보이는 쌍 수에 따른 {headline}"),
         {name: slices.by_history(one) for name, one in rows.items()}),
        (Text(f"Share of hidden pairs found in the first {k}, by the item's visible pairs",
              f"아이템의 보이는 쌍 수에 따른, 숨긴 쌍이 상위 {k}에 든 비율"),
         {name: slices.by_popularity(run.dataset, run.folds, found, k) for name, found in results.items()}),
    ]  # fmt: skip
    for column in _dates(users):
        title = Text(f"{headline} by the user's {column}", f"사용자의 {column}에 따른 {headline}")
        parts.append((title, {name: slices.by_date(one, users[column]) for name, one in rows.items()}))
    for column in _groups(run, users):
        title = Text(f"{headline} by the user's {column}", f"사용자의 {column}에 따른 {headline}")
        parts.append((title, {name: slices.by_value(one, users[column]) for name, one in rows.items()}))
    note = Text(
        f"Scheme {run.scheme}. Rows are users, once for each fold that they are in, or hidden pairs. Where rows are "
        f"few, the "
        "error is large: read it before the mean. \"-\" is a value that is missing, \"...\" all rarer ones.",
        f"방식 {run.scheme}. 행은 사용자(속한 fold마다 한 번) 또는 숨긴 쌍입니다. 행이 적으면 오차가 큽니다. "
        f"평균보다 먼저 보세요. "
        "\"-\"는 빠진 값, \"...\"는 더 드문 값 전부입니다.",
    )  # fmt: skip
    blocks: list[Block] = [Words(note)]
    for title, found in parts:
        blocks += _part(title, found)
    return Section("parts", Text("Where it is good and where not", "어디서 잘하고 어디서 못하는지"), tuple(blocks))


def _part(title: Text, found: dict[str, list[Slice]]) -> list[Block]:
    best = next(iter(found))
    drawn = found[best]
    ends = [[one.mean + sign * 1.96 * one.error for one in drawn] for sign in (-1, 1)]
    figure = intervals([one.group for one in drawn], [one.mean for one in drawn], ends, best)
    rows: list[tuple[str | Cell, ...]] = [
        (one.group, f"{one.rows:,}", *(estimated(parts[place].mean, parts[place].error) for parts in found.values()))
        for place, one in enumerate(drawn)
    ]
    header = (Text("group", "그룹"), Text("rows", "행"), *map(same, found))
    return [Figure(figure, title), table(header, rows)]


def _dates(users: pd.DataFrame) -> list[str]:
    """The first date column, if there is one."""
    return [str(column) for column in users.select_dtypes("datetime").columns[:1]]


def _groups(run: Run, users: pd.DataFrame) -> list[str]:
    """The columns of `[report] groups`, or the first category column."""
    categories = [str(column) for column in users.select_dtypes("category")]
    return [name for name in run.competition.report.groups if name in categories] or categories[:1]
