"""The events of all users as one stream in the order of time, and the rows of it that a sequence model reads."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shortlist.common.arrays import IntArray
from shortlist.data.covisits import in_time
from shortlist.data.dataset import Dataset

UNITS = 2**20
"""Units of time from a log's first event to its last: 30 s in a year, and their differences are exact as integers."""

NOBODY = -1
"""The user of an entry that only fills a row up."""

ENTRY = ("user", "item", "kind", "time")
"""What a row says of each entry, in this order."""


@dataclass(frozen=True)
class Stream:
    """An opening entry and the events of each user, user after user.

    The opening stands for "nothing yet", so that a user's first event is predicted too, and a user without events has
    something to be known by.

    Attributes:
        user: (n,) int32, rising.
        item: (n,) int32 codes; I for an opening.
        kind: (n,) int32, 1 + the event's kind; 0 for an opening and where the log has no kinds.
        time: (n,) int32, in `UNITS` since the log's first event; an opening's is that of the event after it.
        moment: (n,) int64, rising; entries of one moment have no order. An opening is a moment of its own.
    """

    user: IntArray
    item: IntArray
    kind: IntArray
    time: IntArray
    moment: NDArray[np.int64]

    @classmethod
    def of(cls, dataset: Dataset) -> "Stream":
        """Read from a dataset; without times, all events of a user are of one moment."""
        events, order = dataset.events, in_time(dataset)
        number = np.bincount(events.user, minlength=len(dataset.users))
        ends = np.cumsum(number)
        starts = ends - number
        clock = np.zeros(len(events)) if events.time is None else events.time[order]
        # A user without events has no time; what is taken there instead, the next user's, tells nobody anything.
        units = _units(clock)
        opening = np.append(units, 0)[np.minimum(starts, len(units))]
        kinds = np.zeros(len(events)) if events.kind is None else events.kind[order] + 1
        user = np.repeat(np.arange(len(number), dtype=np.int32), number + 1)
        own = np.insert(clock, starts, np.nan)  # unlike any other, and unlike itself
        new = np.ones(len(user), dtype=bool)
        new[1:] = (user[1:] != user[:-1]) | (own[1:] != own[:-1])
        return cls(
            user,
            np.insert(events.item[order], starts, len(dataset.items)).astype(np.int32),
            np.insert(kinds, starts, 0).astype(np.int32),
            np.insert(units, starts, opening).astype(np.int32),
            np.cumsum(new),
        )

    def __len__(self) -> int:
        return len(self.user)

    def shuffled(self, rng: np.random.Generator) -> "Stream":
        """The same with the entries of each moment in a new random order."""
        order = np.lexsort((rng.random(len(self)), self.moment))
        return Stream(self.user, self.item[order], self.kind[order], self.time, self.moment)

    def latest(self, length: int) -> NDArray[np.bool_]:
        """Which entries are among the last `length` of their user, (n,)."""
        return np.searchsorted(self.user, self.user, side="right") - np.arange(len(self)) <= length

    def rows(self, length: int, rng: np.random.Generator) -> IntArray:
        """The stream, shuffled, cut into rows at new random places, (rows, length + 1, 4) int32; see `ENTRY`.

        Each row's last entry is the next one's first, so that every entry follows another in some row. Where nothing
        follows an entry nothing can be learnt: users without events are left out, and rows that end before they begin.
        """
        new = self.shuffled(rng)
        alone = np.bincount(new.user)[new.user] == 1 if len(new) else np.zeros(0, dtype=bool)
        entries = np.stack([getattr(new, name)[~alone] for name in ENTRY], axis=1)
        filler = np.array([[NOBODY, 0, 0, 0]], dtype=np.int32)
        before = int(rng.integers(length))
        count = -(-(before + len(entries)) // length)
        after = count * length + 1 - before - len(entries)
        padded = np.concatenate([filler.repeat(before, axis=0), entries, filler.repeat(after, axis=0)])
        rows: IntArray = padded[np.arange(count)[:, None] * length + np.arange(length + 1)]
        return rows[followed(rows[:, :, 0]).any(axis=1)]


def followed(users: IntArray) -> NDArray[np.bool_]:
    """Whether an entry of the same user comes after each but the last of a row, (m, r + 1) -> (m, r)."""
    is_followed: NDArray[np.bool_] = (users[:, :-1] == users[:, 1:]) & (users[:, :-1] != NOBODY)
    return is_followed


def _units(clock: NDArray[np.float64]) -> NDArray[np.float64]:
    """Times in `UNITS` since the first."""
    if not len(clock):
        return clock
    first, span = clock.min(), np.ptp(clock)
    return np.floor((clock - first) / span * UNITS) if span > 0 else np.zeros(len(clock))
