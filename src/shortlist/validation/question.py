"""What is asked of a method: which events are its answers, and which items it may recommend."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from shortlist.common.arrays import IntArray
from shortlist.common.fingerprints import fingerprint
from shortlist.data.dataset import Dataset
from shortlist.errors import DataError
from shortlist.retrievers.topk import Bounds

if TYPE_CHECKING:
    from shortlist.validation.division import Fold, Positions
    from shortlist.validation.splitters.base import Splitter


@dataclass(frozen=True)
class Asking:
    """The question as retrievers and folds need it.

    Attributes:
        seen: whether items that a user has already are left out, or may come again.
        answers: kinds of events that count as answers; empty = all.
        active_days: how long before the last event an item must have had one to be recommended; None = no matter.
        permitted: (I,) bool, what may be recommended at all; None = everything.
        lists: (U, I) sparse, what may be recommended to each user that has a row with entries; None = no lists.
        users: how many of a fold are scored at most, drawn at random; None = all.
        newcomers: whether users without a visible event are scored too: where nobody asked for is one, they are not.
    """

    seen: Literal["drop", "keep"] = "drop"
    answers: tuple[str, ...] = ()
    active_days: float | None = None
    permitted: NDArray[np.bool_] | None = None
    lists: sp.csr_matrix | None = None
    users: int | None = None
    newcomers: bool = True

    @property
    def repeats(self) -> bool:
        """Whether an answer may be an item that the user has already: then events are hidden, not pairs."""
        return self.seen == "keep"

    @property
    def digest(self) -> str:
        """Fingerprint of what decides a list."""
        mask = np.empty(0) if self.permitted is None else self.permitted
        return fingerprint(self.seen, self.answers, self.active_days, mask)

    def bounds(self, visible: Dataset, *, asked: bool = False) -> Bounds:
        """What may be recommended, given the visible events.

        Args:
            visible: with the visible events only.
            asked: whether this is the question itself: the lists of its users say nothing about a fold's.
        """
        seen = visible.matrix() if self.seen == "drop" else None
        return Bounds(seen, self._items(visible), self.lists if asked else None)

    def folds(self, splitter: "Splitter", dataset: Dataset) -> Iterator["Fold"]:
        """The folds of a scheme, each with those of its hidden events that count as answers.

        Raises:
            ConfigError: the dataset lacks what the scheme needs.
            DataError: a fold has nothing to train on or nothing to score.
        """
        for fold in splitter.split(dataset, self.repeats):
            answers = fold.test[self._counts(dataset, fold)]
            if not len(answers):
                raise DataError(
                    f"scheme {splitter.kind}: fold {fold.number} of {splitter.folds} hides {len(fold.test):,} "
                    f"events, none an answer; look at question.seen, .answers and .items, or use fewer folds"
                )
            yield replace(fold, test=self._drawn(dataset.events.user[answers], answers, splitter.seed + fold.number))

    def _drawn(self, users: IntArray, answers: "Positions", seed: int) -> "Positions":
        """The answers of those that are scored."""
        distinct = np.unique(users)
        if self.users is None or len(distinct) <= self.users:
            return answers
        chosen = np.random.default_rng(seed).choice(distinct, self.users, replace=False)
        return answers[np.isin(users, chosen)]

    def _items(self, visible: Dataset) -> NDArray[np.bool_] | None:
        if self.active_days is None or visible.events.time is None or not len(visible):
            return self.permitted
        recent = visible.events.time > visible.events.time.max() - self.active_days
        active = np.bincount(visible.events.item[recent], minlength=len(visible.items)) > 0
        return active if self.permitted is None else active & self.permitted

    def _counts(self, dataset: Dataset, fold: "Fold") -> NDArray[np.bool_]:
        """Which of the hidden events are answers, (test,) bool."""
        events, test = dataset.events, fold.test
        counted = np.ones(len(test), dtype=bool)
        if self.answers and events.kind is not None:
            names = list(dataset.kinds)
            counted &= np.isin(events.kind[test], [names.index(kind) for kind in self.answers])
        if not self.newcomers:
            known = np.bincount(events.user[fold.train], minlength=len(dataset.users)) > 0
            counted &= known[events.user[test]]
        if not self.repeats:
            visible = np.zeros(len(dataset.pairs), dtype=bool)
            visible[dataset.pair_of[fold.train]] = True
            counted &= ~visible[dataset.pair_of[test]]
        permitted = self._items(dataset.take(fold.train)) if self.active_days is not None else self.permitted
        if permitted is not None:
            counted &= permitted[events.item[test]]
        return counted


ANYTHING = Asking()
"""Every hidden event is an answer, and every item but those seen may be recommended."""
