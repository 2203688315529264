"""What libraries that cannot drop seen items leave to their users: to ask for more, and to drop them with NumPy."""

import numpy as np

from speed.task import Task


def most_seen(task: Task) -> int:
    """How many more must be asked for, so that n are left to everybody."""
    return int(np.bincount(task["pairs"][:, 0]).max())


def taken_keys(task: Task) -> np.ndarray:
    """The pairs as numbers, to be looked up by `first_unseen`."""
    pairs = task["pairs"].astype(np.int64)
    keys: np.ndarray = np.sort(pairs[:, 0] * task["shape"][1] + pairs[:, 1])
    return keys


def first_unseen(row: np.ndarray, column: np.ndarray, taken: np.ndarray, task: Task) -> np.ndarray:
    """Each user's first n items that are not taken, (users, n) int32, -1 at the end.

    Args:
        row, column: (p,) users, rising, and their items, best first.
        taken: see `taken_keys`.
        task: with `shape` and `n`.
    """
    (users, items), n = task["shape"], task["n"]
    key = row * items + column
    unseen = taken[np.minimum(np.searchsorted(taken, key), len(taken) - 1)] != key
    row, column = row[unseen], column[unseen]
    place = np.arange(len(row)) - np.searchsorted(row, np.arange(users))[row]
    lists = np.full((users, n), -1, dtype=np.int32)
    lists[row[place < n], place[place < n]] = column[place < n]
    return lists
