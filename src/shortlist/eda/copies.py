"""Rows whose attributes are all the same: do such copies stand together more than chance?"""

import numpy as np
import pandas as pd
import scipy.sparse as sp

from shortlist.dataset import Dataset, IntArray
from shortlist.eda.finding import Finding
from shortlist.eda.plots import BLUE, ORANGE, canvas, svg
from shortlist.eda.together import Groups, Side, table_of

SIDES: tuple[Side, ...] = ("user", "item")


def copy_groups(table: pd.DataFrame) -> IntArray:
    """Number of the group of equal rows, (rows,) int32; dates are left out, and a missing value equals another.

    Dates are left out since two rows about one thing are seldom made on the same day.
    """
    compared = [name for name, dtype in table.dtypes.items() if not pd.api.types.is_datetime64_any_dtype(dtype)]
    if not compared:
        return np.arange(len(table), dtype=np.int32)
    codes = np.column_stack([pd.factorize(table[name])[0] for name in compared])
    return np.unique(codes, axis=0, return_inverse=True)[1].reshape(-1).astype(np.int32)


def copies(dataset: Dataset, permutations: int, rng: np.random.Generator) -> Finding:
    """Copies among users and items, and whether two of a group are found together more than chance."""
    header = ("", "groups of copies", "rows in them", "largest", "two together", "by chance", "ratio", "z", "p")
    rows, numbers, sizes, said = [], {}, {}, []
    for side in SIDES:
        group = copy_groups(table_of(dataset, side))
        size = np.bincount(group, minlength=1)
        kept = np.flatnonzero(size[group] > 1)
        sizes[side] = size[size > 1]
        if not len(kept):
            said.append(f"No two {side}s have all attributes equal")
            continue
        numbers[f"{side}s that have a copy"] = len(kept)
        features = sp.csr_matrix(
            (np.ones(len(kept), dtype=np.float32), (kept, group[kept])), shape=(len(group), len(size))
        )
        each = Groups.of(dataset, side, rng).share(features, permutations, rng)
        test = each.summed(np.zeros(len(size), dtype=np.int32), 1)
        numbers[f"{side} copies together, over chance"] = ratio = float(test.ratio[0])
        said.append(f"{len(kept):,} {side}s have a copy, and two copies are found together {ratio:.1f} times as often "
                    f"as chance gives (p {test.p[0]:.2g})")  # fmt: skip
        rows.append((f"{side}s", f"{len(sizes[side]):,}", f"{len(kept):,}", f"{sizes[side].max():,}",
                     f"{test.observed[0]:.4%}", f"{test.chance[0]:.4%}", f"{ratio:.2f}", f"{test.z[0]:.1f}",
                     f"{test.p[0]:.3g}"))  # fmt: skip
    words = (
        "; ".join(reversed(said)) + ".",
        "Copies are rows with all attributes equal, dates aside. Together means: two items of one user, or two users of "
        "one item. Chance deals the attributes out anew among rows with about as many pairs.",
    )
    return Finding("Near copies", words, _drawn(sizes) if rows else "", numbers, (header, *rows) if rows else ())


def _drawn(sizes: dict[Side, IntArray]) -> str:
    figure, (axes,) = canvas()
    for (side, found), colour in zip(sizes.items(), (ORANGE, BLUE), strict=True):
        having = np.bincount(found)
        places = np.flatnonzero(having)
        axes.plot(places, having[places], "o", color=colour, label=f"{side}s", alpha=0.8)
    axes.set(xscale="log", yscale="log", xlabel="rows in a group of copies", ylabel="groups")
    axes.legend()
    return svg(figure)
