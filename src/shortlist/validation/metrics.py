"""How good a list of N items is for a user who turned out to want some of them; with errors and comparisons.

Every metric is computed for each user from one top-N matrix, at several k in one pass. The definitions are those of
Manning, Raghavan, Schütze, "Introduction to Information Retrieval", chapter 8, for binary relevance. n is the number of
a user's hidden items (answers); users without answers are not scored.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from shortlist.common.arrays import DoubleArray, IntArray
from shortlist.data.candidates import Candidates

Z95 = 1.959964
"""Standard errors from a mean to either end of its 95 % interval, by the normal distribution."""

PER_USER = ("recall", "recall_n", "recall_k", "hit", "ndcg", "map", "mrr")
"""The metrics that `per_user` gives: `recall` has the denominator min(n,k), the other two the one they name."""


def per_user(top: IntArray, users: IntArray, answers: sp.csr_matrix, ks: Sequence[int]) -> dict[str, DoubleArray]:
    """Every metric at every k for each user.

    Args:
        top: (m, N) int32 item codes, best first, distinct within a row; negative where there is none.
        users: (m,) int32 user codes of the rows, each with at least one answer.
        answers: (U, I) sparse, a stored entry is an answer.
        ks: cut-offs, each 1 ... N.

    Returns:
        `"<metric>@<k>"` -> (m,) float64: recall@k = hits / min(n, k), recall_n@k = hits / n, recall_k@k = hits / k
        (also called precision), hit@k (1 if any), ndcg@k with gain 1 and discount log2(1 + rank), map@k = sum of the
        precisions at the hits over min(n, k), and mrr@k = 1 / rank of the first hit.

    Raises:
        ValueError: a k is not within 1 ... N, or a user has no answers.
    """
    if bad := [k for k in ks if not 1 <= k <= top.shape[1]]:
        raise ValueError(f"k must be within 1 ... {top.shape[1]}, the length of the lists; got {bad[0]}")
    n = np.diff(answers.indptr)[users].astype(np.float64)
    if (n == 0).any():
        raise ValueError(f"user {users[int(np.argmin(n))]} has no answers; score only users that have some")
    row, rank = _hits(top, users, answers)
    m = len(users)
    so_far = np.arange(1, len(row) + 1) - np.searchsorted(row, row)  # hits of the row up to this one
    first = np.full(m, np.inf)
    np.minimum.at(first, row, rank)
    discount = 1 / np.log2(1 + np.arange(1, top.shape[1] + 1))
    ideal = np.cumsum(discount)
    values: dict[str, DoubleArray] = {}
    for k in ks:
        best = np.minimum(n, k)
        within = rank <= k
        hits = np.bincount(row[within], minlength=m)
        gain = np.bincount(row[within], weights=discount[rank[within] - 1], minlength=m)
        precision = np.bincount(row[within], weights=(so_far / rank)[within], minlength=m)
        values[f"recall@{k}"] = hits / best
        values[f"recall_n@{k}"] = hits / n
        values[f"recall_k@{k}"] = hits / k
        values[f"hit@{k}"] = (hits > 0).astype(np.float64)
        values[f"ndcg@{k}"] = gain / ideal[best.astype(int) - 1]
        values[f"map@{k}"] = precision / best
        values[f"mrr@{k}"] = np.where(first <= k, 1 / first, 0.0)
    return values


ANSWERS_AT_ONCE = 100_000
"""Answers compared with their users' lists in one go: 80 MB with lists of 200."""


def _hits(top: IntArray, users: IntArray, answers: sp.csr_matrix) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The answers that are in their users' lists: row of `top` and rank from 1, both (hits,), row by row, best first.

    Looks for each answer in a list, not for each item of a list among the answers: there are fewer answers.
    """
    wanted = answers[users]
    row_of = np.repeat(np.arange(len(users)), np.diff(wanted.indptr))
    ranks = np.zeros(len(row_of), dtype=np.int64)  # 0: not in the list
    for start in range(0, len(row_of), ANSWERS_AT_ONCE):
        part = slice(start, start + ANSWERS_AT_ONCE)
        answer, place = np.nonzero(top[row_of[part]] == wanted.indices[part, None])
        ranks[start + answer] = place + 1
    hits = np.flatnonzero(ranks)
    hits = hits[np.lexsort((ranks[hits], row_of[hits]))]
    return row_of[hits], ranks[hits]


def coverage(top: IntArray, k: int, items: int) -> float:
    """Share of the catalogue, `items` in all, that is in someone's first k."""
    shown = np.unique(top[:, :k])
    return float((shown >= 0).sum() / items)


def gini(counts: NDArray[np.integer]) -> float:
    """Gini coefficient of (n,) counts: 0 if all are equal, near 1 if one has everything (Gini 1912)."""
    if not (total := int(counts.sum())):
        return 0.0
    rank = np.arange(1, len(counts) + 1)
    return float((2 * rank - len(counts) - 1) @ np.sort(counts) / (len(counts) * total))


@dataclass(frozen=True)
class Estimate:
    """A mean over users and its standard error."""

    mean: float
    error: float


def estimate(values: DoubleArray, users: IntArray) -> Estimate:
    """Mean of rows in which a user may stand several times (once a fold), and its standard error.

    Rows of one user are not independent, so the error is the cluster-robust one (Liang and Zeger, Biometrika 1986): the
    root of the sum over users of the squared sum of their deviations, over the number of rows.

    Args:
        values: (r,) float64.
        users: (r,) user codes of the rows.
    """
    mean = float(values.mean())
    deviation = np.bincount(users, weights=values - mean)
    clusters = len(np.unique(users))
    if clusters < 2:
        return Estimate(mean, float("nan"))
    return Estimate(mean, float(np.sqrt(np.square(deviation).sum() * clusters / (clusters - 1)) / len(values)))


@dataclass(frozen=True)
class Difference:
    """Mean difference of two methods on the same rows, with the bounds of its 95 % bootstrap interval."""

    mean: float
    low: float
    high: float

    @property
    def significant(self) -> bool:
        """Whether the interval leaves zero out."""
        return self.low > 0 or self.high < 0


def paired_bootstrap(
    first: DoubleArray, second: DoubleArray, users: IntArray, *, samples: int = 2000, seed: int = 0
) -> Difference:
    """Compare two methods on the same rows by resampling users (Efron and Tibshirani 1993, percentile interval).

    Args:
        first, second: (r,) float64, the same rows in the same order.
        users: (r,) user codes of the rows; all rows of a user are drawn together.
        samples: number of resamples.
        seed: of the draws.

    Returns:
        Mean of first - second with its interval.
    """
    codes, member = np.unique(users, return_inverse=True)
    total = np.bincount(member, weights=first - second)
    rows = np.bincount(member)
    # Most users are like many others: how often each kind is drawn is multinomial, and far quicker than to draw users.
    kinds, at, size = np.unique(np.column_stack([total, rows]), axis=0, return_index=True, return_counts=True)
    order = np.argsort(at)  # of their first user: the same for the opposite difference
    kinds, share = kinds[order], size[order] / len(codes)
    rng = np.random.default_rng(seed)
    means = np.empty(samples)
    for sample in range(samples):
        drawn_total, drawn_rows = rng.multinomial(len(codes), share) @ kinds
        means[sample] = drawn_total / drawn_rows
    low, high = np.quantile(means, [0.025, 0.975])
    return Difference(float(total.sum() / rows.sum()), float(low), float(high))


def recall_at_k(candidates: Candidates, answers: sp.csr_matrix, k: int) -> Estimate:
    """recall@k with denominator min(n, k) over the users that have answers: the official score of Dacon 236170.

    Args:
        candidates: of any users; those without answers are passed over.
        answers: (U, I) sparse, a stored entry is an answer.
        k: at most N.
    """
    scored = np.diff(answers.indptr)[candidates.users] > 0
    users = candidates.users[scored]
    return estimate(per_user(candidates.items[scored], users, answers, [k])[f"recall@{k}"], users)


@dataclass(frozen=True)
class UserScores:
    """Some metrics of each scored user.

    Attributes:
        users: (r,) user codes; a user may stand several times, once for each fold.
        values: (M, r) float64, a row for each metric.
    """

    users: IntArray
    values: DoubleArray

    @classmethod
    def joined(cls, folds: Sequence["UserScores"]) -> "UserScores":
        """Those of several folds, one after the other."""
        users = np.concatenate([fold.users for fold in folds])
        return cls(users, np.concatenate([fold.values for fold in folds], axis=1))

    @property
    def means(self) -> DoubleArray:
        """Of each metric, (M,)."""
        return self.values.mean(axis=1)
