"""What is popular now: for everybody, within the user's group, or among items of the kinds that the user takes."""

from typing import Self

import numpy as np
import pandas as pd
import scipy.sparse as sp

from shortlist.common.arrays import DoubleArray, FloatArray, IntArray
from shortlist.common.parameters import ColumnName, SomePeriod
from shortlist.data.columns import indicators
from shortlist.data.dataset import Dataset
from shortlist.data.decay import event_weights
from shortlist.errors import ConfigError
from shortlist.retrievers.base import Retriever, parameters
from shortlist.retrievers.topk import largest

CREDIT = 100.0
"""Recent events of everybody that a group is credited with, so that a small group leans on all (shrinkage of means)."""

TASTE_CREDIT = 10.0
"""The same of a user's own events: what share of them goes to each category of items."""


@parameters
class Trending(Retriever):
    """Popularity with decay (recent popularity; Ji et al., "A Re-visit of the Popularity Baseline", SIGIR 2020).

    An item's score is its share of the recent events; every item has one, so that it fills lists as `popular` does.

    Args:
        half_life: age at which an event counts half, see `decay.aged`; None = all count alike.
        window: age from which on an event does not count at all; None = all do. Neither has an effect without times.
        group: column of the user table: a user gets what is popular in the group, shrunk to what is for everybody.
            Numbers are cut into ten groups, dates into months; who has several words is in several groups.
        category: column of the item table, read likewise: items of a category count as much more as the user's events
            fall into it more often than everybody's. Who has no event gets what is popular without it.
    """

    half_life: SomePeriod | None = 14.0
    window: SomePeriod | None = None
    group: ColumnName | None = None
    category: ColumnName | None = None

    def lacking(self, dataset: Dataset) -> str | None:
        """See `Retriever.lacking`: a column of either table."""
        sides = (("user", dataset.user_table, self.group), ("item", dataset.item_table, self.category))
        for noun, table, column in sides:
            if column is not None and column not in table:
                known = ", ".join(map(str, table.columns)) or "none"
                return f"retriever trending: the {noun} table has no column '{column}'; it has: {known}"
        return None

    def fit(self, dataset: Dataset) -> Self:
        """See `Retriever.fit`.

        Raises:
            ConfigError: a table has no such column.
        """
        if (fault := self.lacking(dataset)) is not None:
            raise ConfigError(fault)
        recent = _by_user(dataset, self._recent(dataset))
        self.shares_ = _shares(np.asarray(recent.sum(axis=0), dtype=np.float64).ravel())
        if self.group is not None:
            self.members_ = _members(dataset.user_table, self.group)
            counts = (self.members_.T @ recent).tocsr()
            total = np.asarray(counts.sum(axis=1)).ravel() + CREDIT
            self.of_groups_, self.credits_ = (sp.diags_array(1 / total) @ counts).tocsr(), CREDIT / total
        if self.category is not None:
            self.of_items_ = _members(dataset.item_table, self.category).astype(np.float32)
            self.tastes_ = (_by_user(dataset, event_weights(dataset)) @ self.of_items_).tocsr()
            self.usual_ = _shares(np.asarray(self.tastes_.sum(axis=0), dtype=np.float64).ravel())
        return self

    def _recent(self, dataset: Dataset) -> DoubleArray:
        """What each event counts for what is popular, (n,)."""
        weights, time = event_weights(dataset, self.half_life), dataset.events.time
        if self.window is None or time is None:
            return weights
        return np.where(time.max(initial=-np.inf) - time < self.window, weights, 0)

    def score(self, users: IntArray) -> FloatArray:
        """See `Retriever.score`."""
        shares: DoubleArray = self._fitted("shares_")
        scores = np.broadcast_to(shares.astype(np.float32), (len(users), len(shares)))
        if self.group is not None:
            members = self.members_[users]
            # What is not of a group is of everybody; without a group, all.
            rest = 1 - np.asarray(members.sum(axis=1)).ravel() + members @ self.credits_
            scores = ((members @ self.of_groups_).toarray() + rest[:, None] * shares).astype(np.float32)
        if self.category is not None:
            scores = self._lifts(users) * scores
        return scores

    def _lifts(self, users: IntArray) -> FloatArray:
        """How much more often than everybody some users take items like each, (m, I); 1 where nothing is known."""
        own = self.tastes_[users].toarray()
        share = (own + TASTE_CREDIT * self.usual_) / (own.sum(axis=1, keepdims=True) + TASTE_CREDIT)
        lift = np.divide(share, self.usual_, out=np.ones_like(share), where=self.usual_ > 0)
        rest = 1 - np.asarray(self.of_items_.sum(axis=1)).ravel()
        return np.ascontiguousarray((self.of_items_ @ lift.astype(np.float32).T).T) + rest.astype(np.float32)

    def candidates(self, users: IntArray, n: int) -> tuple[IntArray, FloatArray]:
        """See `Retriever.candidates`; where all users are alike, found once."""
        if self.group is not None or self.category is not None:
            return super().candidates(users, n)
        items, scores = largest(self._fitted("shares_")[None], n)
        return np.broadcast_to(items, (len(users), n)), np.broadcast_to(scores, (len(users), n))


def _by_user(dataset: Dataset, weights: DoubleArray) -> sp.csr_matrix:
    """Events of each user and item that count so much each, (U, I)."""
    shape = (len(dataset.users), len(dataset.items))
    return sp.csr_matrix((weights, (dataset.events.user, dataset.events.item)), shape=shape)


def _members(table: pd.DataFrame, column: str) -> sp.csr_matrix:
    """Share of each row of a table in each group, (rows, G); an empty row where the group is not known."""
    members = indicators(table[[column]]).matrix.astype(np.float64)
    number = np.asarray(members.sum(axis=1)).ravel()
    return (sp.diags_array(1 / np.maximum(number, 1)) @ members).tocsr()


def _shares(counts: DoubleArray) -> DoubleArray:
    return counts / max(float(counts.sum()), np.finfo(float).tiny)


RETRIEVER = Trending
