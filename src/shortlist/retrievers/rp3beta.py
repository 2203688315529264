"""RP3beta: three steps of a random walk from the user over items and users, popular items toned down."""

from typing import Self

import numpy as np
import scipy.sparse as sp

from shortlist.common.arrays import IntArray
from shortlist.common.parameters import Power, SomePower
from shortlist.data.dataset import Dataset
from shortlist.retrievers.base import SparseRetriever, parameters
from shortlist.retrievers.neighbours import Neighbours, nearest_products
from shortlist.retrievers.pair_weights import PairWeights


@parameters
class RP3Beta(PairWeights, SparseRetriever):
    """Random walk of length 3 with a popularity penalty (Paudel et al., ACM TiiS 2017).

    The powers of probabilities are those of P3alpha (Cooper et al., "Random Walks in Recommender Systems", WWW 2014).
    A step is as probable as its pair weighs, see `PairWeights`.

    Args:
        alpha: power of each transition probability.
        beta: power of the weight of an item's pairs that its scores are divided by.
        neighbours: the nearest items that each item leads to; None = all within two steps.
    """

    # tuned: scripts/tune_retrievers.py
    alpha: SomePower = 0.4
    beta: Power = 0.1
    neighbours: Neighbours = None

    def fit(self, dataset: Dataset) -> Self:
        """See `Retriever.fit`."""
        self.matrix_ = self.recent_weights(dataset).astype(np.float64)
        to_items = _transitions(self.matrix_, self.alpha)
        to_users = _transitions(self.matrix_.T.tocsr(), self.alpha)
        popularity = np.maximum(np.asarray(self.matrix_.sum(axis=0)).ravel(), 1)
        toned_down = (to_items @ sp.diags_array(popularity**-self.beta)).tocsr()
        self.walks_ = nearest_products(to_users, toned_down, self.neighbours)
        return self

    def stored_scores(self, users: IntArray) -> sp.csr_matrix:
        """See `SparseRetriever.stored_scores`."""
        walks: sp.csr_matrix = self._fitted("walks_")
        return self.matrix_[users] @ walks


def _transitions(matrix: sp.csr_matrix, alpha: float) -> sp.csr_matrix:
    """Probability of each step from a row, raised to alpha; what a row lacks to a weight of 1 leads nowhere."""
    total = np.asarray(matrix.sum(axis=1)).ravel()
    steps = (sp.diags_array(1 / np.maximum(total, 1)) @ matrix).tocsr()
    steps.data **= alpha
    return steps


RETRIEVER = RP3Beta
