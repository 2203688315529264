"""Hot and cold: how the pairs are spread over users and items."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from shortlist.data.dataset import Dataset
from shortlist.pages.plots import BLUE, ORANGE, canvas, svg
from shortlist.studies.eda.finding import Finding
from shortlist.validation.metrics import gini

Counts = NDArray[np.integer]

COLD = 3
"""A user or item with this many pairs or fewer."""


def lorenz(counts: Counts) -> NDArray[np.float64]:
    """Share of the pairs that the coldest 0, 1, ... n rows have together, (n + 1,)."""
    total = max(int(counts.sum()), 1)
    return np.concatenate([[0.0], np.cumsum(np.sort(counts)) / total])


def tails(dataset: Dataset) -> Finding:
    """Counts per user and item, how unequal they are, and how many are cold."""
    sides = {
        "user": np.bincount(dataset.pairs[:, 0], minlength=len(dataset.users)),
        "item": np.bincount(dataset.pairs[:, 1], minlength=len(dataset.items)),
    }
    numbers: dict[str, float] = {}
    header = ("pairs of a", "fewest", "median", "mean", "most", "none", f"1 to {COLD}", "hottest tenth has")
    rows = []
    for side, counts in sides.items():
        numbers[f"Gini of {side}s"] = gini(counts)
        hot = 1 - lorenz(counts)[len(counts) - -(-len(counts) // 10)]
        cold = int(((counts > 0) & (counts <= COLD)).sum())
        rows.append((side, f"{counts.min():,}", f"{np.median(counts):g}", f"{counts.mean():.2f}", f"{counts.max():,}",
                     f"{(counts == 0).sum():,}", f"{cold:,}", f"{hot:.0%} of pairs"))  # fmt: skip
    density = len(dataset) / max(len(dataset.users) * len(dataset.items), 1)
    numbers["share of all possible pairs"] = density
    users, items = rows
    words = (
        f"An item has {items[3]} pairs on average and {items[4]} at most, a user {users[3]} and {users[4]}; the "
        f"hottest tenth of the items has {items[7]} (Gini {numbers['Gini of items']:.2f}).",
        f"{users[6]} users and {items[6]} items have 1 to {COLD} visible pairs, {users[5]} and {items[5]} none: what "
        "the models can say about those comes from their attributes.",
    )
    return Finding("Hot and cold", words, _drawn(sides), numbers, (header, *rows))


def _drawn(sides: Mapping[str, Counts]) -> str:
    figure, (left, right) = canvas(2)
    for (side, counts), colour in zip(sides.items(), (BLUE, ORANGE), strict=True):
        having = np.bincount(counts)
        found = np.flatnonzero(having)
        left.plot(found, having[found], ".", color=colour, label=f"{side}s")
        curve = lorenz(counts)
        # Two hundred points draw the curve of any number of rows.
        points = np.unique(np.linspace(0, len(counts), 200).astype(int))
        right.plot(points / max(len(counts), 1), curve[points], color=colour, label=f"{side}s")
    left.set(xscale="symlog", yscale="log", xlabel="pairs", ylabel="users or items with so many")
    right.plot([0, 1], [0, 1], ":", color="black")
    right.set(xlabel="share of users or items, coldest first", ylabel="share of the pairs")
    left.legend()
    right.legend()
    return svg(figure)
