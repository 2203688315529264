"""What is visible, and what is made of it once for all candidates, however many blocks of users they come in."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import RLock
from typing import Any, TypeVar

import numpy as np
import scipy.sparse as sp

from shortlist.data.candidates import Candidates
from shortlist.data.columns import tfidf
from shortlist.data.dataset import Dataset
from shortlist.rerank.members import bounded

Made = TypeVar("Made")


@dataclass(frozen=True, eq=False)
class Visible:
    """A dataset with the visible events only, and what features share of it.

    Attributes:
        dataset: the visible events and both tables.
        lists: what each retriever, fitted on the visible pairs, gave all users that are asked.
    """

    dataset: Dataset
    lists: Mapping[str, Candidates] = field(default_factory=dict)
    _made: dict[Callable[..., Any], Any] = field(default_factory=dict, init=False, repr=False)
    _locks: dict[Callable[..., Any], RLock] = field(default_factory=dict, init=False, repr=False)

    def once(self, function: Callable[["Visible"], Made]) -> Made:
        """What the function makes of this; it is called once, whichever threads and blocks ask for it."""
        with self._locks.setdefault(function, RLock()):
            if function not in self._made:
                self._made[function] = function(self)
            made: Made = self._made[function]
            return made

    @property
    def matrix(self) -> sp.csr_matrix:
        """The visible pairs, (U, I) float32."""
        return self.once(_matrix)

    @property
    def by_item(self) -> sp.csr_matrix:
        """The visible pairs, (I, U) float32."""
        return self.once(_by_item)

    @property
    def histories(self) -> sp.csr_matrix:
        """(U, I), of each user the items that a candidate is compared with."""
        return self.once(_histories)

    @property
    def audiences(self) -> sp.csr_matrix:
        """(I, U), of each item the users that a candidate's user is compared with."""
        return self.once(_audiences)

    @property
    def recency(self) -> sp.csr_matrix:
        """The visible pairs, (U, I) float64, with their places in time; all alike without times."""
        matrix, last = self.matrix.astype(np.float64), self.dataset.last
        if last is not None and len(last):
            matrix.data = 1 + last - last.min()  # in the order of the pairs, as the matrix is
        return matrix

    @property
    def unit_users(self) -> sp.csr_matrix:
        """Rows of the users, (U, I), of length 1."""
        return self.once(_unit_users)

    @property
    def unit_items(self) -> sp.csr_matrix:
        """Rows of the items, (I, U), of length 1."""
        return self.once(_unit_items)

    @property
    def user_text(self) -> sp.csr_matrix:
        """TF-IDF vectors of all fields of the user table, (U, F)."""
        return self.once(_user_text)

    @property
    def item_text(self) -> sp.csr_matrix:
        """TF-IDF vectors of all fields of the item table, (I, F)."""
        return self.once(_item_text)

    @property
    def now(self) -> float:
        """Time of the newest visible event; NaN without events, or without times."""
        return self.once(_now)


def shares(lists: sp.csr_matrix, attributes: sp.csr_matrix) -> sp.csr_matrix:
    """Of each list, the share of members that have each attribute: (lists, F)."""
    return _normalized(lists, "l1") @ attributes


def _matrix(visible: Visible) -> sp.csr_matrix:
    return visible.dataset.matrix()


def _by_item(visible: Visible) -> sp.csr_matrix:
    return visible.matrix.T.tocsr()


def _histories(visible: Visible) -> sp.csr_matrix:
    return bounded(visible.recency)


def _audiences(visible: Visible) -> sp.csr_matrix:
    return bounded(visible.recency.T.tocsr())


def _unit_users(visible: Visible) -> sp.csr_matrix:
    return _normalized(visible.matrix)


def _unit_items(visible: Visible) -> sp.csr_matrix:
    return _normalized(visible.by_item)


def _user_text(visible: Visible) -> sp.csr_matrix:
    return tfidf(visible.dataset.user_table)


def _item_text(visible: Visible) -> sp.csr_matrix:
    return tfidf(visible.dataset.item_table)


def _now(visible: Visible) -> float:
    times = visible.dataset.events.time
    return float(times.max()) if times is not None and len(times) else np.nan


def _normalized(matrix: sp.csr_matrix, norm: str = "l2") -> sp.csr_matrix:
    from sklearn.preprocessing import normalize  # takes a second, which stages without features need not pay

    return normalize(matrix, norm=norm) if matrix.shape[0] else matrix
