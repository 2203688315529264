"""Which items are taken soon after each other, and what each user took last: the order of a log's events."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from shortlist.common.arrays import DoubleArray, IntArray
from shortlist.data.dataset import Dataset
from shortlist.data.decay import aged, event_weights

AT_ONCE = 2**23
"""Pairs of events that are counted at once, some 250 MB."""


@dataclass(frozen=True)
class Steps:
    """How much two events of a user say about each other's items.

    Attributes:
        window: steps between them at most.
        decay: weight of each further step.
        half_life: time between them after which they count half, see `decay.aged`; None = it does not matter.
        after, before: weight of what came after and of what came before the item; at the same time, the larger of both.
    """

    window: int = 10
    decay: float = 0.9
    half_life: float | None = None
    after: float = 1.0
    before: float = 0.5

    @property
    def reversed(self) -> "Steps":
        """Those of the transposed counts."""
        return Steps(self.window, self.decay, self.half_life, after=self.before, before=self.after)


def covisits(dataset: Dataset, steps: Steps) -> Iterator[tuple[int, sp.csr_matrix]]:
    """Of each item, how strongly every other is taken soon after or before it, (I, I), some rows at a time.

    Two events of one user that are `steps.window` events apart at most count with the product of their kinds' weights.
    Events of one time have no order: they are one step apart, but within the window.

    Args:
        dataset: with times.
        steps: what two events say about each other.

    Yields:
        The first item and the rows (b, I) float64 from there on; together they are all.
    """
    log = _InTime.of(dataset)
    of_item = np.argsort(log.item, kind="stable")
    ends = np.cumsum(np.bincount(log.item, minlength=len(dataset.items)))
    first = 0
    while first < len(dataset.items):
        before = int(ends[first - 1]) if first else 0
        end = max(first + 1, int(np.searchsorted(ends, before + AT_ONCE // (2 * steps.window), side="right")))
        event, other, near = log.neighbours(of_item[before : int(ends[end - 1])], steps)
        places = log.item[event] - first, log.item[other]
        yield first, sp.csr_matrix((near, places), shape=(end - first, len(dataset.items)))
        first = end


@dataclass(frozen=True)
class _InTime:
    """Events by user, then time, then item.

    Attributes:
        item, time, weight: (n,) of each event; no weight if all are alike.
        later, earlier: (n,) how many events of its user stand after and before it.
    """

    item: IntArray
    time: DoubleArray
    weight: DoubleArray | None
    later: IntArray
    earlier: IntArray

    @classmethod
    def of(cls, dataset: Dataset) -> "_InTime":
        events = dataset.events
        if events.time is None:
            raise ValueError("covisits needs events with times")
        order = in_time(dataset)
        number = np.bincount(events.user, minlength=len(dataset.users))
        earlier = np.arange(len(events)) - np.repeat(np.cumsum(number) - number, number)
        later = np.repeat(number, number) - 1 - earlier
        weight = None if events.kind is None else event_weights(dataset)[order]
        return cls(events.item[order], events.time[order], weight, later.astype(np.int32), earlier.astype(np.int32))

    def neighbours(self, at: NDArray[np.intp], steps: Steps) -> tuple[NDArray[np.intp], NDArray[np.intp], DoubleArray]:
        """The events at `at`, each with those of its user near it: positions of both, and how much they count."""
        parts = [
            self._stepped(at[number[at] >= step], direction * step, weight * steps.decay ** (step - 1), steps)
            for direction, number, weight in ((1, self.later, steps.after), (-1, self.earlier, steps.before))
            for step in range(1, steps.window + 1)
        ]
        event, other, near = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
        return event, other, near

    def _stepped(
        self, event: NDArray[np.intp], step: int, weight: float, steps: Steps
    ) -> tuple[NDArray[np.intp], NDArray[np.intp], DoubleArray]:
        other = event + step
        unlike = self.item[event] != self.item[other]
        event, other = event[unlike], other[unlike]
        away = np.abs(self.time[other] - self.time[event])
        near = np.where(away > 0, weight, max(steps.after, steps.before))
        if steps.half_life is not None:
            near = near * aged(away, steps.half_life)
        if self.weight is not None:
            near = near * self.weight[event] * self.weight[other]
        return event, other, near


def latest(dataset: Dataset, last: int) -> sp.csr_matrix:
    """Of each user the events that fewer than `last` came after, (U, I) float64: their kinds' weights.

    Events of one time are equally late, so that a user can have more than `last`; without times, all are of one time.
    """
    late = later_events(dataset) < last
    places = dataset.events.user[late], dataset.events.item[late]
    return sp.csr_matrix((event_weights(dataset)[late], places), shape=(len(dataset.users), len(dataset.items)))


def later_events(dataset: Dataset) -> NDArray[np.int64]:
    """How many events of its user are later than each event, (n,); without times none is."""
    order = in_time(dataset)
    users = dataset.events.user[order]
    new = np.ones(len(order), dtype=bool)
    new[1:] = users[1:] != users[:-1]
    if dataset.events.time is not None:
        times = dataset.events.time[order]
        new[1:] |= times[1:] != times[:-1]
    group = np.cumsum(new) - 1
    ends = np.append(np.flatnonzero(new)[1:], len(order))[group]
    later = np.empty(len(order), dtype=np.int64)
    later[order] = np.searchsorted(users, users, side="right") - ends
    return later


def in_time(dataset: Dataset) -> NDArray[np.intp]:
    """Positions of the events by user, then time, then item, (n,)."""
    events = dataset.events
    if events.time is None:
        return np.arange(len(events))
    return np.lexsort((events.time, events.user))  # stable, and a user's events are by item already
