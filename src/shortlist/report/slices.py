"""The headline recall of parts: of users by what they have, of hidden pairs by how much is known of their item."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from shortlist.crossval import FoldResult, fold_values
from shortlist.dataset import Dataset, IntArray
from shortlist.metrics import estimate
from shortlist.splits import Fold

COUNTS = (0, 1, 2, 4, 8, 16, 32)
"""Lower ends, less one, of the groups of counts: 0, 1, 2, 3 to 4, 5 to 8, ..."""

QUARTERS = 5
"""Groups of dates, of about the same number of users."""

VALUES = 8
"""The most frequent values of a category; the others are one group."""


@dataclass(frozen=True)
class Slice:
    """One group's score.

    Attributes:
        group: what its users or pairs have in common.
        rows: users (once for each fold they are in) or hidden pairs.
        mean, error: of the metric; the error with all rows of a user taken together.
    """

    group: str
    rows: int
    mean: float
    error: float


@dataclass(frozen=True)
class Rows:
    """A method's values, a row for each user of each fold.

    Attributes:
        users: (r,) user codes.
        values: (r,) float64, the headline metric.
        history: (r,) visible pairs of the user in the fold.
    """

    users: IntArray
    values: NDArray[np.float64]
    history: NDArray[np.int64]


def user_rows(dataset: Dataset, folds: Sequence[Fold], results: Sequence[FoldResult], metric: str) -> Rows:
    """The values of one method on all folds."""
    users, values, history = [], [], []
    for fold, result in zip(folds, results, strict=True):
        seen = np.bincount(dataset.pairs[fold.train, 0], minlength=len(dataset.users))
        users.append(result.candidates.users)
        values.append(fold_values(dataset, fold, result.candidates, [metric])[0])
        history.append(seen[result.candidates.users])
    return Rows(np.concatenate(users), np.concatenate(values), np.concatenate(history))


def by_history(rows: Rows) -> list[Slice]:
    """By the number of the user's visible pairs."""
    return _sliced(_of_counts(rows.history), rows.values, rows.users)


def by_date(rows: Rows, dates: pd.Series) -> list[Slice]:
    """By the user's date, `QUARTERS` groups of about the same size; users without a date are the last.

    Args:
        rows: see `Rows`.
        dates: (U,) datetime64.
    """
    known = dates.dropna()
    edges = known.quantile(np.linspace(0, 1, QUARTERS + 1)[1:-1]).drop_duplicates()
    place = np.searchsorted(edges.to_numpy(), dates.to_numpy(), side="left")
    names = []
    for group in range(len(edges) + 1):
        inside = dates[(place == group) & dates.notna()]
        names.append(f"{inside.min():%Y-%m-%d} ~ {inside.max():%Y-%m-%d}" if len(inside) else "")
    groups = pd.Series([names[one] for one in place]).where(dates.notna().to_numpy(), "-")
    return _sliced(
        pd.Categorical(groups, [*dict.fromkeys(filter(None, names)), "-"])[rows.users], rows.values, rows.users
    )


def by_value(rows: Rows, column: pd.Series) -> list[Slice]:
    """By the user's value of a category: the `VALUES` most frequent ones, the others together, and none.

    Args:
        rows: see `Rows`.
        column: (U,) category.
    """
    top = column.value_counts(sort=False).sort_index().sort_values(ascending=False, kind="stable").index[:VALUES]
    names = column.astype(object).where(column.isin(top), "...").where(column.notna(), "-").astype(str)
    return _sliced(pd.Categorical(names, [*map(str, top), "...", "-"])[rows.users], rows.values, rows.users)


def by_popularity(dataset: Dataset, folds: Sequence[Fold], results: Sequence[FoldResult], k: int) -> list[Slice]:
    """Share of the hidden pairs that are in the user's first k, by the number of the item's visible pairs."""
    hits, counts, users = [], [], []
    for fold, result in zip(folds, results, strict=True):
        hidden = dataset.pairs[fold.test]
        row_of = np.full(len(dataset.users), -1)
        row_of[result.candidates.users] = np.arange(len(result.candidates.users))
        hits.append((result.candidates.items[row_of[hidden[:, 0]], :k] == hidden[:, 1:]).any(axis=1))
        counts.append(np.bincount(dataset.pairs[fold.train, 1], minlength=len(dataset.items))[hidden[:, 1]])
        users.append(hidden[:, 0])
    return _sliced(_of_counts(np.concatenate(counts)), np.concatenate(hits).astype(float), np.concatenate(users))


def count_names() -> list[str]:
    """The groups of counts, few first."""
    ends = (-1, *COUNTS)
    names = [f"{low + 1}" if high - low == 1 else f"{low + 1}-{high}" for low, high in zip(ends, COUNTS, strict=False)]
    return [*names, f"{COUNTS[-1] + 1}+"]


def count_group(counts: NDArray[np.integer]) -> NDArray[np.intp]:
    """Number of the group in `count_names` that each count is in."""
    return np.searchsorted(np.array(COUNTS), counts, side="left")


def _of_counts(counts: NDArray[np.integer]) -> "pd.Categorical[Any]":
    return pd.Categorical.from_codes(count_group(counts), pd.Index(count_names()))


def _sliced(groups: "pd.Categorical[Any]", values: NDArray[np.float64], users: IntArray) -> list[Slice]:
    """The groups that have rows, in the order of the categories."""
    found = []
    for code, name in enumerate(groups.categories):
        inside = groups.codes == code
        if inside.any():
            one = estimate(values[inside], users[inside])
            found.append(Slice(str(name), int(inside.sum()), one.mean, one.error))
    return found
