"""For whom and for what the methods are good: recall by history, popularity, date and group."""

from collections.abc import Iterator, Mapping

import pandas as pd

from shortlist.common.bilingual import Bilingual, same
from shortlist.pages.content import Block, Cell, Figure, Section, Words, number, ranged, table
from shortlist.pages.plots import intervals
from shortlist.report.material import Material
from shortlist.report.slices import Groups, Slice, SliceRows, by_count, by_date, by_value, pair_rows, sliced
from shortlist.validation.folds import FoldResult

COMPARED = 3
"""Methods beside each other; the first is drawn."""

SlicedBy = tuple[Bilingual, dict[str, list[Slice]]]
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


def section(material: Material) -> Section:
    """The best methods on the first scheme, by parts."""
    results = {name: material.results(name) for name in material.scores.order[:COMPARED]}
    blocks: list[Block] = [
        Words(Bilingual(f"Scheme {material.scores.chosen_by}.", f"방식 {material.scores.chosen_by}.")),
        Words(NOTE),
    ]
    for title, slices in (*_users(material, results), *_pairs(material, results)):
        blocks += _part(title, slices)
    return Section("parts", Bilingual("Where it is good and where not", "어디서 잘하고 어디서 못하는지"), tuple(blocks))


def _users(material: Material, results: Results) -> Iterator[SlicedBy]:
    """The headline by what users have."""
    users, headline = material.dataset.user_table, material.scores.headline
    rows = {name: material.rows(name) for name in results}
    first = next(iter(rows.values()))
    groups = {Bilingual("visible pairs", "보이는 쌍 수"): by_count(first.visible)}
    groups |= {same(name): by_date(users[name])[first.users] for name in _dates(material)}
    groups |= {same(name): by_value(users[name])[first.users] for name in _groups(material, users)}
    for name, of in groups.items():
        title = Bilingual(f"{headline} by the user's {name.en}", f"사용자의 {name.ko}에 따른 {headline}")
        yield title, _each(of, rows)


def _pairs(material: Material, results: Results) -> Iterator[SlicedBy]:
    """The share of hidden pairs that is found, by what their items have."""
    items, k = material.dataset.item_table, material.scores.k
    rows = {name: pair_rows(material.dataset, material.folds, own, k) for name, own in results.items()}
    first = next(iter(rows.values()))
    groups = {Bilingual("visible pairs", "보이는 쌍 수"): by_count(first.visible)}
    groups |= {same(name): by_value(items[name])[first.items] for name in _groups(material, items)}
    for name, of in groups.items():
        title = Bilingual(f"Share of hidden pairs found in the first {k}, by the item's {name.en}",
                     f"아이템의 {name.ko}에 따른, 숨긴 쌍이 상위 {k}에 든 비율")  # fmt: skip
        yield title, _each(of, rows)


def _each(groups: Groups, rows: Mapping[str, SliceRows]) -> dict[str, list[Slice]]:
    return {name: sliced(groups, own) for name, own in rows.items()}


def _part(title: Bilingual, slices: dict[str, list[Slice]]) -> list[Block]:
    best = next(iter(slices))
    drawn = slices[best]
    figure = intervals(
        [f"{part.group}  (n = {part.users:,})" for part in drawn], [part.mean for part in drawn],
        [[part.low for part in drawn], [part.high for part in drawn]], best,
    )  # fmt: skip
    rows: list[tuple[str | Cell, ...]] = [
        (part.group, number(part.users, ","), number(part.rows, ","),
         *(ranged(own[place].mean, own[place].low, own[place].high) for own in slices.values()))
        for place, part in enumerate(drawn)
    ]  # fmt: skip
    header = (Bilingual("group", "그룹"), Bilingual("users", "사용자"), Bilingual("rows", "행"), *map(same, slices))
    return [Figure(figure, title), table(header, rows)]


def _dates(material: Material) -> list[str]:
    """The users' dates: those that a scheme goes by, or else all there are."""
    known = [str(column) for column in material.dataset.user_table.select_dtypes("datetime").columns]
    dates = [getattr(splitter, "date", None) for splitter in material.splitters.values()]
    named = dict.fromkeys(date for date in dates if date in known)
    return list(named) or known


def _groups(material: Material, table: pd.DataFrame) -> list[str]:
    """The columns of `[report] groups` that this table has, or its first category column."""
    categories = [str(column) for column in table.select_dtypes("category")]
    return [name for name in material.run.competition.report.groups if name in categories] or categories[:1]
