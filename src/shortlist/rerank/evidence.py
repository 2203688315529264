"""What a feature may look at: candidate rows, and the visible pairs and tables. Nothing hidden is in here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from shortlist.common.arrays import FloatArray, IntArray
from shortlist.data.candidates import NO_ITEM, Candidates
from shortlist.data.columns import tfidf
from shortlist.data.dataset import Dataset

CHUNK = 200_000
"""Pairs compared at once, to bound the memory."""

MEMBERS = 64
"""Items of a user, or users of an item, that a candidate is compared with at most: the latest, or an even selection.

More than any of Dacon 236170 has; without a limit, the time of a candidate grows with histories of hundreds."""

Similarity = Callable[[IntArray, IntArray], FloatArray]
"""Of pairs of codes: two (p,) arrays to (p,) float32."""


@dataclass(frozen=True)
class Evidence:
    """Candidate rows and what is known without their labels.

    Attributes:
        visible: the dataset with the visible pairs only.
        users, items: (rows,) int32, the candidate pairs.
        lists: what each retriever, fitted on the visible pairs, gave the users.
    """

    visible: Dataset
    users: IntArray
    items: IntArray
    lists: Mapping[str, Candidates] = field(default_factory=dict)

    @cached_property
    def matrix(self) -> sp.csr_matrix:
        """The visible pairs, (U, I) float32."""
        return self.visible.matrix()

    @cached_property
    def by_item(self) -> sp.csr_matrix:
        """The visible pairs, (I, U) float32."""
        return self.matrix.T.tocsr()

    @cached_property
    def histories(self) -> sp.csr_matrix:
        """(U, I), of each user the items that a candidate is compared with."""
        return bounded(self._recency)

    @cached_property
    def audiences(self) -> sp.csr_matrix:
        """(I, U), of each item the users that a candidate's user is compared with."""
        return bounded(self._recency.T.tocsr())

    @property
    def _recency(self) -> sp.csr_matrix:
        """The visible pairs, (U, I), with their places in time; all alike without times."""
        matrix, last = self.matrix.astype(np.float64), self.visible.last
        if last is not None and len(last):
            matrix.data = 1 + last - last.min()  # in the order of the pairs, as the matrix is
        return matrix

    @cached_property
    def unit_users(self) -> sp.csr_matrix:
        """Rows of the users, of length 1."""
        return _normalized(self.matrix)

    @cached_property
    def unit_items(self) -> sp.csr_matrix:
        """Rows of the items, of length 1."""
        return _normalized(self.by_item)

    @cached_property
    def user_text(self) -> sp.csr_matrix:
        """TF-IDF vectors of all fields of the user table."""
        return tfidf(self.visible.user_table)

    @cached_property
    def item_text(self) -> sp.csr_matrix:
        """TF-IDF vectors of all fields of the item table."""
        return tfidf(self.visible.item_table)

    @cached_property
    def pair(self) -> NDArray[np.intp]:
        """(rows,) position of each candidate among the visible pairs; -1 for what the user does not have."""
        width, pairs = len(self.visible.items), self.visible.pairs.astype(np.int64)
        keys, asked = pairs[:, 0] * width + pairs[:, 1], self.users.astype(np.int64) * width + self.items
        if not len(keys):
            return np.full(len(asked), -1)
        at = np.minimum(np.searchsorted(keys, asked), len(keys) - 1)
        return np.where(keys[at] == asked, at, -1)

    def of_pairs(self, values: NDArray[np.number], missing: float = np.nan) -> FloatArray:
        """(rows,) float32, what each candidate's pair has in `values`, (p,), one of each visible pair."""
        return np.append(values, missing)[self.pair].astype(np.float32)

    @cached_property
    def now(self) -> float:
        """Time of the newest visible event; NaN without events, or without times."""
        times = self.visible.events.time
        return float(times.max()) if times is not None and len(times) else np.nan

    def dot(self, of_users: sp.csr_matrix, of_items: sp.csr_matrix) -> FloatArray:
        """Inner product of the user's row (U, F) and the item's (I, F) for each candidate, (rows,) float32."""
        return dots(of_users, of_items, self.users, self.items)

    def places(self, lists: Candidates) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Row and column of each candidate in a list of the same users; column -1 where it is not in it."""
        width = len(self.visible.items)
        row_of = np.full(len(self.visible.users), -1, dtype=np.int64)
        row_of[lists.users] = np.arange(len(lists.users))
        rows, columns = np.nonzero(lists.items != NO_ITEM)
        keys = rows * width + lists.items[rows, columns]
        if not len(keys):  # a retriever that had nothing for anybody
            return row_of[self.users], np.full(len(self.users), -1)
        order = np.argsort(keys)
        asked = row_of[self.users] * width + self.items
        at = order[np.minimum(np.searchsorted(keys, asked, sorter=order), len(order) - 1)]
        return row_of[self.users], np.where(keys[at] == asked, columns[at], -1)

    def over_history(self, similarity: Similarity) -> tuple[FloatArray, FloatArray]:
        """Mean and maximum of the similarity of the candidate to `histories`; NaN of a user without items."""
        return over(self.histories, self.users, self.items, similarity)

    def over_users(self, similarity: Similarity) -> tuple[FloatArray, FloatArray]:
        """Mean and maximum of the similarity of the user to `audiences`; NaN of an item without users."""
        return over(self.audiences, self.items, self.users, similarity)


def bounded(lists: sp.csr_matrix, most: int = MEMBERS) -> sp.csr_matrix:
    """At most so many members of each list: those with the largest entries and, among equals, an even selection."""
    lengths = np.diff(lists.indptr)
    if lengths.max(initial=0) <= most:
        return lists
    row = np.repeat(np.arange(lists.shape[0]), lengths)
    place = np.arange(lists.nnz) - np.repeat(lists.indptr[:-1], lengths)
    # Every third of a list, then what is between: the first so many are spread over all of it.
    spread = place * most % np.maximum(lengths, 1)[row]
    order = np.lexsort((spread, -lists.data, row))
    kept = np.sort(order[place < most])  # a row's entries stand together in `order` too
    counts = np.minimum(lengths, most)
    indptr = np.concatenate([[0], np.cumsum(counts)])
    return sp.csr_matrix((lists.data[kept], lists.indices[kept], indptr), shape=lists.shape)


def dots(left: sp.csr_matrix, right: sp.csr_matrix, rows: IntArray, others: IntArray) -> FloatArray:
    """Inner products of `left[rows]` and `right[others]`, row by row."""
    parts = [
        np.asarray(left[rows[start : start + CHUNK]].multiply(right[others[start : start + CHUNK]]).sum(axis=1)).ravel()
        for start in range(0, len(rows), CHUNK)
    ]
    return np.concatenate(parts).astype(np.float32) if parts else np.empty(0, dtype=np.float32)


def over(
    lists: sp.csr_matrix, rows: IntArray, others: IntArray, similarity: Similarity
) -> tuple[FloatArray, FloatArray]:
    """For each (row, other): mean and maximum of similarity(member, other) over the members of the row's list.

    Members of unknown similarity, NaN, are passed over.
    """
    lengths = np.diff(lists.indptr)[rows]
    mean = np.full(len(rows), np.nan, dtype=np.float32)
    most = mean.copy()
    ends = np.cumsum(lengths)
    start = 0
    while start < len(rows):
        before = ends[start] - lengths[start]
        stop = max(start + 1, int(np.searchsorted(ends, before + CHUNK)))
        length = lengths[start:stop]
        first = np.cumsum(length) - length
        total = int(length.sum())
        place = np.arange(total) - np.repeat(first, length) + np.repeat(lists.indptr[rows[start:stop]], length)
        values = similarity(lists.indices[place].astype(np.int32), np.repeat(others[start:stop], length))
        some = length > 0
        if total:
            known = ~np.isnan(values)
            number = np.add.reduceat(known, first[some], dtype=np.float32)
            sums = np.add.reduceat(np.where(known, values, 0), first[some])
            mean[start:stop][some] = np.where(number > 0, sums / np.maximum(number, 1), np.nan)
            most[start:stop][some] = np.fmax.reduceat(values, first[some])
        start = stop
    return mean, most


def shares(lists: sp.csr_matrix, attributes: sp.csr_matrix) -> sp.csr_matrix:
    """Of each list, the share of members that have each attribute: (lists, F)."""
    return _normalized(lists, "l1") @ attributes


def _normalized(matrix: sp.csr_matrix, norm: str = "l2") -> sp.csr_matrix:
    from sklearn.preprocessing import normalize  # takes a second, which stages without features need not pay

    return normalize(matrix, norm=norm)
