"""Most popular: the same ranking for everybody, and the last resort for a user about whom nothing is known."""

from typing import Self

import numpy as np

from shortlist.common.arrays import FloatArray, IntArray
from shortlist.data.dataset import Dataset
from shortlist.retrievers.base import Retriever, parameters
from shortlist.retrievers.topk import largest


@parameters
class Popular(Retriever):
    """Scores an item by the number of users who have it. Every item has a score, so every list can be filled."""

    def fit(self, dataset: Dataset) -> Self:
        """See `Retriever.fit`."""
        self.counts_ = np.bincount(dataset.pairs[:, 1], minlength=len(dataset.items)).astype(np.float32)
        return self

    def score(self, users: IntArray) -> FloatArray:
        """See `Retriever.score`."""
        counts = self._fitted("counts_")
        return np.broadcast_to(counts, (len(users), len(counts)))

    def candidates(self, users: IntArray, n: int) -> tuple[IntArray, FloatArray]:
        """See `Retriever.candidates`; the same for everybody, found once."""
        items, scores = largest(self._fitted("counts_")[None], n)
        return np.broadcast_to(items, (len(users), n)), np.broadcast_to(scores, (len(users), n))


RETRIEVER = Popular
