"""Events: who took what, when, of which kind, and how much of it; 8 to 25 bytes each."""

from dataclasses import dataclass, fields, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from shortlist.common.arrays import DoubleArray, FloatArray, IntArray


@dataclass(frozen=True)
class Events:
    """Rows of a log, as arrays of one length; in a dataset sorted by user, then item, then time.

    Attributes:
        user, item: (n,) int32 codes.
        time: (n,) float64, days since 1970 or any other unit; None if the log has no times.
        kind: (n,) int8 codes of the dataset's kinds; None if all are alike.
        amount: (n,) float32, money or pieces; None if the log has none.
        rating: (n,) float32, what the user thought of the item; None if the log has none.
    """

    user: IntArray
    item: IntArray
    time: DoubleArray | None = None
    kind: NDArray[np.int8] | None = None
    amount: FloatArray | None = None
    rating: FloatArray | None = None

    def __len__(self) -> int:
        return len(self.user)

    def settle(self, users: IntArray, items: IntArray) -> None:
        """Give the events other codes and sort them, in place: of a large log there is no room for a second one.

        Those of a pair at one time keep the order that they have.

        Args:
            users, items: the new code of each old one.
        """
        self.user[:] = users[self.user]
        self.item[:] = items[self.item]
        key = (self.item, self.user) if self.time is None else (self.time, self.item, self.user)
        order = np.lexsort(key).astype(np.int32 if len(self) < 2**31 else np.int64)
        for part in self.arrays().values():
            part[:] = part[order]

    def arrays(self) -> dict[str, np.ndarray]:
        """Those that there are, by name."""
        parts = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: part for name, part in parts.items() if part is not None}

    def take(self, rows: NDArray[Any]) -> Self:
        """Those at positions `rows`, which leave them sorted."""
        return replace(self, **{name: part[rows] for name, part in self.arrays().items()})

    def pair_starts(self) -> NDArray[np.intp]:
        """(p,) position of the first event of each pair."""
        new = np.ones(len(self), dtype=bool)
        new[1:] = (self.user[1:] != self.user[:-1]) | (self.item[1:] != self.item[:-1])
        return np.flatnonzero(new)
