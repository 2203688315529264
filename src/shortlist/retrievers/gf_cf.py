"""Graph filters: a user's row, smoothed over items that go together."""

from typing import Annotated, Self

import numpy as np
import scipy.sparse as sp
from pydantic import Field
from sklearn.utils.extmath import randomized_svd

from shortlist.config import Count, Seed
from shortlist.dataset import Dataset, FloatArray, IntArray
from shortlist.retrievers.base import Retriever, parameters


@parameters
class GraphFilter(Retriever):
    """GF-CF: a linear filter and an ideal low-pass one (Shen et al., "How Powerful is Graph Convolution?", CIKM 2021).

    With `sharpening`, the reverse step of BSPM is added (Choi et al., "Blurring-Sharpening Process Models for
    Collaborative Filtering", SIGIR 2023), one Euler step of it.

    Args:
        factors: singular vectors that the low-pass filter lets through.
        low_pass: weight of the low-pass filter beside the linear one.
        sharpening: length of the step back, 0 = plain GF-CF.
        seed: of the randomized SVD.
    """

    uses_seed = True
    factors: Count = 256
    low_pass: Annotated[float, Field(ge=0)] = 0.3
    sharpening: Annotated[float, Field(ge=0)] = 0.0
    seed: Seed = 0

    def fit(self, dataset: Dataset) -> Self:
        """See `Retriever.fit`."""
        self.matrix_ = dataset.matrix()
        user_degree, item_degree = (np.maximum(np.asarray(self.matrix_.sum(axis=axis)).ravel(), 1) for axis in (1, 0))
        scaled = (sp.diags_array(user_degree**-0.5) @ self.matrix_ @ sp.diags_array(item_degree**-0.5)).tocsr()
        self.filter_ = (scaled.T @ scaled).astype(np.float32).tocsr()
        factors = min(self.factors, min(scaled.shape) - 1)
        _, _, vectors = randomized_svd(scaled, factors, random_state=self.seed)
        self.into_ = (item_degree[:, None] ** -0.5 * vectors.T).astype(np.float32)
        self.out_of_ = (vectors * item_degree**0.5).astype(np.float32)
        return self

    def score(self, users: IntArray) -> FloatArray:
        """See `Retriever.score`."""
        linear: sp.csr_matrix = self._fitted("filter_")
        rows = self.matrix_[users]
        scores = (rows @ linear).toarray() + self.low_pass * ((rows @ self.into_) @ self.out_of_)
        if self.sharpening:
            scores -= self.sharpening * (scores @ linear)
        return scores.astype(np.float32)


RETRIEVER = GraphFilter
