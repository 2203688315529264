"""Matrix factorization by alternating least squares on implicit feedback."""

from typing import Annotated, Self

import numpy as np
from pydantic import Field
from threadpoolctl import threadpool_limits

from shortlist.config import Count, Seed
from shortlist.dataset import Dataset
from shortlist.retrievers.base import VectorRetriever, parameters


@parameters
class IALS(VectorRetriever):
    """iALS (Hu, Koren, Volinsky, "Collaborative Filtering for Implicit Feedback Datasets", ICDM 2008), by `implicit`.

    Args:
        factors: of a vector.
        regularization: of the squared factors.
        alpha: weight of a pair that is there; one that is not weighs 1.
        iterations: rounds over users and items.
        seeds: models from different initial factors; the score is their mean.
        seed: of the initial factors.
    """

    uses_seed = True
    # tuned: scripts/tune_retrievers.py
    factors: Count = 128
    regularization: Annotated[float, Field(gt=0)] = 5.0
    alpha: Annotated[float, Field(gt=0)] = 40.0
    iterations: Count = 15
    seeds: Count = 1
    seed: Seed = 0

    def fit(self, dataset: Dataset) -> Self:
        """See `Retriever.fit`."""
        from implicit.cpu.als import AlternatingLeastSquares

        matrix = dataset.matrix()
        users, items = [], []
        for number in range(self.seeds):
            with threadpool_limits(1, "blas"):  # it has threads of its own, and BLAS's would fight with them
                model = AlternatingLeastSquares(
                    self.factors,
                    regularization=self.regularization,
                    alpha=self.alpha,
                    iterations=self.iterations,
                    random_state=int(np.random.default_rng([self.seed, number]).integers(2**31)),
                )
                model.fit(matrix, show_progress=False)
            users.append(model.user_factors)
            items.append(model.item_factors / self.seeds)
        self.user_vectors_, self.item_vectors_ = np.hstack(users), np.hstack(items)
        return self


RETRIEVER = IALS
