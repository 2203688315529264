"""Scores of parts: of users by what they have, of hidden pairs by what is known of their item.

Every part has an interval that stays wide where there are few users, however alike they score.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from shortlist.common.arrays import IntArray
from shortlist.data.dataset import Dataset
from shortlist.validation.division import Fold
from shortlist.validation.folds import FoldResult
from shortlist.validation.headline import Headline, fold_scores
from shortlist.validation.metrics import Z95, UserScores, estimate

COUNTS = (0, 1, 2, 4, 8, 16, 32)
"""Lower ends, less one, of the groups of counts: 0, 1, 2, 3 to 4, 5 to 8, ..."""

QUARTERS = 5
"""Groups of dates, of about the same number of users."""

VALUES = 8
"""The most frequent values of a category; the others are one group."""

Groups: TypeAlias = "pd.Categorical[Any]"
"""The group of each row, the groups in the order in which they are shown."""


@dataclass(frozen=True)
class Slice:
    """One group's score.

    Attributes:
        group: what its rows have in common.
        users: how many different ones.
        rows: users (once for each fold they are in) or hidden pairs.
        mean: of the metric.
        low, high: ends of its 95 % interval, see `interval`.
    """

    group: str
    users: int
    rows: int
    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class SliceRows:
    """A method's values, a row for each user of each fold or for each hidden pair.

    Attributes:
        users: (r,) user codes.
        scores: (r,) float64 between 0 and 1.
        visible: (r,) visible pairs of the user, or of the hidden pair's item, in the fold.
    """

    users: IntArray
    scores: NDArray[np.float64]
    visible: NDArray[np.int64]


@dataclass(frozen=True)
class PairRows(SliceRows):
    """Rows that are hidden pairs.

    Attributes:
        items: (r,) their item codes.
    """

    items: IntArray


def user_rows(
    dataset: Dataset, folds: Sequence[Fold], results: Sequence[FoldResult], metric: str, headline: Headline
) -> SliceRows:
    """A method's metric for each user of each fold."""
    scores, visible = [], []
    for fold, result in zip(folds, results, strict=True):
        seen = np.bincount(dataset.take(fold.train).pairs[:, 0], minlength=len(dataset.users))
        scores.append(fold_scores(dataset, fold, result.candidates, [metric], headline))
        visible.append(seen[result.candidates.users])
    joined = UserScores.joined(scores)
    return SliceRows(joined.users, joined.values[0], np.concatenate(visible))  # noqa: PD011 - no pandas object


def pair_rows(dataset: Dataset, folds: Sequence[Fold], results: Sequence[FoldResult], k: int) -> PairRows:
    """For each hidden pair of each fold, whether its item is among the first k of its user."""
    hits, visible, pairs = [], [], []
    for fold, result in zip(folds, results, strict=True):
        hidden = dataset.take(fold.test).pairs
        row_of = np.full(len(dataset.users), -1)
        row_of[result.candidates.users] = np.arange(len(result.candidates.users))
        hits.append((result.candidates.items[row_of[hidden[:, 0]], :k] == hidden[:, 1:]).any(axis=1))
        visible.append(np.bincount(dataset.take(fold.train).pairs[:, 1], minlength=len(dataset.items))[hidden[:, 1]])
        pairs.append(hidden)
    users, items = np.concatenate(pairs).T
    return PairRows(users, np.concatenate(hits).astype(float), np.concatenate(visible), items)


def sliced(groups: Groups, rows: SliceRows) -> list[Slice]:
    """The groups that have rows, in the order of the categories.

    Args:
        groups: of the rows, (r,).
        rows: see `SliceRows`.
    """
    slices = []
    for code, name in enumerate(groups.categories):
        inside = groups.codes == code
        if inside.any():
            users, values = rows.users[inside], rows.scores[inside]
            ends = interval(values, users)
            slices.append(Slice(str(name), len(np.unique(users)), len(values), float(values.mean()), *ends))
    return slices


def interval(values: NDArray[np.float64], users: IntArray) -> tuple[float, float]:
    """Ends of a 95 % interval of the mean of values between 0 and 1, honest where there are few users.

    Three users who all score 0 have no spread, yet say little. As Agresti and Coull add two successes and two failures
    to a proportion ("Approximate is better than 'exact'", The American Statistician 1998), four users are added, two
    with 0 and two with 1, each with as many rows as users have on average; then the error is estimated with all rows of
    a user taken together.

    Args:
        values: (r,) float64, r >= 1.
        users: (r,) user codes.
    """
    rows = round(len(values) / len(np.unique(users)))
    added, scores = users.max() + np.arange(1, 5), np.array([0.0, 0.0, 1.0, 1.0])
    padded = estimate(
        np.concatenate([values, np.repeat(scores, rows)]), np.concatenate([users, np.repeat(added, rows)])
    )
    mean, reach = float(values.mean()), Z95 * padded.error
    return max(0.0, min(mean, padded.mean - reach)), min(1.0, max(mean, padded.mean + reach))


def count_names() -> list[str]:
    """The groups of counts, few first."""
    ends = (-1, *COUNTS)
    names = [f"{low + 1}" if high - low == 1 else f"{low + 1}-{high}" for low, high in zip(ends, COUNTS, strict=False)]
    return [*names, f"{COUNTS[-1] + 1}+"]


def count_group(counts: NDArray[np.integer]) -> NDArray[np.intp]:
    """Number of the group in `count_names` that each count is in."""
    return np.searchsorted(np.array(COUNTS), counts, side="left")


def by_count(counts: NDArray[np.integer]) -> Groups:
    """Counts in the groups of `count_names`."""
    return pd.Categorical.from_codes(count_group(counts), pd.Index(count_names()))


def by_date(dates: pd.Series) -> Groups:
    """`QUARTERS` groups of about the same size; what has no date is the last."""
    edges = dates.dropna().quantile(np.linspace(0, 1, QUARTERS + 1)[1:-1]).drop_duplicates()
    place = np.searchsorted(edges.to_numpy(), dates.to_numpy(), side="left")
    names = []
    for group in range(len(edges) + 1):
        inside = dates[(place == group) & dates.notna()]
        names.append(f"{inside.min():%Y-%m-%d} ~ {inside.max():%Y-%m-%d}" if len(inside) else "")
    groups = pd.Series([names[group] for group in place]).where(dates.notna().to_numpy(), "-")
    return pd.Categorical(groups, [*dict.fromkeys(filter(None, names)), "-"])


def by_value(column: pd.Series) -> Groups:
    """A category's `VALUES` most frequent values, the others together, and none."""
    top = column.value_counts(sort=False).sort_index().sort_values(ascending=False, kind="stable").index[:VALUES]
    names = column.astype(object).where(column.isin(top), "...").where(column.notna(), "-").astype(str)
    return pd.Categorical(names, [*map(str, top), "...", "-"])
