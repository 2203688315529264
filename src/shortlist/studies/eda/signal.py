"""Which fields say something about the pairs, and which of their values stand out."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.stats import false_discovery_control

from shortlist.common.arrays import DoubleArray, IntArray
from shortlist.common.bilingual import Bilingual, joined, same
from shortlist.data.columns import indicators
from shortlist.data.dataset import Dataset
from shortlist.pages.content import Figure, number, table
from shortlist.pages.plots import bars
from shortlist.studies.eda.finding import AGAINST_CHANCE, CORRECTED, SIGNIFICANT, Finding, against_chance
from shortlist.studies.eda.permutation import PermutationTest, RowGroups
from shortlist.studies.eda.sides import NAMES, PLURALS, Side, labelled, table_of

MIN_ROWS = 20
"""Rows that a value must have to be shown as a group."""

SHOWN = 20
"""Groups in the table."""

COLUMN_HEADER = (Bilingual("column", "열"), Bilingual("agree", "일치"), *AGAINST_CHANCE, CORRECTED)

COLUMN_CAPTION = Bilingual(
    "z of every column: how many standard deviations more it agrees than chance gives; grey: no more than chance",
    "열마다의 z: 우연보다 표준편차의 몇 배만큼 더 일치하는지. 회색은 우연 이하",
)

GROUP_HEADER = (
    Bilingual("group", "그룹"),
    Bilingual("rows", "행"),
    Bilingual("pairs a row, all = 1", "행의 평균 쌍 수(전체 = 1)"),
    Bilingual("repeats over chance", "겹침, 우연의 몇 배"),
    same("z"),
    CORRECTED,
)

GROUP_CAPTION = Bilingual(
    "Groups that repeat most: how many times as often as by chance; the bars begin at 1, which is chance",
    "가장 많이 겹치는 그룹: 우연의 몇 배인지. 막대는 우연인 1에서 시작",
)


@dataclass(frozen=True)
class ValueTest:
    """How often two rows of a group share each value of each column.

    Attributes:
        side: whose rows.
        columns: (C,) names of the columns.
        column: (F,) int32, each value's column.
        names: (F,) "column=value"; numbers and dates by tenth, 0 the lowest.
        rows: (F,) number of rows with the value.
        pairs: (F,) mean number of pairs of these rows over that of all rows.
        test: of the F values.
    """

    side: Side
    columns: list[str]
    column: IntArray
    names: list[str]
    rows: DoubleArray
    pairs: DoubleArray
    test: PermutationTest

    @property
    def of_columns(self) -> PermutationTest:
        """The test of the columns: how many values do two rows share?"""
        return self.test.summed(self.column, len(self.columns))


def value_test(dataset: Dataset, side: Side, permutations: int, rng: np.random.Generator) -> ValueTest:
    """Test all values of a side's table with the same permutations.

    A field left open is no value: two rows that both lack a column do not agree on it.
    """
    attributes = table_of(dataset, side)
    values = indicators(attributes, dates="quantile")
    kept = [place for place, name in enumerate(values.names) if not name.endswith("=")]
    names = [values.names[place] for place in kept]
    features = values.matrix[:, kept].tocsr()
    columns = [str(name) for name in attributes.columns if any(value.startswith(f"{name}=") for value in names)]
    place = {name: number for number, name in enumerate(columns)}
    column = np.array([place[_column(name, place)] for name in names], dtype=np.int32)
    groups = RowGroups.of(dataset, side, rng)
    rows = np.asarray(features.sum(axis=0), dtype=np.float64).ravel()
    pairs = (features.T @ groups.counts) / np.maximum(rows, 1) / max(groups.counts.mean(), 1e-12)
    return ValueTest(side, columns, column, names, rows, pairs, groups.share(features, permutations, rng))


def _column(name: str, columns: dict[str, int]) -> str:
    """The column of "column=value", where either may hold "=" itself."""
    return max((column for column in columns if name.startswith(f"{column}=")), key=len)


def column_signal(tests: list[ValueTest]) -> Finding:
    """Columns by how much more often than chance two rows of a group agree on them."""
    title = Bilingual("Which fields carry signal", "신호가 있는 열")
    columns = list(_columns(tests))
    if not columns:
        return Finding(title, (Bilingual("There are no attributes to test.", "검정할 속성이 없습니다."),))
    z, p = (np.array([getattr(test, name)[place] for _, test, place in columns]) for name in ("z", "p"))
    corrected = false_discovery_control(p)
    order = np.lexsort((np.array([label.en for label, *_ in columns]), -z))
    rows = []
    for at in order:
        label, test, place = columns[at]
        rows.append((label, *against_chance(test, place, ".4g"), number(corrected[at], ".3g")))
    telling = int((corrected <= SIGNIFICANT).sum())
    numbers: dict[Bilingual, float] = {
        Bilingual("columns with signal", "신호가 있는 열"): telling,
        Bilingual("columns without", "신호가 없는 열"): len(columns) - telling,
    }
    drawn = bars([columns[at][0].en for at in order], z[order], "z: standard deviations above chance")
    words = _column_words(tests, telling, len(columns))
    return Finding(title, words, Figure(drawn, COLUMN_CAPTION), numbers, table(COLUMN_HEADER, rows))


def _columns(tests: list[ValueTest]) -> Iterator[tuple[Bilingual, PermutationTest, int]]:
    """Every column that is tested: its label, the test of its side's columns, and its place in that."""
    for tested in tests:
        of_columns = tested.of_columns
        for place, name in enumerate(tested.columns):
            yield labelled(name, tested.side), of_columns, place


def _column_words(tests: list[ValueTest], telling: int, columns: int) -> tuple[Bilingual, ...]:
    strongest = [_strongest(tested) for tested in tests if tested.columns]
    best = Bilingual(joined(" and ", strongest).en, joined(", ", strongest).ko)
    permutations = len(tests[0].test.permuted)
    return (
        Bilingual(
            f"{telling} of {columns} columns carry signal about the pairs; strongest are {best.en}.",
            f"열 {columns}개 중 {telling}개에 쌍에 대한 신호가 있습니다. 가장 강한 것은 {best.ko}입니다.",
        ),
        Bilingual(
            "A user column is tested on two users of the same item, an item column on two items of the same user: how "
            "many values do they share (the same category, words in common, the same tenth of the numbers or dates)? "
            f"{permutations} permutations of the rows among those with about as many pairs say what chance gives; p is "
            "corrected for all columns together (Benjamini and Hochberg).",
            "사용자의 열은 같은 아이템의 두 사용자로, 아이템의 열은 같은 사용자의 두 아이템으로 검정합니다. 둘이 값을 "
            "몇 개 공유하는지(같은 범주, 함께 나오는 단어, 숫자나 날짜의 같은 십분위) 봅니다. 우연의 값은 쌍 수가 "
            f"비슷한 행끼리 {permutations}번 섞어 구하고, p는 모든 열을 함께 보정합니다(Benjamini-Hochberg).",
        ),
    )


def _strongest(tested: ValueTest) -> Bilingual:
    test = tested.of_columns
    place = int(np.argmax(test.z))
    name, ratio = tested.columns[place], f"{test.ratio[place]:.2f}"
    return Bilingual(
        f"{name} of {PLURALS[tested.side].en} ({ratio} times chance)",
        f"{NAMES[tested.side].ko}의 {name}(우연의 {ratio}배)",
    )


@dataclass(frozen=True)
class ValueGroup:
    """Users or items that have one value in common.

    Attributes:
        label: "column=value (side)".
        rows: number of them.
        pairs: mean number of pairs of these rows over that of all rows.
        ratio, z, p: of how often two of them meet, against chance.
    """

    label: Bilingual
    rows: float
    pairs: float
    ratio: float
    z: float
    p: float


def group_patterns(tests: list[ValueTest]) -> Finding:
    """Users or items with one value in common whose pairs repeat each other more than chance."""
    title = Bilingual("Groups that repeat themselves", "쌍이 서로 겹치는 그룹")
    groups = list(_groups(tests))
    if not groups:
        nothing = Bilingual(f"No value is held by {MIN_ROWS} rows or more.", f"{MIN_ROWS}행 이상이 가진 값이 없습니다.")
        return Finding(title, (nothing,))
    corrected = false_discovery_control([group.p for group in groups])
    order = sorted(range(len(groups)), key=lambda at: (-groups[at].z, groups[at].label.en))[:SHOWN]
    shown = [(groups[at], corrected[at]) for at in order if corrected[at] <= SIGNIFICANT]
    telling = int((corrected <= SIGNIFICANT).sum())
    numbers: dict[Bilingual, float] = {
        Bilingual("groups tested", "검정한 그룹"): len(groups),
        Bilingual("groups that repeat", "겹치는 그룹"): telling,
    }
    words = _group_words([group for group, _ in shown], telling, len(groups))
    if not shown:
        return Finding(title, words, numbers=numbers)
    rows = [
        (group.label, number(group.rows, ",.0f"), number(group.pairs, ".2f"), number(group.ratio, ".2f"),
         number(group.z, ".1f"), number(p, ".3g"))
        for group, p in shown
    ]  # fmt: skip
    by_ratio = sorted((group for group, _ in shown), key=lambda group: -group.ratio)
    ratios = [group.ratio for group in by_ratio]
    drawn = bars([group.label.en for group in by_ratio], ratios, "repeats over chance", baseline=1)
    return Finding(title, words, Figure(drawn, GROUP_CAPTION), numbers, table(GROUP_HEADER, rows))


def _groups(tests: list[ValueTest]) -> Iterator[ValueGroup]:
    """The values that `MIN_ROWS` rows or more have."""
    for tested in tests:
        test = tested.test
        ratio, z, p = test.ratio, test.z, test.p
        for at, name in enumerate(tested.names):
            if tested.rows[at] >= MIN_ROWS:
                label = labelled(name, tested.side)
                yield ValueGroup(label, tested.rows[at], tested.pairs[at], ratio[at], z[at], p[at])


def _group_words(shown: list[ValueGroup], telling: int, groups: int) -> tuple[Bilingual, ...]:
    en = f"{telling} of {groups} groups meet in the same places more than chance gives"
    ko = f"그룹 {groups}개 중 {telling}개에서 행들이 우연보다 자주 같은 곳에서 만납니다"
    if shown:
        first, ratio = shown[0], f"{shown[0].ratio:.1f}"
        en += f", most of all {first.label.en}: two of its {first.rows:,.0f} rows do so {ratio} times as often"
        ko += f". 가장 두드러진 그룹은 {first.label.ko}이며, 행 {first.rows:,.0f}개 중 둘이 "
        ko += f"만나는 일이 우연의 {ratio}배입니다"
    return (
        Bilingual(f"{en}.", f"{ko}."),
        Bilingual(
            "A group has one value in common; a number or date stands for its tenth, 0 the lowest. A repeat is two "
            "users of the group at one item, or two items of the group at one user.",
            "그룹은 값 하나가 같은 행들입니다. 숫자와 날짜는 십분위로 나타내며 0이 가장 낮습니다. 겹침이란 그룹의 두 "
            "사용자가 한 아이템에서, 또는 그룹의 두 아이템이 한 사용자에서 만나는 것입니다.",
        ),
    )
