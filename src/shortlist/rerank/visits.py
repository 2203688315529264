"""Visits: all that a user took at one time, a basket or what a log with days calls a day."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from shortlist.common.arrays import DoubleArray, IntArray
from shortlist.data.covisits import in_time
from shortlist.data.dataset import Dataset


@dataclass(frozen=True)
class Visits:
    """The visits of a log with times.

    Attributes:
        ago: (n,) of each event, how many visits its user has made since.
        new: (n,) whether the event is the first of its pair in its visit.
        number: (U,) visits of each user.
        user, time: (v,) of each visit, by user, then time.
    """

    ago: NDArray[np.intp]
    new: NDArray[np.bool_]
    number: NDArray[np.intp]
    user: IntArray
    time: DoubleArray

    @classmethod
    def of(cls, data: Dataset) -> Self:
        """Those of a dataset with times."""
        times = data.events.time
        assert times is not None
        order = in_time(data)
        starts = _changes(data.events.user[order], times[order])
        user, time = data.events.user[order][starts], times[order][starts]
        number = np.bincount(user, minlength=len(data.users))
        visit = np.empty(len(order), dtype=np.intp)
        visit[order] = np.cumsum(starts) - 1
        ago = np.cumsum(number)[data.events.user] - 1 - visit
        return cls(ago, _changes(data.pair_of, times), number, user, time)

    def gaps(self) -> tuple[IntArray, DoubleArray]:
        """The time between each visit and the next of its user: the user, and the gap."""
        same = self.user[1:] == self.user[:-1]
        return self.user[1:][same], np.diff(self.time)[same]


def _changes(codes: NDArray[np.integer], times: DoubleArray) -> NDArray[np.bool_]:
    """(n,) whether either is another than before."""
    new = np.ones(len(codes), dtype=bool)
    new[1:] = (codes[1:] != codes[:-1]) | (times[1:] != times[:-1])
    return new
