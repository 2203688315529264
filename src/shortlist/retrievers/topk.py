"""The top N of each user: the only place that leaves out what may not be recommended, items already seen above all."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from shortlist.common.arrays import FloatArray, IntArray
from shortlist.data.candidates import NO_ITEM, Candidates, joined
from shortlist.engine.threads import spread

BLOCK = 256
"""Users at once at most: their scores over 10,000 items, 10 MB, are still in the cache when the best are chosen."""

ROWS = 32
"""Sparse rows of about the same length that are looked at together."""

CELLS = 2**26
"""Users x items at once at most, 256 MB of scores: of 1,000,000 items, 67 users."""


class CandidateSource(Protocol):
    """What `recommend` needs of a retriever."""

    def candidates(self, users: IntArray, n: int) -> tuple[IntArray, FloatArray]:
        """The n best items of each user, seen ones included: items and scores, both (len(users), n), best first."""
        ...


class ScoredSource(CandidateSource, Protocol):
    """What `recommend_within` needs of a retriever."""

    def score(self, users: IntArray) -> FloatArray:
        """Scores of every item, (len(users), I)."""
        ...


def largest(scores: FloatArray, n: int) -> tuple[IntArray, FloatArray]:
    """Columns and values of the n largest of each row, best first; among equals the lower column is first.

    Args:
        scores: (m, I) float32; -inf and NaN mark what must not be chosen.
        n: how many; rows that have fewer end in `NO_ITEM` and -inf.

    Returns:
        (m, n) int32 columns and (m, n) float32 values.
    """
    keys = _promising_keys(scores.astype(np.float32, copy=False), n)
    if n < keys.shape[1]:
        keys = np.partition(keys, n - 1, axis=1)[:, :n]
    return _decoded(keys, n)


def largest_stored(scores: sp.csr_matrix, n: int) -> tuple[IntArray, FloatArray]:
    """What `largest` gives of the stored entries of sparse rows, (m, I), without the ones in between."""
    return _decoded(_first_keys(scores, _keys_of_stored(scores), n), n)


def best_stored(matrix: sp.csr_matrix, n: int) -> NDArray[np.bool_]:
    """Which stored entries are among the n largest of their row, as float32; among equals the lower column is."""
    keys = _keys_of_stored(matrix)
    last = _first_keys(matrix, keys, n).max(axis=1)  # a row with fewer than n has `_NO_KEY` there
    return keys <= np.repeat(last, np.diff(matrix.indptr))


def _keys_of_stored(matrix: sp.csr_matrix) -> NDArray[np.int64]:
    return _sort_keys(matrix.data.astype(np.float32, copy=False), matrix.indices)


def _first_keys(matrix: sp.csr_matrix, keys: NDArray[np.int64], n: int) -> NDArray[np.int64]:
    """The n first of the stored entries' sort keys in each row, (m, n) in any order, rows filled with `_NO_KEY`."""
    counts = np.diff(matrix.indptr)
    first = np.full((len(counts), n), _NO_KEY)
    by_length = np.argsort(counts, kind="stable")
    # Rows of about the same length as one table: NumPy takes longer to be called for each than to choose.
    for start in range(0, len(by_length), ROWS):
        rows = by_length[start : start + ROWS]
        place = matrix.indptr[rows, None] + np.arange(counts[rows[-1]])
        table = np.where(place < matrix.indptr[rows + 1, None], keys.take(place, mode="clip"), _NO_KEY)
        if table.shape[1] > n:
            table = np.partition(table, n - 1, axis=1)[:, :n]
        first[rows, : table.shape[1]] = table
    return first


_NO_KEY = np.iinfo(np.int64).max


def _promising_keys(scores: FloatArray, n: int) -> np.ndarray:
    """The sort keys of what can be among the n largest of each row, (m, at most I) int64; rows end in `_NO_KEY`."""
    width = scores.shape[1]
    above = _lower_bound(scores, n)
    if np.isnan(above).any():
        scores = np.where(np.isnan(scores), np.float32(-np.inf), scores)
        above = _lower_bound(scores, n)
    place = np.flatnonzero(scores >= above[:, None])
    row, column = np.divmod(place, width)
    counts = np.bincount(row, minlength=len(scores))
    keys = np.full((len(scores), counts.max(initial=0)), _NO_KEY)
    keys[np.arange(keys.shape[1]) < counts[:, None]] = _sort_keys(scores.ravel()[place], column)
    return keys


def _lower_bound(scores: FloatArray, n: int) -> FloatArray:
    """A finite number that at least n of each row reach, few more if it can be, (m,); NaN if one of the scores is.

    Of 2n groups of columns, the n-th largest maximum: n columns at least are not below it.
    """
    m, width = scores.shape
    groups = 2 * n
    members = width // groups
    lowest = np.finfo(np.float32).min
    if members < 2:
        return np.where(np.isnan(scores).any(axis=1), np.float32(np.nan), lowest)
    maxima = scores[:, : groups * members].reshape(m, members, groups).max(axis=1)
    bound = np.partition(maxima, groups - n, axis=1)[:, groups - n]
    unknown = np.isnan(scores[:, groups * members :]).any(axis=1) | np.isnan(maxima).any(axis=1)
    return np.where(unknown, np.float32(np.nan), np.maximum(bound, lowest))


def _sort_keys(scores: FloatArray, columns: NDArray[np.integer]) -> NDArray[np.int64]:
    """Integers that sort by falling score, then rising column: unique, so that no tie is left to chance.

    The bits of an IEEE 754 float, read as an integer, sort like the float once the negative ones are reversed.
    """
    bits = (scores + np.float32(0)).view(np.int32)  # -0.0 becomes 0.0: they are equal
    return (~_reversed(bits).astype(np.int64) << 32) | columns


def _decoded(keys: NDArray[np.int64], n: int) -> tuple[IntArray, FloatArray]:
    """Columns and scores of rows of at most n sort keys, in their order: both (m, n)."""
    keys = np.sort(keys, axis=1)
    there = keys != _NO_KEY
    columns = np.full((len(keys), n), NO_ITEM, dtype=np.int32)
    values = np.full(columns.shape, -np.inf, dtype=np.float32)
    columns[:, : keys.shape[1]] = np.where(there, keys & 0xFFFFFFFF, NO_ITEM)
    scores = _reversed((~(keys >> 32)).astype(np.int32)).view(np.float32)
    values[:, : keys.shape[1]] = np.where(there, scores, np.float32(-np.inf))
    return columns, values


def _reversed(bits: NDArray[np.int32]) -> NDArray[np.int32]:
    """The bits of floats with the order of the negative ones reversed, or back."""
    return bits ^ ((bits >> 31) & 0x7FFFFFFF)


@dataclass(frozen=True)
class Bounds:
    """What may be recommended.

    Attributes:
        seen: (U, I) sparse; a stored entry is a pair that must not come back; None = all may.
        items: (I,) bool, what may be recommended to anybody; None = everything.
        lists: (U, I) sparse; of a user with stored entries, nothing else may be recommended; None = no lists.
    """

    seen: sp.csr_matrix | None = None
    items: NDArray[np.bool_] | None = None
    lists: sp.csr_matrix | None = None

    @property
    def width(self) -> int:
        """Items of the catalogue; 1 where nothing tells."""
        return max([1, *(part.shape[-1] for part in (self.seen, self.items, self.lists) if part is not None)])

    def of_users(self, users: IntArray) -> "Bounds":
        """The same with the rows of these users."""
        seen, lists = (None if part is None else part[users] for part in (self.seen, self.lists))
        return Bounds(seen, self.items, lists)

    def permitted(self, users: int) -> NDArray[np.bool_] | None:
        """(users, I) what is not ruled out by `items` and `lists`, whose rows are these users'; None = nothing is."""
        if self.lists is None:
            return None if self.items is None else np.broadcast_to(self.items, (users, len(self.items)))
        listed = self.lists.toarray() != 0
        listed |= ~listed.any(axis=1, keepdims=True)
        return listed if self.items is None else listed & self.items


def recommend(source: CandidateSource, users: IntArray, n: int, seen: sp.csr_matrix) -> Candidates:
    """The n best items of each user that are not among those already seen.

    Args:
        source: a fitted retriever.
        users: (m,) int32 user codes.
        n: items per user.
        seen: (U, I) sparse; a stored entry is a pair that must not come back.
    """
    return _in_blocks(lambda block: _unseen(source, block, n, seen[block]), users, seen.shape[1])


def recommend_within(source: ScoredSource, users: IntArray, n: int, bounds: Bounds) -> Candidates:
    """The n best items of each user that may be recommended.

    Args:
        source: a fitted retriever.
        users: (m,) int32 user codes.
        n: items per user.
        bounds: of everybody.
    """
    return _in_blocks(lambda block: _within(source, block, n, bounds.of_users(block)), users, bounds.width)


def _in_blocks(of_users: Callable[[IntArray], Candidates], users: IntArray, items: int) -> Candidates:
    size = max(1, min(BLOCK, CELLS // items))
    blocks = [users[start : start + size] for start in range(0, max(len(users), 1), size)]
    return joined(spread(of_users, blocks))


def _within(source: ScoredSource, users: IntArray, n: int, bounds: Bounds) -> Candidates:
    """See `recommend_within`; the bounds have the rows of these users."""
    permitted = bounds.permitted(len(users))
    if permitted is not None:
        return _of_permitted(source, users, n, permitted, bounds.seen)
    if bounds.seen is None:
        return Candidates(users, *source.candidates(users, n))
    return _unseen(source, users, n, bounds.seen)


def _unseen(source: CandidateSource, users: IntArray, n: int, seen: sp.csr_matrix) -> Candidates:
    """See `recommend`; `seen` has the rows of these users."""
    # A user loses at most as many as were seen, so that many more are asked for.
    most_seen = int(np.diff(seen.indptr).max(initial=0))
    ranked, values = source.candidates(users, n + most_seen)
    # What is left keeps its order; an item that was seen goes behind it.
    taken = _contains(seen, ranked)
    places = np.argsort(taken, axis=1, kind="stable")[:, :n]
    scores = np.take_along_axis(np.where(taken, np.float32(-np.inf), values), places, axis=1)
    items = np.where(scores > -np.inf, np.take_along_axis(ranked, places, axis=1), NO_ITEM)
    return Candidates(users, items, scores)


def _of_permitted(
    source: ScoredSource, users: IntArray, n: int, permitted: NDArray[np.bool_], seen: sp.csr_matrix | None
) -> Candidates:
    """Where items are ruled out, all are scored: how far down a list the permitted ones are, nobody knows."""
    scores = np.where(permitted, source.score(users), np.float32(-np.inf))
    if seen is not None:
        rows = np.repeat(np.arange(len(users)), np.diff(seen.indptr))
        scores[rows, seen.indices] = -np.inf
    return Candidates(users, *largest(scores, n))


def _contains(rows: sp.csr_matrix, items: IntArray) -> np.ndarray:
    """Which (row, item) are stored in `rows`: (m, N) bool."""
    if not rows.nnz:
        return np.zeros(items.shape, dtype=bool)
    width = rows.shape[1]
    row_of = np.repeat(np.arange(rows.shape[0], dtype=np.int64), np.diff(rows.indptr))
    taken = np.sort(row_of * width + rows.indices)
    asked = np.arange(len(items), dtype=np.int64)[:, None] * width + items
    # Most are not stored, and most of those are told by the end of their number: a search takes ten times as long.
    ends = 2 ** int(taken.size * 32).bit_length() - 1
    table = np.zeros(ends + 1, dtype=bool)
    table[taken & ends] = True
    contained = table[asked & ends]
    possible = asked[contained]
    nearest = taken[np.minimum(np.searchsorted(taken, possible), len(taken) - 1)]
    contained[contained] = nearest == possible
    return contained & (items != NO_ITEM)
