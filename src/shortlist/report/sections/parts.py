"""For whom and for what the methods are good: recall by history, popularity, date and group."""

from collections.abc import Iterator, Mapping

import pandas as pd

from shortlist.common.bilingual import Bilingual, same
from shortlist.pages.plots import intervals
from shortlist.pipeline.cross_validate import FoldResult
from shortlist.report.content import Block, Cell, Figure, Section, Words, number, ranged, table
from shortlist.report.run import Run
from shortlist.report.slices import Groups, Slice, SliceRows, by_count, by_date, by_value, pair_rows, sliced, user_rows

COMPARED = 3
"""Methods beside each other; the first is drawn."""

Part = tuple[Bilingual, dict[str, list[Slice]]]
"""What the slices are by, and each method's."""

Results = dict[str, list[FoldResult]]
"""Of the compared methods, the best first."""

NOTE = Bilingual(
    "Rows are users, once for each fold that they are in, or hidden pairs. Intervals are 95 %, with all rows of a "
    "user taken together and four made-up users added, two who score 0 and two who score 1: few users give a wide "
    'interval, even if all of them score the same. Of twenty groups one may stand out by chance. "-" is a value that '
    'is missing, "..." all rarer ones.',
    "행은 사용자(속한 fold마다 한 번) 또는 숨긴 쌍입니다. 구간은 95 %이며, 한 사용자의 행은 함께 세고, 0점 두 명과 "
    "1점 두 명을 가상으로 더해 구합니다. 그래서 사용자가 적으면 점수가 모두 같아도 구간이 넓습니다. 그룹이 스무 개면 "
    '하나쯤은 우연히 달라 보일 수 있습니다. "-"는 빠진 값, "..."는 더 드문 값 전부입니다.',
)


def section(run: Run) -> Section:
    """The best methods on the first scheme, by parts."""
    results = {name: run.results(name) for name in run.first["order"][:COMPARED]}
    blocks: list[Block] = [Words(Bilingual(f"Scheme {run.scheme}.", f"방식 {run.scheme}.")), Words(NOTE)]
    for title, found in (*_users(run, results), *_pairs(run, results)):
        blocks += _part(title, found)
    return Section("parts", Bilingual("Where it is good and where not", "어디서 잘하고 어디서 못하는지"), tuple(blocks))


def _users(run: Run, results: Results) -> Iterator[Part]:
    """The headline by what users have."""
    users, headline = run.dataset.user_table, run.scores["headline"]
    rows = {name: user_rows(run.dataset, run.folds, one, headline) for name, one in results.items()}
    first = next(iter(rows.values()))
    groups = {Bilingual("visible pairs", "보이는 쌍 수"): by_count(first.visible)}
    groups |= {same(name): by_date(users[name])[first.users] for name in _dates(run)}
    groups |= {same(name): by_value(users[name])[first.users] for name in _groups(run, users)}
    for name, of in groups.items():
        title = Bilingual(f"{headline} by the user's {name.en}", f"사용자의 {name.ko}에 따른 {headline}")
        yield title, _each(of, rows)


def _pairs(run: Run, results: Results) -> Iterator[Part]:
    """The share of hidden pairs that is found, by what their items have."""
    items, k = run.dataset.item_table, run.scores["k"]
    rows = {name: pair_rows(run.dataset, run.folds, one, k) for name, one in results.items()}
    first = next(iter(rows.values()))
    groups = {Bilingual("visible pairs", "보이는 쌍 수"): by_count(first.visible)}
    groups |= {same(name): by_value(items[name])[first.items] for name in _groups(run, items)}
    for name, of in groups.items():
        title = Bilingual(f"Share of hidden pairs found in the first {k}, by the item's {name.en}",
                     f"아이템의 {name.ko}에 따른, 숨긴 쌍이 상위 {k}에 든 비율")  # fmt: skip
        yield title, _each(of, rows)


def _each(groups: Groups, rows: Mapping[str, SliceRows]) -> dict[str, list[Slice]]:
    return {name: sliced(groups, one) for name, one in rows.items()}


def _part(title: Bilingual, found: dict[str, list[Slice]]) -> list[Block]:
    best = next(iter(found))
    drawn = found[best]
    figure = intervals(
        [f"{one.group}  (n = {one.users:,})" for one in drawn], [one.mean for one in drawn],
        [[one.low for one in drawn], [one.high for one in drawn]], best,
    )  # fmt: skip
    rows: list[tuple[str | Cell, ...]] = [
        (one.group, number(one.users, ","), number(one.rows, ","),
         *(ranged(parts[place].mean, parts[place].low, parts[place].high) for parts in found.values()))
        for place, one in enumerate(drawn)
    ]  # fmt: skip
    header = (Bilingual("group", "그룹"), Bilingual("users", "사용자"), Bilingual("rows", "행"), *map(same, found))
    return [Figure(figure, title), table(header, rows)]


def _dates(run: Run) -> list[str]:
    """The users' dates: those that a scheme goes by, or else all there are."""
    known = [str(column) for column in run.dataset.user_table.select_dtypes("datetime").columns]
    settings = [run.competition.scheme(scheme)[1] for scheme in run.scores["schemes"]]
    named = dict.fromkeys(one["date"] for one in settings if one.get("date") in known)
    return list(named) or known


def _groups(run: Run, table: pd.DataFrame) -> list[str]:
    """The columns of `[report] groups` that this table has, or its first category column."""
    categories = [str(column) for column in table.select_dtypes("category")]
    return [name for name in run.competition.report.groups if name in categories] or categories[:1]
