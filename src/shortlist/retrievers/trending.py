"""What is popular now, for everybody or within the user's group: serves users of whom nothing else is known."""

from typing import Annotated, Self

import numpy as np
import scipy.sparse as sp
from pydantic import Field

from shortlist.common.arrays import DoubleArray, FloatArray, IntArray
from shortlist.common.parameters import Period
from shortlist.data.columns import indicators
from shortlist.data.dataset import Dataset
from shortlist.data.decay import event_weights
from shortlist.errors import ConfigError
from shortlist.retrievers.base import Retriever, parameters
from shortlist.retrievers.topk import largest

CREDIT = 100.0
"""Recent events of everybody that a group is credited with, so that a small group leans on all (shrinkage of means)."""


@parameters
class Trending(Retriever):
    """Popularity with decay (recent popularity; Ji et al., "A Re-visit of the Popularity Baseline", SIGIR 2020).

    An item's score is its share of the recent events; every item has one, so that it fills lists as `popular` does.

    Args:
        half_life: age at which an event counts half, see `decay.aged`; of no effect without times.
        group: column of the user table: a user gets what is popular in the group, shrunk to what is for everybody.
            Numbers are cut into ten groups, dates into months; who has several words is in several groups.
    """

    half_life: Annotated[Period, Field(gt=0)] = 14.0
    group: str | None = None

    def fit(self, dataset: Dataset) -> Self:
        """See `Retriever.fit`.

        Raises:
            ConfigError: the user table has no such column.
        """
        shape = (len(dataset.users), len(dataset.items))
        weights = event_weights(dataset, self.half_life)
        recent = sp.csr_matrix((weights, (dataset.events.user, dataset.events.item)), shape=shape)
        self.shares_ = _shares(np.asarray(recent.sum(axis=0)).ravel())
        if self.group is not None:
            self.members_ = self._members(dataset)
            counts = (self.members_.T @ recent).tocsr()
            total = np.asarray(counts.sum(axis=1)).ravel() + CREDIT
            self.of_groups_, self.credits_ = (sp.diags_array(1 / total) @ counts).tocsr(), CREDIT / total
        return self

    def _members(self, dataset: Dataset) -> sp.csr_matrix:
        """Share of each user in each group, (U, G); an empty row where the group is not known."""
        if self.group not in dataset.user_table:
            known = ", ".join(map(str, dataset.user_table.columns)) or "none"
            raise ConfigError(f"retriever trending: the user table has no column '{self.group}'; it has: {known}")
        members = indicators(dataset.user_table[[self.group]]).matrix.astype(np.float64)
        number = np.asarray(members.sum(axis=1)).ravel()
        return (sp.diags_array(1 / np.maximum(number, 1)) @ members).tocsr()

    def score(self, users: IntArray) -> FloatArray:
        """See `Retriever.score`."""
        shares: DoubleArray = self._fitted("shares_")
        if self.group is None:
            return np.broadcast_to(shares.astype(np.float32), (len(users), len(shares)))
        members = self.members_[users]
        # What is not of a group is of everybody; without a group, all.
        rest = 1 - np.asarray(members.sum(axis=1)).ravel() + members @ self.credits_
        return ((members @ self.of_groups_).toarray() + rest[:, None] * shares).astype(np.float32)

    def candidates(self, users: IntArray, n: int) -> tuple[IntArray, FloatArray]:
        """See `Retriever.candidates`; without groups the same for everybody, found once."""
        if self.group is not None:
            return super().candidates(users, n)
        items, scores = largest(self._fitted("shares_")[None], n)
        return np.broadcast_to(items, (len(users), n)), np.broadcast_to(scores, (len(users), n))


def _shares(counts: DoubleArray) -> DoubleArray:
    return counts / max(float(counts.sum()), np.finfo(float).tiny)


RETRIEVER = Trending
