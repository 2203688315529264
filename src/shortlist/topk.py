"""The top N of each user: the only place that drops the pairs a user already has."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import scipy.sparse as sp

from shortlist.dataset import FloatArray, IntArray
from shortlist.errors import SubmissionError

NO_ITEM = -1
"""Fills the end of a row whose user has fewer candidates than asked for; its score is -inf."""

BLOCK = 1024
"""Users at once: a block of scores over 10,000 items takes 40 MB."""


class CandidateSource(Protocol):
    """What `recommend` needs of a retriever."""

    def candidates(self, users: IntArray, n: int) -> tuple[IntArray, FloatArray]:
        """The n best items of each user, seen ones included: items and scores, both (len(users), n), best first."""
        ...


@dataclass(frozen=True)
class Candidates:
    """The best items of some users.

    Attributes:
        users: (m,) int32 user codes.
        items: (m, N) int32 item codes, best first, distinct within a row, `NO_ITEM` where there are no more.
        scores: (m, N) float32, falling within a row, -inf at `NO_ITEM`.
    """

    users: IntArray
    items: IntArray
    scores: FloatArray


def largest(scores: FloatArray, n: int) -> tuple[IntArray, FloatArray]:
    """Columns and values of the n largest of each row, best first; among equals the lower column is first.

    Args:
        scores: (m, I) float32; -inf and NaN mark what must not be chosen.
        n: how many; rows that have fewer end in `NO_ITEM` and -inf.

    Returns:
        (m, n) int32 columns and (m, n) float32 values.
    """
    m, width = scores.shape
    columns = np.full((m, n), NO_ITEM, dtype=np.int32)
    values = np.full((m, n), -np.inf, dtype=np.float32)
    keys = _sort_keys(scores)
    kept = min(n, width)
    if kept < width:
        keys = np.partition(keys, kept - 1, axis=1)[:, :kept]
    keys = np.sort(keys, axis=1)
    chosen = (keys & 0xFFFFFFFF).astype(np.int32)
    columns[:, :kept] = chosen
    values[:, :kept] = np.take_along_axis(scores, chosen, axis=1)
    nothing = ~(values > -np.inf)
    columns[nothing] = NO_ITEM
    values[nothing] = -np.inf
    return columns, values


def _sort_keys(scores: FloatArray) -> np.ndarray:
    """(m, I) int64 that sort by falling score, then rising column: unique, so that no tie is left to chance.

    The bits of an IEEE 754 float, read as an integer, sort like the float once the negative ones are reversed.
    """
    clean = np.where(np.isnan(scores), np.float32(-np.inf), scores.astype(np.float32, copy=False))
    bits = clean.view(np.int32).astype(np.int64)
    rising = np.where(bits < 0, -(bits & 0x7FFFFFFF), bits)
    return (-rising << 32) | np.arange(scores.shape[1], dtype=np.int64)


def recommend(source: CandidateSource, users: IntArray, n: int, seen: sp.csr_matrix) -> Candidates:
    """The n best items of each user that are not among those already seen.

    Args:
        source: a fitted retriever.
        users: (m,) int32 user codes.
        n: items per user.
        seen: (U, I) sparse; a stored entry is a pair that must not come back.
    """
    items = np.full((len(users), n), NO_ITEM, dtype=np.int32)
    scores = np.full((len(users), n), -np.inf, dtype=np.float32)
    for start in range(0, len(users), BLOCK):
        block = slice(start, start + BLOCK)
        rows = seen[users[block]]
        # A user loses at most as many as were seen, so that many more are asked for.
        most_seen = int(np.diff(rows.indptr).max(initial=0))
        found, values = source.candidates(users[block], n + most_seen)
        values = np.where(_contains(rows, found), np.float32(-np.inf), values)
        places, scores[block] = largest(values, n)
        items[block] = np.where(places == NO_ITEM, NO_ITEM, np.take_along_axis(found, places, axis=1))
    return Candidates(users, items, scores)


def _contains(rows: sp.csr_matrix, items: IntArray) -> np.ndarray:
    """Which (row, item) are stored in `rows`: (m, N) bool."""
    width = rows.shape[1]
    row_of = np.repeat(np.arange(rows.shape[0], dtype=np.int64), np.diff(rows.indptr))
    stored = row_of * width + rows.indices
    asked = np.arange(len(items), dtype=np.int64)[:, None] * width + items
    return np.isin(asked, stored) & (items != NO_ITEM)


def stored(matrix: sp.csr_matrix, rows: IntArray, columns: IntArray) -> np.ndarray:
    """Which of some pairs, two (p,) arrays, have an entry in the matrix: (p,) bool."""
    if not len(rows):
        return np.zeros(0, dtype=bool)  # SciPy's answer to no pairs is a sparse matrix
    return np.asarray(matrix[rows, columns]).ravel() > 0


def fill(sources: Sequence[Candidates], k: int) -> IntArray:
    """Exactly k distinct items for each user: the first source's, then the next ones' where it has too few.

    Args:
        sources: candidates of the same users in the same order, the preferred first.
        k: items per user.

    Returns:
        (m, k) int32 item codes, best first.

    Raises:
        SubmissionError: all sources together have fewer than k items for a user.
    """
    pool = np.concatenate([source.items for source in sources], axis=1)
    # The first place of each distinct item in a row: a stable sort keeps equal items in their order.
    by_item = np.argsort(pool, axis=1, kind="stable")
    ordered = np.take_along_axis(pool, by_item, axis=1)
    repeated = np.zeros(pool.shape, dtype=bool)
    np.put_along_axis(repeated, by_item[:, 1:], ordered[:, 1:] == ordered[:, :-1], axis=1)
    usable = (pool != NO_ITEM) & ~repeated
    if (short := usable.sum(axis=1) < k).any():
        user = sources[0].users[int(np.argmax(short))]
        raise SubmissionError(
            f"{int(short.sum())} users, the first with code {user}, have fewer than {k} items left that they have not "
            f"got already; add the retriever 'popular', which ranks every item, or lower k"
        )
    places = np.argsort(~usable, axis=1, kind="stable")[:, :k]
    return np.take_along_axis(pool, places, axis=1)
