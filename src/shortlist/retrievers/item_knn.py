"""Item-based collaborative filtering: which items have the same users as those the user already has?"""

from typing import Self

import scipy.sparse as sp

from shortlist.common.arrays import IntArray
from shortlist.data.dataset import Dataset
from shortlist.retrievers.base import SparseRetriever, parameters
from shortlist.retrievers.neighbours import Neighbours, Weighting, item_similarities
from shortlist.retrievers.pair_weights import PairWeights


@parameters
class ItemKNN(PairWeights, SparseRetriever):
    """Sum of the similarities to the items of the user (Deshpande and Karypis, ACM TOIS 2004).

    The user's items count by `recency` too, the similarities do not; see `PairWeights`.

    Args:
        neighbours: the nearest items that each item listens to; None = all that share a user.
        weighting: of the users, see `neighbours.Weighting`: one with few items can say more about them.
    """

    neighbours: Neighbours = 100
    weighting: Weighting = "none"

    def fit(self, dataset: Dataset) -> Self:
        """See `Retriever.fit`."""
        self.matrix_ = self.recent_weights(dataset)
        self.votes_ = item_similarities(self.weights(dataset), self.weighting, self.neighbours).T.tocsr()
        return self

    def stored_scores(self, users: IntArray) -> sp.csr_matrix:
        """See `SparseRetriever.stored_scores`."""
        votes: sp.csr_matrix = self._fitted("votes_")
        return self.matrix_[users] @ votes


RETRIEVER = ItemKNN
