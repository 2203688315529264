"""What every splitter is: K folds of a dataset's events, none empty, the same whenever they are made."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import ConfigDict
from pydantic.dataclasses import dataclass as checked_dataclass

from shortlist.common.arrays import DoubleArray, IntArray
from shortlist.common.bilingual import Bilingual
from shortlist.common.parameters import Folds, Seed
from shortlist.data.dataset import Dataset
from shortlist.errors import DataError
from shortlist.validation.division import Fold

Mask = NDArray[np.bool_]
"""(n,) bool, some of a dataset's events."""


@dataclass(frozen=True)
class Units:
    """What is hidden as one: an event, or all events of a pair.

    Attributes:
        user: (n,) int32 codes.
        time: (n,) float64, of a pair its last event's; None without times.
        unit_of: (events,) the unit of each event; None where the units are the events.
    """

    user: IntArray
    time: DoubleArray | None
    unit_of: NDArray[np.intp] | None

    @classmethod
    def of(cls, dataset: Dataset, events: bool) -> "Units":
        """The events of a dataset, or its pairs."""
        if events:
            return cls(dataset.events.user, dataset.events.time, None)
        return cls(dataset.pairs[:, 0], dataset.last, dataset.pair_of)

    def events(self, chosen: Mask) -> Mask:
        """The events of some units, (n,) bool of which are chosen."""
        return chosen if self.unit_of is None else chosen[self.unit_of]

    def places(self, rng: np.random.Generator, by_time: bool) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Of each unit: its place among its user's, the latest or else a random one first, and their number.

        Which of several at one time is the latest is drawn by lot.
        """
        user, lot = self.user, rng.random(len(self.user))
        if self.time is None or not by_time:
            by_user = np.lexsort((lot, user))
        else:
            # One number for all three: they are sorted by user already, and three sorts take four times as long.
            different, rank = np.unique(-self.time, return_inverse=True)
            by_user = np.argsort(user * float(len(different)) + rank + lot, kind="stable")
        counts = np.bincount(user)
        starts = np.cumsum(counts) - counts
        place = np.empty(len(user), dtype=np.int64)
        place[by_user] = np.arange(len(user)) - starts[user[by_user]]
        return place, counts[user]


@checked_dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
class Splitter(ABC):
    """K folds of a dataset. The same dataset, parameters and seed give the same folds.

    Args:
        folds: K.
        seed: of whatever is drawn at random.
    """

    uses_seed: ClassVar[bool] = True
    """Asked by the registry: every splitter has one."""

    timeless: ClassVar[bool] = False
    """Whether it passes over the times that a log has."""

    folds: Folds = 5
    seed: Seed = 0

    @property
    def kind(self) -> str:
        """The name of its file."""
        return type(self).__module__.rpartition(".")[2]

    def split(self, dataset: Dataset, repeats: bool = False) -> Iterator[Fold]:
        """Yield the K folds, and before them those that are `earlier`, whose numbers come after K.

        Args:
            dataset: whose events are divided.
            repeats: whether an item may be asked for that the user has already; else all events of a pair go together
                where the scheme does not divide them by time.

        Raises:
            ConfigError: the dataset lacks what the scheme needs.
            DataError: too few events or users for a fold to have something to train on and something to score.
        """
        for number, (train, test) in zip(self.numbers, self._masks(dataset, repeats), strict=True):
            if not (train.any() and test.any()):
                time = dataset.events.time
                times = "" if time is None else f"; there are {len(np.unique(time)):,} distinct times"
                raise DataError(
                    f"scheme {self.kind}: fold {number} of {self.folds} has {int(train.sum()):,} events to train on "
                    f"and {int(test.sum()):,} to score{times}; use fewer folds or more data"
                )
            yield Fold(number, np.flatnonzero(train), np.flatnonzero(test), scored=number <= self.folds)

    @property
    def numbers(self) -> list[int]:
        """Of all folds, in the order of `split`."""
        return [*range(self.folds + 1, self.folds + self.earlier + 1), *range(1, self.folds + 1)]

    @property
    def earlier(self) -> int:
        """Folds before the K scored ones, which only blend and rerankers learn on; 0 without an order in time."""
        return 0

    @property
    def scored(self) -> Self:
        """The same without those."""
        return self

    @abstractmethod
    def _masks(self, dataset: Dataset, repeats: bool) -> Iterator[tuple[Mask, Mask]]:
        """Each fold's visible and hidden events, two (n,) masks, `earlier` first; what is in neither is left out."""

    @abstractmethod
    def describe(self) -> Bilingual:
        """One line for reports: what is hidden, and which date it rests on."""
