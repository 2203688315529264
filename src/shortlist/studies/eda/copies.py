"""Rows whose attributes are all the same: do such copies stand together more than chance?"""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import scipy.sparse as sp
from numpy.typing import NDArray

from shortlist.common.arrays import IntArray
from shortlist.data.columns import equal_rows
from shortlist.data.dataset import Dataset
from shortlist.pages.plots import BLUE, ORANGE, canvas, svg
from shortlist.studies.eda.finding import SIGNIFICANT, Finding
from shortlist.studies.eda.permutation import SIDES, Groups, Side, table_of

SMALL = 5
"""Rows of a small group of copies: more likely one thing entered several times than a common form filled in alike."""


def copy_groups(table: pd.DataFrame) -> IntArray:
    """Number of the group of equal rows, (rows,) int32; dates are left out, and a missing value equals another.

    Dates are left out since two rows about one thing are seldom made on the same day.
    """
    return equal_rows(table.select_dtypes(exclude="datetime"))


def copies(dataset: Dataset, permutations: int, rng: np.random.Generator) -> Finding:
    """Copies among users and items, and whether two of a group are found together more than chance."""
    header = ("", "groups of copies", "rows in them", "largest", "two together", "by chance", "ratio", "z", "p")
    rows, sizes, said = [], {}, []
    numbers: dict[str, float] = {}
    for side in SIDES:
        group = copy_groups(table_of(dataset, side))
        size = np.bincount(group, minlength=1)
        sizes[side] = size[size > 1]
        numbers[f"{side}s that have a copy"] = int(sizes[side].sum())
        if not len(sizes[side]):
            said.append(f"no two {side}s have all attributes equal")
            continue
        each = Groups.of(dataset, side, rng).share(_members(group, size > 1), permutations, rng)
        for label, of in ((f"{side}s", size > 1), (f"{side}s, groups up to {SMALL}", (size > 1) & (size <= SMALL))):
            test = each.summed(np.where(of, 0, 1).astype(np.int32), 2)
            rows.append((label, f"{of.sum():,}", f"{size[of].sum():,}", f"{size[of].max(initial=0):,}",
                         f"{test.observed[0]:.4%}", f"{test.chance[0]:.4%}", f"{test.ratio[0]:.2f}",
                         f"{test.z[0]:.1f}", f"{test.p[0]:.3g}"))  # fmt: skip
            numbers[f"{label}: copies together, over chance"] = float(test.ratio[0])
        whole = each.summed(np.zeros(len(size), dtype=np.int32), 1)
        often = f"{whole.ratio[0]:.1f} times as often as" if whole.p[0] <= SIGNIFICANT else "no more often than"
        said.append(
            f"{sizes[side].sum():,} {side}s have a copy, and two copies are found together {often} chance gives"
        )
    first = "; ".join(reversed(said)) + "."
    words = (
        first[0].upper() + first[1:],
        "Copies are rows with all attributes equal, dates aside. Together means: two items of one user, or two users "
        "of one item. Chance deals the attributes out anew among rows with about as many pairs.",
    )
    return Finding("Near copies", words, _drawn(sizes) if rows else "", numbers, (header, *rows) if rows else ())


def _members(group: IntArray, shown: NDArray[np.bool_]) -> sp.csr_matrix:
    """Which row is in which of the groups that are shown, (rows, groups) of ones."""
    kept = np.flatnonzero(shown[group])
    ones = np.ones(len(kept), dtype=np.float32)
    return sp.csr_matrix((ones, (kept, group[kept])), shape=(len(group), len(shown)))


def _drawn(sizes: Mapping[Side, NDArray[np.integer]]) -> str:
    figure, (axes,) = canvas()
    for (side, found), colour in zip(sizes.items(), (ORANGE, BLUE), strict=True):
        having = np.bincount(found)
        places = np.flatnonzero(having)
        axes.plot(places, having[places], "o", color=colour, label=f"{side}s", alpha=0.8)
    axes.set(xscale="log", yscale="log", xlabel="rows in a group of copies", ylabel="groups")
    axes.legend()
    return svg(figure)
