"""What a pair of a user and an item weighs: how often, how lately and in which ways the user took the item."""

from typing import Literal

import numpy as np
import scipy.sparse as sp

from shortlist.common.arrays import DoubleArray
from shortlist.common.parameters import Positive, SomePeriod
from shortlist.data.covisits import later_events
from shortlist.data.dataset import Dataset
from shortlist.data.decay import aged, event_weights
from shortlist.retrievers.base import parameters

Counts = Literal["none", "log", "full"]
"""What a pair's events weigh together: as much as the weightiest, log2(1 + their sum), or their sum."""


@parameters
class PairWeights:
    """Parameters of the retrievers that weigh pairs; where nothing tells pairs apart, each weighs exactly 1.

    An event weighs what its kind does, the less the older it is, and the less the more the user did since. The second
    time is worth less than the first: by the logarithm, as a word's count in a text is (Salton and Buckley 1988).

    Args:
        counts: what a pair's events weigh together, see `Counts`.
        half_life: age at which an event counts half, see `decay.aged`; None = age does not matter.
        recency: later events of the user after which one counts half; None = order does not matter. It has no unit:
            the same fits a log of hours and one of years. Without times no event is later.
    """

    counts: Counts = "log"
    half_life: SomePeriod | None = None
    # Of 10, 20, 30, 60 and none: on MovieLens-100k 10 is best, on Complete Journey 20, for user_knn on Ta-Feng none.
    recency: Positive | None = 20.0

    def weights(self, dataset: Dataset) -> sp.csr_matrix:
        """The pairs by count, kind and age, (U, I) float32: what items that go together are told by."""
        return self._together(dataset, event_weights(dataset, self.half_life))

    def recent_weights(self, dataset: Dataset) -> sp.csr_matrix:
        """The same, by how many of the user's events came later too, (U, I) float32: what users want now."""
        weights = event_weights(dataset, self.half_life)
        if self.recency is not None:
            weights = weights * aged(later_events(dataset).astype(np.float64), self.recency)
        return self._together(dataset, weights)

    def _together(self, dataset: Dataset, weights: DoubleArray) -> sp.csr_matrix:
        """Pairs of events that weigh so much, (n,)."""
        number = len(dataset.pairs)
        if self.counts == "none":
            together = np.zeros(number)
            np.maximum.at(together, dataset.pair_of, weights)
        else:
            together = np.bincount(dataset.pair_of, weights=weights, minlength=number).astype(np.float64)
        if self.counts == "log":
            together = np.log2(1 + together)
        shape = (len(dataset.users), len(dataset.items))
        return sp.csr_matrix((together.astype(np.float32), (dataset.pairs[:, 0], dataset.pairs[:, 1])), shape=shape)
