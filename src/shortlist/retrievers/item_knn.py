"""Item-based collaborative filtering: which items have the same users as those the user already has?"""

from typing import Self

import numpy as np
import scipy.sparse as sp

from shortlist.dataset import Dataset, FloatArray, IntArray
from shortlist.retrievers.base import Retriever, parameters
from shortlist.retrievers.neighbours import Neighbours, cut, known_scores, unit_rows


@parameters
class ItemKNN(Retriever):
    """Sum of the cosines to the items of the user (Deshpande and Karypis, ACM TOIS 2004).

    Args:
        neighbours: the nearest items that each item listens to; None = all that share a user.
    """

    neighbours: Neighbours = 100

    def fit(self, dataset: Dataset) -> Self:
        """See `Retriever.fit`."""
        self.matrix_ = dataset.matrix().astype(np.float64)
        unit = unit_rows(self.matrix_.T.tocsr())
        similarities = (unit @ unit.T).tocsr()
        similarities.setdiag(0)  # an item is no reason for itself
        similarities.eliminate_zeros()
        self.similarities_ = cut(similarities, self.neighbours)
        return self

    def score(self, users: IntArray) -> FloatArray:
        """See `Retriever.score`."""
        similarities: sp.csr_matrix = self._fitted("similarities_")
        return known_scores(self.matrix_[users] @ similarities.T)


RETRIEVER = ItemKNN
