"""EASE: the item-to-item weights that best rebuild every user's row, in closed form."""

from typing import Self

import numpy as np
import scipy.sparse as sp
from scipy.linalg import lapack

from shortlist.common.arrays import FloatArray, IntArray
from shortlist.common.parameters import Positive, Power
from shortlist.data.dataset import Dataset
from shortlist.errors import ConfigError
from shortlist.retrievers.base import Retriever, parameters
from shortlist.retrievers.neighbours import degrees
from shortlist.retrievers.pair_weights import PairWeights


@parameters
class EASE(PairWeights, Retriever):
    """Embarrassingly shallow autoencoder (Steck, "Embarrassingly Shallow Autoencoders for Sparse Data", WWW 2019).

    The weights are dense, (I, I) float32: 180 MB for 6,700 items, 1.6 GB for 20,000. The user's
    items are asked with by `recency` too, the weights are learnt without; see `PairWeights`.

    Args:
        regularization: lambda, of the squared weights.
        user_power: how much a user of n items counts: n**-user_power; 0 = the paper, where every pair counts alike.
    """

    # tuned: scripts/tune_retrievers.py
    regularization: Positive = 300.0
    user_power: Power = 0.5

    def fit(self, dataset: Dataset) -> Self:
        """See `Retriever.fit`."""
        self.matrix_, pairs = self.recent_weights(dataset), self.weights(dataset)
        user_degree, _ = degrees(pairs)
        gram = (pairs.T @ sp.diags_array(user_degree**-self.user_power) @ pairs).toarray()
        gram[np.diag_indices_from(gram)] += self.regularization
        inverse = _inverse(gram)
        self.weights_ = inverse / -np.diag(inverse)
        np.fill_diagonal(self.weights_, 0)
        return self

    def memory(self, users: int, items: int, pairs: int) -> int:
        """See `Retriever.memory`; its inverse is made of six matrices of all items by all items."""
        return 6 * 4 * items**2

    def score(self, users: IntArray) -> FloatArray:
        """See `Retriever.score`."""
        weights: FloatArray = self._fitted("weights_")
        return self.matrix_[users] @ weights


def _inverse(matrix: FloatArray) -> FloatArray:
    """Inverse of a symmetric positive definite matrix through its Cholesky factor: a third of the general cost."""
    factor, failed = lapack.spotrf(matrix, lower=1)
    if failed:
        raise ConfigError("ease: the items' matrix is not positive definite in float32; set a larger regularization")
    inverse, _ = lapack.spotri(factor, lower=1)
    lower = np.tril(inverse)
    return lower + np.tril(inverse, -1).T


RETRIEVER = EASE
