"""Graph filters: a user's row, smoothed over items that go together."""

from typing import Self

import numpy as np
import scipy.sparse as sp

from shortlist.common.arrays import FloatArray, IntArray
from shortlist.common.parameters import Power, Seed, Weight, Width
from shortlist.data.dataset import Dataset
from shortlist.retrievers.base import Retriever, parameters
from shortlist.retrievers.neighbours import degrees
from shortlist.retrievers.pair_weights import PairWeights


@parameters
class GraphFilter(PairWeights, Retriever):
    """GF-CF: a linear filter and an ideal low-pass one (Shen et al., "How Powerful is Graph Convolution?", CIKM 2021).

    The user's items count by `recency` too, the filters are made without; see `PairWeights`.

    Args:
        factors: singular vectors that the low-pass filter lets through.
        low_pass: weight of the low-pass filter beside the linear one.
        user_power, item_power: powers of a user's and an item's degree that its pairs are divided by; 0.5 in the paper.
        seed: of the randomized SVD.
    """

    uses_seed = True
    # tuned: scripts/tune_retrievers.py
    factors: Width = 256
    low_pass: Weight = 0.3
    user_power: Power = 0.25
    item_power: Power = 0.0
    seed: Seed = 0

    def fit(self, dataset: Dataset) -> Self:
        """See `Retriever.fit`."""
        from sklearn.utils.extmath import randomized_svd  # takes a second, which a look at the settings need not pay

        self.matrix_, pairs = self.recent_weights(dataset), self.weights(dataset)
        user_degree, item_degree = degrees(pairs)
        item_scale = item_degree**-self.item_power
        scaled = (sp.diags_array(user_degree**-self.user_power) @ pairs @ sp.diags_array(item_scale)).tocsr()
        self.filter_ = (scaled.T @ scaled).tocsr()
        factors = min(self.factors, *scaled.shape)
        _, _, vectors = randomized_svd(scaled, factors, random_state=self.seed)
        self.into_ = (item_scale[:, None] * vectors.T).astype(np.float32)
        self.out_of_ = (vectors / item_scale).astype(np.float32)
        return self

    def memory(self, users: int, items: int, pairs: int) -> int:
        """See `Retriever.memory`; items that share a user, and vectors of both sides."""
        # A user of n items gives n * n: users differ so much that the mean square is about four times the squared mean.
        together = min(items**2, 4 * pairs**2 // users)
        return 12 * together + 32 * self.factors * (users + items)

    def score(self, users: IntArray) -> FloatArray:
        """See `Retriever.score`."""
        linear: sp.csr_matrix = self._fitted("filter_")
        rows = self.matrix_[users]
        return (rows @ linear).toarray() + self.low_pass * ((rows @ self.into_) @ self.out_of_)


RETRIEVER = GraphFilter
