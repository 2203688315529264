"""Lists of candidates: the best items of some users, joined, cut into blocks, and filled up to exactly k."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from shortlist.common.array_files import Arrays
from shortlist.common.arrays import FloatArray, IntArray
from shortlist.errors import SubmissionError

NO_ITEM = -1
"""Fills the end of a row whose user has fewer candidates than asked for; its score is -inf."""


USERS = 2**14
"""Users whose lists are made or joined in one piece."""


@dataclass(frozen=True)
class Candidates:
    """The best items of some users.

    Attributes:
        users: (m,) int32 user codes.
        items: (m, N) int32 item codes, best first, distinct within a row, `NO_ITEM` where there are no more.
        scores: (m, N) float32, falling within a row, -inf at `NO_ITEM`.
    """

    users: IntArray
    items: IntArray
    scores: FloatArray

    @classmethod
    def of_file(cls, arrays: Arrays) -> "Candidates":
        """Those that a file holds beside other things, under the names of `arrays`."""
        return cls(arrays["users"], arrays["items"], arrays["scores"])

    def arrays(self) -> dict[str, np.ndarray]:
        """What a file keeps of them."""
        return {"users": self.users, "items": self.items, "scores": self.scores}

    def rows(self, chosen: slice | NDArray[np.integer]) -> "Candidates":
        """Those of some of the users."""
        return Candidates(self.users[chosen], self.items[chosen], self.scores[chosen])

    def first(self, n: int) -> "Candidates":
        """The n best of each user."""
        return Candidates(self.users, self.items[:, :n], self.scores[:, :n])


def joined(parts: Iterable[Candidates]) -> Candidates:
    """The lists of different users as one."""
    users, items, scores = zip(*((part.users, part.items, part.scores) for part in parts), strict=True)
    return Candidates(np.concatenate(users), np.concatenate(items), np.concatenate(scores))


def user_blocks(users: int) -> Iterator[slice]:
    """Blocks of at most `USERS` rows, one at least."""
    return (slice(start, min(start + USERS, users)) for start in range(0, max(users, 1), USERS))


def stored(matrix: sp.csr_matrix, rows: IntArray, columns: IntArray) -> np.ndarray:
    """Which of some pairs, two (p,) arrays, have an entry in the matrix: (p,) bool."""
    if not len(rows):
        return np.zeros(0, dtype=bool)  # SciPy's answer to no pairs is a sparse matrix
    return np.asarray(matrix[rows, columns]).ravel() > 0


def fill(sources: Sequence[Candidates], k: int) -> IntArray:
    """Exactly k distinct items for each user: the first source's, then the next ones' where it has too few.

    Args:
        sources: candidates of the same users in the same order, the preferred first.
        k: items per user.

    Returns:
        (m, k) int32 item codes, best first.

    Raises:
        SubmissionError: all sources together have fewer than k items for a user.
    """
    blocks = user_blocks(len(sources[0].users))
    return np.concatenate([_filled([source.rows(block) for source in sources], k) for block in blocks])


def _filled(sources: Sequence[Candidates], k: int) -> IntArray:
    pool = np.concatenate([source.items for source in sources], axis=1)
    # The first place of each distinct item in a row: a stable sort keeps equal items in their order.
    by_item = np.argsort(pool, axis=1, kind="stable")
    ordered = np.take_along_axis(pool, by_item, axis=1)
    repeated = np.zeros(pool.shape, dtype=bool)
    np.put_along_axis(repeated, by_item[:, 1:], ordered[:, 1:] == ordered[:, :-1], axis=1)
    usable = (pool != NO_ITEM) & ~repeated
    if (short := usable.sum(axis=1) < k).any():
        user = sources[0].users[int(np.argmax(short))]
        raise SubmissionError(
            f"{int(short.sum())} users, the first with code {user}, have fewer than {k} items left that they have not "
            f"got already; add the retriever 'popular', which ranks every item, or lower k"
        )
    places = np.argsort(~usable, axis=1, kind="stable")[:, :k]
    return np.take_along_axis(pool, places, axis=1)
