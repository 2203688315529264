"""The visible events of a competition for peers that read more than its pairs, by file. Read in all environments."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Self

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from peers.exchange import IntArray, Task

VISIBLE, ANSWER, LEFT_OUT = 0, 1, 2
"""What an event is in a hold-out: left out is what is hidden without being an answer."""

FILE = "log.npz"
BLOCK = 256
"""Users whose scores of all items are in memory at once."""


@dataclass(frozen=True, eq=False)
class Events:
    """Who took what and when, by user, then time.

    Attributes:
        users, items: (n,) int32 codes.
        times: (n,) float64 days, or None.
        shape: numbers of users and items, U and I.
    """

    users: IntArray
    items: IntArray
    times: NDArray[np.float64] | None
    shape: tuple[int, int]

    @property
    def ages(self) -> NDArray[np.float64]:
        """Days from each event to the newest one, (n,); without times 0."""
        return np.zeros(len(self.users)) if self.times is None else self.times.max() - self.times

    @property
    def later(self) -> NDArray[np.int64]:
        """How many events of its user come after each, (n,); without times 0."""
        if self.times is None:
            return np.zeros(len(self.users), dtype=np.int64)
        return np.searchsorted(self.users, self.users, side="right") - 1 - np.arange(len(self.users))

    def matrix(self, weights: NDArray[np.float64] | None = None) -> sp.csr_matrix:
        """The sum of its events' weights for each pair, (U, I) float64: the counts, without weights."""
        values = np.ones(len(self.users)) if weights is None else weights
        return sp.csr_matrix((values, (self.users, self.items)), shape=self.shape)

    def pairs(self) -> sp.csr_matrix:
        """Who took what, (U, I) of ones."""
        matrix = self.matrix()
        matrix.data[:] = 1
        return matrix


@dataclass(frozen=True, eq=False)
class EventLog:
    """All that a peer may know.

    Attributes:
        users, items, times: of the visible events, as in `Events`.
        roles: (n,) int8, what each is in an inner hold-out by the competition's own rule, to choose parameters by.
        user_ids, item_ids: (U,) and (I,) str, the ids of the codes.
        k: items that each user gets.
        keep: whether items that the user has may be recommended.
    """

    users: IntArray
    items: IntArray
    times: NDArray[np.float64] | None
    roles: NDArray[np.int8]
    user_ids: NDArray[np.str_]
    item_ids: NDArray[np.str_]
    k: int
    keep: bool

    def save(self, folder: Path) -> None:
        """Write what `load` reads."""
        there = {field.name: getattr(self, field.name) for field in fields(self)}
        np.savez(folder / FILE, **{name: value for name, value in there.items() if value is not None})

    @classmethod
    def load(cls, task: Task) -> Self:
        """Read what `save` wrote into the folder that the task names."""
        with np.load(Path(task.competition) / FILE) as file:
            arrays = {field.name: file.get(field.name) for field in fields(cls)}
        return cls(**arrays | {"k": int(arrays["k"]), "keep": bool(arrays["keep"])})

    @property
    def shape(self) -> tuple[int, int]:
        """Numbers of users and items."""
        return len(self.user_ids), len(self.item_ids)

    @property
    def events(self) -> Events:
        """All visible events."""
        return Events(self.users, self.items, self.times, self.shape)

    @property
    def inner(self) -> Events:
        """The events that the inner hold-out shows."""
        shown = self.roles == VISIBLE
        times = None if self.times is None else self.times[shown]
        return Events(self.users[shown], self.items[shown], times, self.shape)

    @property
    def inner_answers(self) -> sp.csr_matrix:
        """The distinct pairs that it hides as answers, (U, I)."""
        wanted = self.roles == ANSWER
        return Events(self.users[wanted], self.items[wanted], None, self.shape).pairs()


def blocks(users: IntArray) -> Iterator[IntArray]:
    """The users, some at a time."""
    for start in range(0, len(users), BLOCK):
        yield users[start : start + BLOCK]


def best(scores: NDArray[np.floating], n: int) -> IntArray:
    """The n best items of each row, best first, (m, n) int32; among equals the lower code."""
    n = min(n, scores.shape[1])
    found = np.sort(np.argpartition(-scores, n - 1, axis=1)[:, :n], axis=1)
    order = np.argsort(-np.take_along_axis(scores, found, axis=1), axis=1, kind="stable")
    return np.take_along_axis(found, order, axis=1).astype(np.int32)
