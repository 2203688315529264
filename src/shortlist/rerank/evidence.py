"""What a feature may look at: candidate rows, and the visible pairs and tables. Nothing hidden is in here."""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from shortlist.common.arrays import FloatArray, IntArray
from shortlist.data.candidates import NO_ITEM, Candidates
from shortlist.data.dataset import Dataset
from shortlist.rerank.members import Similarity, Summary, dots, over, ranges
from shortlist.rerank.visible import Visible

TINY = np.float32(1e-9)
"""Instead of a deviation of nothing."""


class Said(NamedTuple):
    """What a retriever says of the candidates.

    Attributes:
        place: (rows,) in the user's list, from 0; -1 where it is not in it.
        score: (rows,) float32, NaN likewise.
        below: (rows,) float32, how far the score is below the first of the list, in deviations of the list's scores.
    """

    place: NDArray[np.int64]
    score: FloatArray
    below: FloatArray


@dataclass(frozen=True)
class Evidence:
    """Candidate rows and what is known without their labels.

    Attributes:
        visible: the dataset with the visible pairs only.
        users, items: (rows,) int32, the candidate pairs.
        lists: what each retriever, fitted on the visible pairs, gave the users.
        shared: of `visible`, what was made of it already; blocks of rows that are handed the same make it once.
    """

    visible: Dataset
    users: IntArray
    items: IntArray
    lists: Mapping[str, Candidates] = field(default_factory=dict)
    shared: Visible = None  # type: ignore[assignment]  # there from `__post_init__` on

    def __post_init__(self) -> None:
        """Another dataset has nothing to share with what was made of this one."""
        if self.shared is None or self.shared.dataset is not self.visible:
            object.__setattr__(self, "shared", Visible(self.visible, self.lists))

    @property
    def matrix(self) -> sp.csr_matrix:
        """The visible pairs, (U, I) float32."""
        return self.shared.matrix

    @property
    def by_item(self) -> sp.csr_matrix:
        """The visible pairs, (I, U) float32."""
        return self.shared.by_item

    @property
    def histories(self) -> sp.csr_matrix:
        """(U, I), of each user the items that a candidate is compared with."""
        return self.shared.histories

    @property
    def audiences(self) -> sp.csr_matrix:
        """(I, U), of each item the users that a candidate's user is compared with."""
        return self.shared.audiences

    @property
    def unit_users(self) -> sp.csr_matrix:
        """Rows of the users, of length 1."""
        return self.shared.unit_users

    @property
    def unit_items(self) -> sp.csr_matrix:
        """Rows of the items, of length 1."""
        return self.shared.unit_items

    @property
    def user_text(self) -> sp.csr_matrix:
        """TF-IDF vectors of all fields of the user table."""
        return self.shared.user_text

    @property
    def item_text(self) -> sp.csr_matrix:
        """TF-IDF vectors of all fields of the item table."""
        return self.shared.item_text

    @property
    def now(self) -> float:
        """Time of the newest visible event; NaN without events, or without times."""
        return self.shared.now

    @cached_property
    def some_users(self) -> IntArray:
        """(b,) int32, the users of the rows, rising."""
        return np.unique(self.users)

    @cached_property
    def user_place(self) -> NDArray[np.intp]:
        """(rows,) place of each row's user among `some_users`."""
        return np.searchsorted(self.some_users, self.users)

    @cached_property
    def some_histories(self) -> sp.csr_matrix:
        """The visible pairs of `some_users`, (b, I) float32."""
        return self.matrix[self.some_users]

    @cached_property
    def own(self) -> Dataset:
        """The visible events of the rows' users only: what is asked of a user needs no look at the others."""
        user = self.visible.events.user
        first, end = (np.searchsorted(user, self.some_users, side) for side in ("left", "right"))
        return self.visible.take(ranges(first, end))

    @cached_property
    def own_pair(self) -> NDArray[np.intp]:
        """(rows,) position of each candidate among the pairs of `own`; -1 for what the user does not have."""
        width, pairs = len(self.visible.items), self.own.pairs.astype(np.int64)
        keys, asked = pairs[:, 0] * width + pairs[:, 1], self.users.astype(np.int64) * width + self.items
        if not len(keys):
            return np.full(len(asked), -1)
        at = np.minimum(np.searchsorted(keys, asked), len(keys) - 1)
        return np.where(keys[at] == asked, at, -1)

    @cached_property
    def pair(self) -> NDArray[np.intp]:
        """(rows,) position of each candidate among the visible pairs; -1 for what the user does not have."""
        first = self.matrix.indptr
        positions = ranges(first[self.some_users], first[self.some_users + 1])
        return np.append(positions, -1)[self.own_pair]

    def of_own(self, values: NDArray[np.number], missing: float = np.nan) -> FloatArray:
        """(rows,) float32, what each candidate's pair has in `values`, one of each pair of `own`."""
        return np.append(values, missing)[self.own_pair].astype(np.float32)

    def of_pairs(self, values: NDArray[np.number], missing: float = np.nan) -> FloatArray:
        """(rows,) float32, what each candidate's pair has in `values`, (p,), one of each visible pair."""
        return np.append(values, missing)[self.pair].astype(np.float32)

    def dot(self, of_users: sp.csr_matrix, of_items: sp.csr_matrix) -> FloatArray:
        """Inner product of the user's row (U, F) and the item's (I, F) for each candidate, (rows,) float32."""
        if of_users.nnz * of_items.shape[0] < of_items.nnz * of_users.shape[0]:  # the fuller rows are made dense
            return _by_second(of_users, of_items, self.users, self.items)
        return _by_second(of_items, of_users, self.items, self.users)

    @cached_property
    def said(self) -> dict[str, Said]:
        """Of each retriever, what it says of the candidates."""
        return {name: self._said(lists) for name, lists in self.lists.items()}

    def _said(self, every: Candidates) -> Said:
        lists = every.rows(np.flatnonzero(np.isin(every.users, self.some_users)))
        row, place = self.places(lists)
        scores = np.where(lists.items == NO_ITEM, np.nan, lists.scores)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # of a user without a list
            deviation = np.maximum(np.nanstd(scores, axis=1), TINY)
        score = np.where(place >= 0, scores[row, place], np.nan)
        return Said(place, score, (score - scores[row, 0]) / deviation[row])

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

    def over_history(self, similarity: Similarity) -> Summary:
        """What the similarities of `histories` to the candidate come to; NaN of a user without other items."""
        return over(self.histories, self.users, self.items, similarity)

    def over_users(self, similarity: Similarity) -> Summary:
        """What the similarities of `audiences` to the user come to; NaN of an item without other users."""
        return over(self.audiences, self.items, self.users, similarity)


def _by_second(left: sp.csr_matrix, right: sp.csr_matrix, rows: IntArray, others: IntArray) -> FloatArray:
    order = np.argsort(others, kind="stable")
    products = np.empty(len(rows), dtype=np.float32)
    products[order] = dots(left, right, rows[order], others[order])
    return products
