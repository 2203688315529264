"""The lists of several retrievers as one, with weights learnt from lists whose right answers are known.

The score of an item for a user is a weighted sum over the retrievers of two things: its reciprocal rank in the
list (Cormack, Clarke, Büttcher, "Reciprocal rank fusion", SIGIR 2009) and its score, scaled within the list.
The weights maximise the likelihood of the answers in a softmax over each user's pool of items (ListNet's top-one
likelihood; Cao et al., ICML 2007). None is negative, so that a list can only speak for its items, and a retriever that
has nothing for a user takes nothing away from the others.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from shortlist.common.arrays import DoubleArray, FloatArray, IntArray
from shortlist.data.candidates import NO_ITEM, Candidates, joined, stored, user_blocks

RANK_OFFSET = 10
"""Ranks this deep still weigh half of the first."""

PENALTY = 1e-4
"""Of the squared weights, so that lists that say the same share their weight instead of drawing lots for it."""

LEARN_DEPTH = 30
"""Items of each list that the weights are learnt on: deeper ones hardly change them and take memory."""

LEARN_USERS = 50_000
"""Users of each fold that the weights are learnt on at most: two numbers for each list need no more."""


@dataclass(frozen=True)
class Pool:
    """All items that any list has for a user, as rows.

    Attributes:
        users: (m,) int32, as in the lists.
        row: (p,) position in `users`, rising.
        items: (p,) int32.
        evidence: (p, 2 L) float32, for each of the L lists the reciprocal rank and the scaled score; 0 where absent.
    """

    users: IntArray
    row: NDArray[np.int64]
    items: IntArray
    evidence: FloatArray

    def without(self, number: int) -> "Pool":
        """The same without one of the lists, and without the items that no other list has."""
        evidence = np.delete(self.evidence, (2 * number, 2 * number + 1), axis=1)
        kept = evidence.any(axis=1)  # the reciprocal rank of an item that is there is more than 0
        return Pool(self.users, self.row[kept], self.items[kept], evidence[kept])


def pool(lists: Sequence[Candidates], depth: int | None = None) -> Pool:
    """Join the lists of the same users.

    Args:
        lists: L of them, the same users in the same order.
        depth: use the first so many items of each list only.
    """
    users = lists[0].users
    keys, columns = [], []
    width = 1 + max(int(candidates.items.max(initial=0)) for candidates in lists)
    for number, candidates in enumerate(lists):
        items, scores = candidates.items[:, :depth], candidates.scores[:, :depth]
        there = items != NO_ITEM
        row, place = np.nonzero(there)
        keys.append(row * width + items[there])
        columns.append((number, RANK_OFFSET / (RANK_OFFSET + place), _scaled(scores, there)[there]))
    distinct, position = np.unique(np.concatenate(keys), return_inverse=True)
    evidence = np.zeros((len(distinct), 2 * len(lists)), dtype=np.float32)
    start = 0
    for number, reciprocal, scaled in columns:
        rows = position[start : start + len(reciprocal)]
        evidence[rows, 2 * number] = reciprocal
        evidence[rows, 2 * number + 1] = scaled
        start += len(reciprocal)
    return Pool(users, distinct // width, (distinct % width).astype(np.int32), evidence)


def _scaled(scores: FloatArray, there: NDArray[np.bool_]) -> FloatArray:
    """Scores from 0 (the last of the list) to 1 (the first); 1 for a list whose scores are all alike."""
    most = np.max(scores, axis=1, keepdims=True, where=there, initial=-np.inf)
    least = np.min(scores, axis=1, keepdims=True, where=there, initial=np.inf)
    with np.errstate(invalid="ignore"):
        share = (scores - least) / (most - least)
    return np.where(most > least, share, 1).astype(np.float32)


def learn(pools: Sequence[Pool], answers: Sequence[sp.csr_matrix]) -> DoubleArray:
    """Weights of the evidence's columns, (2 L,).

    Args:
        pools: one for each fold, with the same lists in the same order.
        answers: of each fold, (U, I), a stored entry is an answer.
    """
    evidence, starts, shares = [], [], []
    offset = 0
    for pooled, right in zip(pools, answers, strict=True):
        hit = stored(right, pooled.users[pooled.row], pooled.items)
        hits = np.bincount(pooled.row, weights=hit, minlength=len(pooled.users))
        kept = hits[pooled.row] > 0  # a user without an answer in the pool says nothing
        first = np.unique(pooled.row[kept], return_index=True)[1]
        evidence.append(pooled.evidence[kept])
        starts.append(first + offset)
        shares.append(hit[kept] / hits[pooled.row[kept]])
        offset += int(kept.sum())
    if not offset:
        return alike(evidence[0].shape[1] // 2)  # no list has found anything: none has shown to be better
    return _most_likely(np.concatenate(evidence), np.concatenate(starts), np.concatenate(shares))


def alike(lists: int) -> DoubleArray:
    """The weights of so many lists before anything is learnt."""
    return np.ones(2 * lists)


def _most_likely(evidence: FloatArray, starts: NDArray[np.int64], shares: DoubleArray) -> DoubleArray:
    """Maximise the mean over users of sum(shares * log softmax(evidence @ weights))."""
    from scipy.optimize import minimize  # half a second, which whoever only reads the weights need not pay

    lengths = np.diff(np.append(starts, len(evidence)))
    target = shares @ evidence / len(starts)

    def loss(weights: DoubleArray) -> tuple[float, DoubleArray]:
        score = evidence @ weights.astype(np.float32)
        top = np.maximum.reduceat(score, starts)
        power = np.exp(score - np.repeat(top, lengths))
        total = np.add.reduceat(power, starts)
        expected = (power / np.repeat(total, lengths)) @ evidence / len(starts)
        likelihood = float(target @ weights) - float(np.mean(top + np.log(total)))
        return PENALTY * float(weights @ weights) - likelihood, 2 * PENALTY * weights - target + expected

    start = np.full(evidence.shape[1], 1.0)
    optimum = minimize(
        loss, start, jac=True, method="L-BFGS-B", bounds=[(0, None)] * len(start), options={"maxiter": 100}
    )
    return np.asarray(optimum.x)


def blended(pooled: Pool, weights: DoubleArray, n: int) -> Candidates:
    """The n best items of each user by the weighted evidence; among equals the lower code is first."""
    score = (pooled.evidence @ weights.astype(np.float32)).astype(np.float32)
    order = np.lexsort((pooled.items, -score, pooled.row))
    first = np.searchsorted(pooled.row, np.arange(len(pooled.users)))
    place = np.arange(len(order)) - first[pooled.row]  # rows rise, and sorting leaves them where they are
    kept = place < n
    items = np.full((len(pooled.users), n), NO_ITEM, dtype=np.int32)
    scores = np.full((len(pooled.users), n), -np.inf, dtype=np.float32)
    items[pooled.row[kept], place[kept]] = pooled.items[order][kept]
    scores[pooled.row[kept], place[kept]] = score[order][kept]
    return Candidates(pooled.users, items, scores)


def blend(lists: Sequence[Candidates], weights: DoubleArray, n: int) -> Candidates:
    """The lists of the same users as one, see `blended`; some users at a time."""
    blocks = user_blocks(len(lists[0].users))
    return joined(blended(pool([candidates.rows(block) for candidates in lists]), weights, n) for block in blocks)


def sampled(lists: Sequence[Candidates], most: int) -> list[Candidates]:
    """The lists of at most so many of their users, drawn at random, always the same ones."""
    users = len(lists[0].users)
    if users <= most:
        return list(lists)
    rows = np.sort(np.random.default_rng(0).choice(users, most, replace=False))
    return [candidates.rows(rows) for candidates in lists]


@dataclass(frozen=True)
class ListWeights:
    """What one retriever's list weighs: its reciprocal rank, and its scaled score."""

    rank: float
    score: float


def by_retriever(names: Sequence[str], weights: DoubleArray) -> dict[str, ListWeights]:
    """The weights for people: those of each retriever's list."""
    return {name: ListWeights(float(weights[2 * i]), float(weights[2 * i + 1])) for i, name in enumerate(names)}


def vector(weights: Mapping[str, ListWeights], names: Sequence[str]) -> DoubleArray:
    """The weights as `blended` takes them, from what `by_retriever` gave, for lists in the order of `names`."""
    return np.array([part for name in names for part in (weights[name].rank, weights[name].score)])
