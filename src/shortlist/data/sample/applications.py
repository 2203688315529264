"""Who applies where: drawn by taste, popularity and closeness of dates, without scoring every posting for everybody."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.random import Generator

from shortlist.data.sample.draws import Array
from shortlist.data.sample.resumes import STRAY, Users
from shortlist.data.sample.vocabulary import GROUPS

POPULARITY_SIGMA = 0.7  # of the log-normal popularity of postings: a few are wanted 5 times as much as the median
DATE_SCALES = np.array([30, 60], "timedelta64[D]")  # distances in updated and registered that halve the odds to apply
PROPOSALS = 2**18  # made at once, about 50 MB
TRIES = 32  # proposals for each posting that is still to be drawn: about one in fifty is accepted


@dataclass(frozen=True)
class Market:
    """The postings as applicants see them.

    Attributes:
        items: (I,) posting codes, ordered by job group.
        popularity: (I + 1,) running total of their popularity, in that order, from 0.
        starts: (GROUPS + 1,) where each group begins in that order.
        dates: (2, I) datetime64[D] by posting code: when it was out, as a resume is updated and registered.
    """

    items: Array
    popularity: Array
    starts: Array
    dates: Array

    @classmethod
    def make(cls, rng: Generator, users: Users, groups: Array) -> Self:
        """Postings of the given job groups (I,): each was out when one of the resumes was updated and registered."""
        popularity = np.exp(rng.normal(0.0, POPULARITY_SIGMA, len(groups)))
        centre = rng.integers(0, len(users), len(groups))
        items = np.argsort(groups, kind="stable")
        starts = np.searchsorted(groups[items], np.arange(GROUPS + 1))
        return cls(items, np.concatenate([[0.0], np.cumsum(popularity[items])]), starts, users.dates[:, centre])

    def propose(self, rng: Generator, users: Users) -> tuple[Array, Array]:
        """A posting for each resume, (m,), and whether it applies, (m,) bool.

        The odds of a posting are taste * popularity * closeness of dates. Taste is a sum over the resume's groups and
        the stray share, popularity a running total in which the postings of a group lie side by side: both are drawn
        by one random number each. Closeness is at most 1: it is the chance that the proposal is accepted.
        """
        first, last = self.popularity[self.starts[:-1]], self.popularity[self.starts[1:]]
        low = np.column_stack([first[users.groups], np.zeros(len(users))])
        high = np.column_stack([last[users.groups], np.full(len(users), self.popularity[-1])])
        odds = (high - low) * np.column_stack([(1 - STRAY) * users.shares, np.full(len(users), STRAY / GROUPS)])
        reach = np.cumsum(odds, axis=1)
        part = (rng.random(len(users)) * reach[:, -1] >= reach[:, :-1].T).sum(axis=0)
        cell = np.arange(len(users)) * low.shape[1] + part
        wanted = low.ravel()[cell] + rng.random(len(users)) * (high.ravel()[cell] - low.ravel()[cell])
        place = np.searchsorted(self.popularity, wanted, side="right") - 1
        items = self.items[np.minimum(place, len(self.items) - 1)]
        chance = np.ones(len(users))
        for own, out, scale in zip(users.dates, self.dates, DATE_SCALES, strict=True):
            chance /= 1 + np.abs(own - out[items]) / scale
        return items, rng.random(len(users)) < chance

    def draw(self, rng: Generator, users: Users, counts: Array) -> Array:
        """`counts` (m,) different postings for each resume, drawn one after the other by their odds.

        Returns:
            (2, counts.sum()) rows of `users` above posting codes, by row, the first drawn first.
        """
        width = len(self.items)
        taken = np.empty(0, dtype=np.int64)  # row * width + posting
        while (missing := counts - np.bincount(taken // width, minlength=len(users))).any():
            # Where few are left, what they want is rare: they are asked more often.
            tries = np.where(missing > 0, np.maximum(TRIES * missing, PROPOSALS // np.count_nonzero(missing)), 0)
            drawn = [taken]
            for rows in _parts(np.repeat(np.arange(len(users)), tries)):
                items, accepted = self.propose(rng, users.take(rows))
                drawn.append(rows[accepted] * width + items[accepted])
            taken = _first_of_each(np.concatenate(drawn), width, counts)
        return np.stack(np.divmod(taken, width))


def _parts(rows: Array) -> Iterator[Array]:
    return (rows[start : start + PROPOSALS] for start in range(0, len(rows), PROPOSALS))


def _first_of_each(taken: Array, width: int, counts: Array) -> Array:
    """Draws in their order, without repeats and what is too many, by row."""
    distinct = taken[np.sort(np.unique(taken, return_index=True)[1])]
    row = distinct // width
    by_row = np.argsort(row, kind="stable")
    row = row[by_row]
    place = np.arange(len(row)) - np.searchsorted(row, row)
    return distinct[by_row][place < counts[row]]
