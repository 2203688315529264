"""What the user took before, most often and most lately first: hard to beat where items come again."""

from typing import Self

import numpy as np
import scipy.sparse as sp

from shortlist.common.arrays import IntArray
from shortlist.common.parameters import Positive, Power
from shortlist.data.dataset import Dataset
from shortlist.retrievers.base import SparseRetriever, parameters
from shortlist.retrievers.pair_weights import Counts, PairWeights

TIE = 1e-3
"""What the most popular item gains: among items that are equal otherwise, the popular one is first."""

PRIOR = 5.0
"""Events that an item's repeat rate is credited with, one of them a repeat."""


@parameters
class OwnHistory(PairWeights, SparseRetriever):
    """The user's own items by decayed frequency (Hu et al., "Modeling Personalized Item Frequency", SIGIR 2020).

    Each of the pair's events counts by its kind, its age and how much the user did since, see `PairWeights`. An item
    of which most events are repeats comes again sooner than one that is taken once (Anderson et al., "The Dynamics of
    Repeat Consumption", WWW 2014). Of use where items that the user has may be recommended again; where they may not,
    its lists are empty.

    Args:
        repeats: power of the item's repeat rate that is multiplied with; 0 = it does not matter.
    """

    # On Ta-Feng and Complete Journey no age alone is better: who comes rarely still takes what they took last.
    counts: Counts = "full"
    recency: Positive | None = 100.0
    repeats: Power = 1.0

    def fit(self, dataset: Dataset) -> Self:
        """See `Retriever.fit`."""
        items, number = dataset.pairs[:, 1], len(dataset.items)
        users, events = np.bincount(items, minlength=number), np.bincount(dataset.events.item, minlength=number)
        worth = ((events - users + 1) / (events + PRIOR)) ** self.repeats * (1 + TIE * users / max(users.max(), 1))
        self.scores_ = (self.recent_weights(dataset) @ sp.diags_array(worth)).tocsr()
        return self

    def stored_scores(self, users: IntArray) -> sp.csr_matrix:
        """See `SparseRetriever.stored_scores`."""
        scores: sp.csr_matrix = self._fitted("scores_")
        return scores[users].astype(np.float32)


RETRIEVER = OwnHistory
