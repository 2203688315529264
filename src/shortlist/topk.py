"""The top N of each user: the only place that drops the pairs a user already has."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from shortlist.dataset import FloatArray, IntArray
from shortlist.errors import SubmissionError

NO_ITEM = -1
"""Fills the end of a row whose user has fewer candidates than asked for; its score is -inf."""

BLOCK = 1024
"""Users at once at most: a block of scores over 10,000 items takes 40 MB."""

CELLS = 2**26
"""Users x items at once at most, 256 MB of scores: of 200,000 items, 335 users."""

USERS = 2**14
"""Users whose lists are made or joined in one piece."""


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

    def rows(self, chosen: slice | NDArray[np.integer]) -> "Candidates":
        """Those of some of the users."""
        return Candidates(self.users[chosen], self.items[chosen], self.scores[chosen])


def joined(parts: Iterable[Candidates]) -> Candidates:
    """The lists of different users as one."""
    users, items, scores = zip(*((part.users, part.items, part.scores) for part in parts), strict=True)
    return Candidates(np.concatenate(users), np.concatenate(items), np.concatenate(scores))


def user_blocks(users: int) -> Iterator[slice]:
    """Blocks of at most `USERS` rows, one at least."""
    return (slice(start, min(start + USERS, users)) for start in range(0, max(users, 1), USERS))


def largest(scores: FloatArray, n: int) -> tuple[IntArray, FloatArray]:
    """Columns and values of the n largest of each row, best first; among equals the lower column is first.

    Args:
        scores: (m, I) float32; -inf and NaN mark what must not be chosen.
        n: how many; rows that have fewer end in `NO_ITEM` and -inf.

    Returns:
        (m, n) int32 columns and (m, n) float32 values.
    """
    m = len(scores)
    columns = np.full((m, n), NO_ITEM, dtype=np.int32)
    values = np.full((m, n), -np.inf, dtype=np.float32)
    keys = _promising_keys(scores.astype(np.float32, copy=False), n)
    kept = min(n, keys.shape[1])
    if kept < keys.shape[1]:
        keys = np.partition(keys, kept - 1, axis=1)[:, :kept]
    keys = np.sort(keys, axis=1)
    there = keys != _NO_KEY
    columns[:, :kept][there] = chosen = keys[there] & 0xFFFFFFFF
    values[:, :kept][there] = scores[np.nonzero(there)[0], chosen]
    return columns, values


def largest_stored(scores: sp.csr_matrix, n: int) -> tuple[IntArray, FloatArray]:
    """What `largest` gives of the stored entries of sparse rows, (m, I), without the ones in between."""
    columns = np.full((scores.shape[0], n), NO_ITEM, dtype=np.int32)
    values = np.full(columns.shape, -np.inf, dtype=np.float32)
    entries, row, place = best_stored(scores, n)
    columns[row, place] = scores.indices[entries]
    values[row, place] = scores.data[entries]
    return columns, values


def best_stored(matrix: sp.csr_matrix, n: int) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]:
    """The n largest stored entries of each row, row after row, best first; among equals the lower column is first.

    Returns:
        Positions in `matrix.data`, and the row and the place in it (from 0) of each.
    """
    counts = np.diff(matrix.indptr)
    least = np.full(len(counts), -np.inf)  # what the n-th of a row reaches
    for long in np.flatnonzero(counts > n):
        values = matrix.data[matrix.indptr[long] : matrix.indptr[long + 1]]
        least[long] = np.partition(values, len(values) - n)[len(values) - n]
    row_of = np.repeat(np.arange(len(counts)), counts)
    large = np.flatnonzero(matrix.data >= least[row_of])
    entries = large[np.lexsort((matrix.indices[large], -matrix.data[large], row_of[large]))]
    row = row_of[entries]
    place = np.arange(len(row)) - np.searchsorted(row, row)
    kept = place < n
    return entries[kept], row[kept], place[kept]


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


def _sort_keys(scores: FloatArray, columns: np.ndarray) -> np.ndarray:
    """Integers, int64, that sort by falling score, then rising column: unique, so that no tie is left to chance.

    The bits of an IEEE 754 float, read as an integer, sort like the float once the negative ones are reversed.
    """
    bits = scores.view(np.int32).astype(np.int64)
    rising = np.where(bits < 0, -(bits & 0x7FFFFFFF), bits)
    return (-rising << 32) | columns


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
    size = max(1, min(BLOCK, CELLS // seen.shape[1]))
    for start in range(0, len(users), size):
        block = slice(start, start + size)
        rows = seen[users[block]]
        # A user loses at most as many as were seen, so that many more are asked for.
        most_seen = int(np.diff(rows.indptr).max(initial=0))
        found, values = source.candidates(users[block], n + most_seen)
        # What is left keeps its order; an item that was seen goes behind it.
        taken = _contains(rows, found)
        places = np.argsort(taken, axis=1, kind="stable")[:, :n]
        values = np.where(taken, np.float32(-np.inf), values)
        scores[block] = np.take_along_axis(values, places, axis=1)
        items[block] = np.where(scores[block] > -np.inf, np.take_along_axis(found, places, axis=1), NO_ITEM)
    return Candidates(users, items, scores)


def _contains(rows: sp.csr_matrix, items: IntArray) -> np.ndarray:
    """Which (row, item) are stored in `rows`: (m, N) bool."""
    if not rows.nnz:
        return np.zeros(items.shape, dtype=bool)
    width = rows.shape[1]
    row_of = np.repeat(np.arange(rows.shape[0], dtype=np.int64), np.diff(rows.indptr))
    taken = np.sort(row_of * width + rows.indices)
    asked = np.arange(len(items), dtype=np.int64)[:, None] * width + items
    # Several times faster than `np.isin`, which sorts what is asked.
    nearest = taken[np.minimum(np.searchsorted(taken, asked), len(taken) - 1)]
    return (nearest == asked) & (items != NO_ITEM)


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
    blocks = user_blocks(len(sources[0].users))
    return np.concatenate([_filled([source.rows(block) for source in sources], k) for block in blocks])


def _filled(sources: Sequence[Candidates], k: int) -> IntArray:
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
