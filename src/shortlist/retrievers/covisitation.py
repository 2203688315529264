"""What is taken soon after what: item to item by the order of each user's events, asked with the latest ones."""

from typing import Self

import numpy as np
import scipy.sparse as sp

from shortlist.common.arrays import DoubleArray, IntArray
from shortlist.common.parameters import Passes, Positive, Share, SomePeriod, SomeShare
from shortlist.data.covisits import Steps, covisits
from shortlist.data.dataset import Dataset
from shortlist.data.decay import event_weights
from shortlist.retrievers.base import SparseRetriever, parameters
from shortlist.retrievers.neighbours import Neighbours, cut, nearest_products
from shortlist.retrievers.pair_weights import PairWeights


@parameters
class Covisitation(PairWeights, SparseRetriever):
    """Co-visitation (Davidson et al., "The YouTube Video Recommendation System", RecSys 2010) with decay.

    Two events of one user at most `window` steps apart speak for each other's items, the less the further apart they
    are. A user's score for an item is the sum over the user's events, the latest counting most; see `PairWeights`.
    Without times all events of a user are of one time: then it is how many users both items have.

    Args:
        window: steps between two events that still count.
        decay: weight of each further step.
        gap_half_life: time between two events after which they count half; None = it does not matter.
        backward: weight of what came before an item beside what came after.
        popularity: power of the other item's events that counts are divided by; 0 = plain counts, 1 = confidence.
        neighbours: the strongest that each item keeps.
    """

    window: Passes = 10
    decay: SomeShare = 0.9
    gap_half_life: SomePeriod | None = None
    backward: Share = 0.5
    popularity: Share = 0.4
    neighbours: Neighbours = 200
    # Asked with what the user just took; not by powers of less, which leave nothing of what came before a basket of 50.
    recency: Positive | None = 1.0

    def fit(self, dataset: Dataset) -> Self:
        """See `Retriever.fit`."""
        size = np.bincount(dataset.events.item, weights=event_weights(dataset), minlength=len(dataset.items))
        self.votes_ = self._votes(dataset, np.where(size > 0, size, 1) ** -self.popularity)
        self.asking_ = self.recent_weights(dataset)
        return self

    def _votes(self, dataset: Dataset, scale: DoubleArray) -> sp.csr_matrix:
        """Of each item the strongest others, (I, I); the other's counts are multiplied with its `scale`."""
        if dataset.events.time is None:
            users = self.weights(dataset).astype(np.float64)
            return nearest_products(users.T.tocsr(), (users @ sp.diags_array(scale)).tocsr(), self.neighbours)
        steps = Steps(self.window, self.decay, self.gap_half_life, before=self.backward)
        counts = (rows for _, rows in covisits(dataset, steps))
        return sp.vstack([cut((rows @ sp.diags_array(scale)).tocsr(), self.neighbours) for rows in counts], "csr")

    def stored_scores(self, users: IntArray) -> sp.csr_matrix:
        """See `SparseRetriever.stored_scores`."""
        asking: sp.csr_matrix = self._fitted("asking_")
        return (asking[users] @ self.votes_).astype(np.float32)


RETRIEVER = Covisitation
