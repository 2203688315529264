"""Which fields say something about the pairs, and which of their values stand out."""

from dataclasses import dataclass

import numpy as np
from scipy.stats import false_discovery_control

from shortlist.common.arrays import DoubleArray, IntArray
from shortlist.data.columns import indicators
from shortlist.data.dataset import Dataset
from shortlist.pages.plots import bars
from shortlist.studies.eda.finding import SIGNIFICANT, Finding
from shortlist.studies.eda.permutation import Groups, PermutationTest, Side, table_of

MIN_ROWS = 20
"""Rows that a value must have to be shown as a group."""

SHOWN = 20
"""Groups in the table."""


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
    table = table_of(dataset, side)
    found = indicators(table, dates="quantile")
    kept = [place for place, name in enumerate(found.names) if not name.endswith("=")]
    names = [found.names[place] for place in kept]
    features = found.matrix[:, kept].tocsr()
    columns = [str(name) for name in table.columns if any(value.startswith(f"{name}=") for value in names)]
    place = {name: number for number, name in enumerate(columns)}
    column = np.array([place[_column(name, place)] for name in names], dtype=np.int32)
    groups = Groups.of(dataset, side, rng)
    rows = np.asarray(features.sum(axis=0), dtype=np.float64).ravel()
    pairs = (features.T @ groups.counts) / np.maximum(rows, 1) / max(groups.counts.mean(), 1e-12)
    return ValueTest(side, columns, column, names, rows, pairs, groups.share(features, permutations, rng))


def _column(name: str, columns: dict[str, int]) -> str:
    """The column of "column=value", where either may hold "=" itself."""
    return max((column for column in columns if name.startswith(f"{column}=")), key=len)


def column_signal(tests: list[ValueTest]) -> Finding:
    """Columns by how much more often than chance two rows of a group agree on them."""
    found = [(f"{name} ({one.side})", one.of_columns, place) for one in tests for place, name in enumerate(one.columns)]
    if not found:
        return Finding("Which fields carry signal", ("There are no attributes to test.",))
    labels = [label for label, _, _ in found]
    observed, chance, ratio, z, p = (
        np.array([getattr(test, name)[place] for _, test, place in found])
        for name in ("observed", "chance", "ratio", "z", "p")
    )
    corrected = false_discovery_control(p)
    order = np.lexsort((np.array(labels), -z))
    header = ("column", "agree", "by chance", "ratio", "z", "p", "p, corrected")
    rows = [
        (labels[at], f"{observed[at]:.4g}", f"{chance[at]:.4g}", f"{ratio[at]:.2f}", f"{z[at]:.1f}", f"{p[at]:.3g}",
         f"{corrected[at]:.3g}")
        for at in order
    ]  # fmt: skip
    telling = int((corrected <= SIGNIFICANT).sum())
    best = " and ".join(_best(one) for one in tests if one.columns)
    words = (
        f"{telling} of {len(labels)} columns carry signal about the pairs; strongest are {best}.",
        "A user column is tested on two users of the same item, an item column on two items of the same user: how many "
        "values do they share (the same category, words in common, the same tenth of the numbers or dates)? "
        f"{len(tests[0].test.permuted)} permutations of the rows among those with about as many pairs say what chance "
        "gives; p is corrected for all columns together (Benjamini and Hochberg).",
    )
    numbers = {"columns with signal": telling, "columns without": len(labels) - telling}
    figure = bars([labels[at] for at in order], z[order], "z: standard deviations above chance")
    return Finding("Which fields carry signal", words, figure, numbers, (header, *rows))


def _best(one: ValueTest) -> str:
    test = one.of_columns
    place = int(np.argmax(test.z))
    return f"{one.columns[place]} of {one.side}s ({test.ratio[place]:.2f} times chance)"


def group_patterns(tests: list[ValueTest]) -> Finding:
    """Users or items with one value in common whose pairs repeat each other more than chance."""
    found = [
        (f"{name} ({one.side})", one.rows[at], one.pairs[at], one.test.ratio[at], one.test.z[at], one.test.p[at])
        for one in tests for at, name in enumerate(one.names) if one.rows[at] >= MIN_ROWS
    ]  # fmt: skip
    if not found:
        return Finding("Groups that repeat themselves", (f"No value is held by {MIN_ROWS} rows or more.",))
    corrected = false_discovery_control([p for *_, p in found])
    order = sorted(range(len(found)), key=lambda at: (-found[at][4], found[at][0]))[:SHOWN]
    shown = [at for at in order if corrected[at] <= SIGNIFICANT]
    header = ("group", "rows", "pairs a row, all = 1", "repeats over chance", "z", "p, corrected")
    rows = [
        (found[at][0], f"{found[at][1]:,.0f}", f"{found[at][2]:.2f}", f"{found[at][3]:.2f}", f"{found[at][4]:.1f}",
         f"{corrected[at]:.3g}")
        for at in shown
    ]  # fmt: skip
    telling = int((corrected <= SIGNIFICANT).sum())
    numbers = {"groups tested": len(found), "groups that repeat": telling}
    words = [f"{telling} of {len(found)} groups meet in the same places more than chance gives."]
    if shown:
        label, size, _, ratio, *_ = found[shown[0]]
        words[0] = (
            f"{telling} of {len(found)} groups meet in the same places more than chance gives, most of all {label}: "
            f"two of its {size:,.0f} rows do so {ratio:.1f} times as often."
        )
    words.append("A group has one value in common; a number or date stands for its tenth, 0 the lowest. A repeat is "
                 "two users of the group at one item, or two items of the group at one user.")  # fmt: skip
    drawn = sorted(shown, key=lambda at: -found[at][3])
    figure = bars([found[at][0] for at in drawn], [found[at][3] for at in drawn], "repeats over chance", baseline=1)
    return Finding("Groups that repeat themselves", tuple(words), figure if shown else "", numbers,
                   (header, *rows) if shown else ())  # fmt: skip
