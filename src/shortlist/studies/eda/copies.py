"""Rows whose attributes are all the same: do such copies stand together more than chance?"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
import scipy.sparse as sp
from numpy.typing import NDArray

from shortlist.common.arrays import IntArray
from shortlist.common.bilingual import Bilingual
from shortlist.data.columns import equal_rows
from shortlist.data.dataset import Dataset
from shortlist.pages.content import Cell, Figure, number, table
from shortlist.pages.plots import canvas, svg
from shortlist.studies.eda.finding import AGAINST_CHANCE, SIGNIFICANT, Finding, against_chance
from shortlist.studies.eda.permutation import PermutationTest, RowGroups
from shortlist.studies.eda.sides import COLOURS, COLOURS_SAID, NAMES, PLURALS, SIDES, Side, table_of

SMALL = 5
"""Rows of a small group of copies: more likely one thing entered several times than a common form filled in alike."""

HEADER = (
    Bilingual("copies among", "복사본"),
    Bilingual("groups of copies", "복사본 그룹"),
    Bilingual("rows in them", "그 안의 행"),
    Bilingual("largest", "가장 큰 그룹"),
    Bilingual("two together", "둘이 함께"),
    *AGAINST_CHANCE,
)

CAPTION = Bilingual(
    f"How many groups of copies have so many rows ({COLOURS_SAID.en})",
    f"행의 수에 따른 복사본 그룹의 수 ({COLOURS_SAID.ko})",
)

MEANING = Bilingual(
    "Copies are rows with all attributes equal, dates aside. Together means: two items of one user, or two users of "
    "one item. Chance shuffles the attributes among rows with about as many pairs.",
    "복사본은 날짜를 뺀 모든 속성이 같은 행들입니다. 함께란 한 사용자의 두 아이템, 또는 한 아이템의 두 사용자라는 "
    "뜻입니다. 우연의 값은 쌍 수가 비슷한 행끼리 속성을 다시 나누어 구합니다.",
)


@dataclass(frozen=True)
class Copies:
    """The copies among the rows of one side, and whether they stand together.

    Attributes:
        side: whose rows.
        size: (groups,) rows with the same attributes; 1: a row without a copy.
        test: of these groups: how often are two rows of a group together?
    """

    side: Side
    size: NDArray[np.intp]
    test: PermutationTest

    @property
    def rows(self) -> int:
        """Rows that have a copy."""
        return int(self.size[self.size > 1].sum())

    def tested(self, counted: NDArray[np.bool_]) -> PermutationTest:
        """The test of some of the groups taken together, given (groups,) which."""
        return self.test.summed(np.where(counted, 0, 1).astype(np.int32), 2)


def copy_groups(table: pd.DataFrame) -> IntArray:
    """Number of the group of equal rows, (rows,) int32; dates are left out, and a missing value equals another.

    Dates are left out since two rows about one thing are seldom made on the same day.
    """
    return equal_rows(table.select_dtypes(exclude="datetime"))


def copies(dataset: Dataset, permutations: int, rng: np.random.Generator) -> Finding:
    """Copies among users and items, and whether two of a group are found together more than chance."""
    title = Bilingual("Near copies", "거의 같은 행")
    sides = [_copies(dataset, side, permutations, rng) for side in SIDES]
    numbers: dict[Bilingual, float] = {}
    rows: list[tuple[Bilingual | Cell, ...]] = []
    for copied in sides:
        side = copied.side
        numbers[Bilingual(f"{PLURALS[side].en} that have a copy", f"복사본이 있는 {NAMES[side].ko}")] = copied.rows
        for label, counted in _parts(copied):
            test, size = copied.tested(counted), copied.size[counted]
            numbers[Bilingual(f"{label.en}: copies together, over chance", f"{label.ko}: 함께, 우연의 몇 배")] = float(
                test.ratio[0]
            )
            rows.append((label, number(len(size), ","), number(size.sum(), ","), number(size.max(initial=0), ","),
                         *against_chance(test, 0, ".4%")))  # fmt: skip
    words = (_first_words([_said(copied) for copied in reversed(sides)]), MEANING)
    if not rows:
        return Finding(title, words, numbers=numbers)
    return Finding(title, words, Figure(_drawn(sides), CAPTION), numbers, table(HEADER, rows))


def _copies(dataset: Dataset, side: Side, permutations: int, rng: np.random.Generator) -> Copies:
    group = copy_groups(table_of(dataset, side))
    size = np.bincount(group, minlength=1)
    if size.max() < 2:
        return Copies(side, size, PermutationTest(np.zeros(len(size)), np.zeros((permutations, len(size)))))
    groups = RowGroups.of(dataset, side, rng)
    return Copies(side, size, groups.share(_members(group, size > 1), permutations, rng))


def _parts(copied: Copies) -> Iterator[tuple[Bilingual, NDArray[np.bool_]]]:
    """All groups of copies, and the small ones; nothing without copies."""
    if not copied.rows:
        return
    names, groups = PLURALS[copied.side], copied.size > 1
    yield names, groups
    small = Bilingual(f"{names.en}, groups up to {SMALL}", f"{names.ko}, {SMALL}행 이하의 그룹")
    yield small, groups & (copied.size <= SMALL)


def _said(copied: Copies) -> Bilingual:
    """What is worth knowing of one side, without a full stop."""
    names, name = PLURALS[copied.side].en, NAMES[copied.side].ko
    if not copied.rows:
        return Bilingual(f"no two {names} have all attributes equal", f"{name} 중에는 모든 속성이 같은 둘이 없습니다")
    test = copied.tested(copied.size > 1)
    often = Bilingual("no more often than", "복사본 둘이 우연보다 자주 함께 나오지는 않습니다")
    if test.p[0] <= SIGNIFICANT:
        ratio = f"{test.ratio[0]:.1f}"
        often = Bilingual(f"{ratio} times as often as", f"복사본 둘이 함께 나오는 일은 우연의 {ratio}배입니다")
    rows, unit = f"{copied.rows:,}", "명" if copied.side == "user" else "개"
    return Bilingual(
        f"{rows} {names} have a copy, and two copies are found together {often.en} chance gives",
        f"{name} {rows}{unit}에 복사본이 있고, {often.ko}",
    )


def _first_words(said: list[Bilingual]) -> Bilingual:
    en = "; ".join(text.en for text in said)
    return Bilingual(f"{en[0].upper()}{en[1:]}.", f"{'. '.join(text.ko for text in said)}.")


def _members(group: IntArray, shown: NDArray[np.bool_]) -> sp.csr_matrix:
    """Which row is in which of the groups that are shown, (rows, groups) of ones."""
    kept = np.flatnonzero(shown[group])
    ones = np.ones(len(kept), dtype=np.float32)
    return sp.csr_matrix((ones, (kept, group[kept])), shape=(len(group), len(shown)))


def _drawn(sides: list[Copies]) -> str:
    axes = canvas()
    for copied in sides:
        having = np.bincount(copied.size[copied.size > 1])
        places = np.flatnonzero(having)
        axes.plot(places, having[places], "o", color=COLOURS[copied.side], label=PLURALS[copied.side].en, alpha=0.8)
    axes.set(xscale="log", yscale="log", xlabel="rows in a group of copies", ylabel="groups")
    axes.legend()
    return svg(axes)
