"""Who is asked for, and what may be answered: what the organiser's files say beside the log."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import scipy.sparse as sp
from numpy.typing import ArrayLike, NDArray

from shortlist.common.array_files import open_arrays, write_arrays
from shortlist.common.arrays import IntArray
from shortlist.data.dataset import EVENTS, Dataset

FILE = "asked.npz"

FEW = 100
"""One newcomer among so many users decides nothing."""


@dataclass(frozen=True)
class Asked:
    """The users of a submission and the items that it may hold.

    Attributes:
        users: (m,) int32 codes, rising.
        permitted: (I,) bool, the items that may be recommended; None = all.
        lists: (U, I) sparse, the items that may be recommended to each user who has entries; None = no lists.
        newcomers: whether users without any event are among them, more than one in `FEW`.
    """

    users: IntArray
    permitted: NDArray[np.bool_] | None = None
    lists: sp.csr_matrix | None = None
    newcomers: bool = True

    @classmethod
    def of(cls, users: IntArray, dataset: Dataset) -> Self:
        """Some users of a dataset, each once."""
        users, events = np.unique(users), np.bincount(dataset.events.user, minlength=len(dataset.users))
        return cls(users, newcomers=bool(FEW * np.count_nonzero(events[users] == 0) > len(users)))

    def save(self, folder: Path) -> None:
        """Write it beside the dataset."""
        arrays: dict[str, ArrayLike] = {"users": self.users, "newcomers": self.newcomers}
        if self.permitted is not None:
            arrays["permitted"] = self.permitted
        if self.lists is not None:
            arrays |= {"indptr": self.lists.indptr, "indices": self.lists.indices, "shape": self.lists.shape}
        write_arrays(folder / FILE, arrays.items())

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what `save` wrote.

        Raises:
            Damaged: the file is missing, or holds something else.
        """
        with open_arrays(folder / FILE, folder / EVENTS) as arrays:
            lists = None
            if "indptr" in arrays:
                ones = np.ones(len(arrays["indices"]), dtype=np.float32)
                lists = sp.csr_matrix((ones, arrays["indices"], arrays["indptr"]), shape=tuple(arrays["shape"]))
            return cls(arrays["users"], arrays.get("permitted"), lists, bool(arrays["newcomers"]))
