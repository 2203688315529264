"""Item-based collaborative filtering: which items have the same users as those the user already has?"""

from typing import Self

import scipy.sparse as sp

from shortlist.dataset import Dataset, FloatArray, IntArray
from shortlist.retrievers.base import Retriever, parameters
from shortlist.retrievers.neighbours import Neighbours, Weighting, item_similarities, known_scores


@parameters
class ItemKNN(Retriever):
    """Sum of the similarities to the items of the user (Deshpande and Karypis, ACM TOIS 2004).

    Args:
        neighbours: the nearest items that each item listens to; None = all that share a user.
        weighting: of the users, see `neighbours.Weighting`: one with few items can say more about them.
    """

    neighbours: Neighbours = 100
    weighting: Weighting = "none"

    def fit(self, dataset: Dataset) -> Self:
        """See `Retriever.fit`."""
        self.matrix_ = dataset.matrix()
        self.similarities_ = item_similarities(self.matrix_, self.weighting, self.neighbours)
        return self

    def score(self, users: IntArray) -> FloatArray:
        """See `Retriever.score`."""
        similarities: sp.csr_matrix = self._fitted("similarities_")
        return known_scores(self.matrix_[users] @ similarities.T)


RETRIEVER = ItemKNN
