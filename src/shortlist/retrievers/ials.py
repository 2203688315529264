"""Matrix factorization by alternating least squares on implicit feedback."""

from collections.abc import Callable, Sequence
from typing import Annotated

import numpy as np
from pydantic import Field

from shortlist.common.parameters import Count
from shortlist.data.dataset import Dataset
from shortlist.retrievers.base import VectorRetriever, parameters
from shortlist.retrievers.ensemble import Member, RetrieverEnsemble


@parameters
class IALS(RetrieverEnsemble, VectorRetriever):
    """iALS (Hu, Koren, Volinsky, "Collaborative Filtering for Implicit Feedback Datasets", ICDM 2008), by `implicit`.

    Args:
        factors: of a vector.
        regularization: of the squared factors.
        alpha: weight of an event; a pair weighs as much as its events together, and one that is not there 1.
        iterations: rounds over users and items.
    """

    # tuned: scripts/tune_retrievers.py
    factors: Count = 128
    regularization: Annotated[float, Field(gt=0)] = 5.0
    alpha: Annotated[float, Field(gt=0)] = 40.0
    iterations: Count = 15

    def learner(self, dataset: Dataset) -> Callable[[int], Member]:
        """See `RetrieverEnsemble.learner`."""
        from implicit.cpu.als import AlternatingLeastSquares

        matrix = dataset.strength_matrix()

        def learn(number: int) -> Member:
            model = AlternatingLeastSquares(
                self.factors,
                regularization=self.regularization,
                alpha=self.alpha,
                iterations=self.iterations,
                random_state=int(self.rng(number).integers(2**31)),
            )
            model.fit(matrix, show_progress=False)
            return {"users": model.user_factors, "items": model.item_factors}

        return learn

    def join(self, dataset: Dataset, members: Sequence[Member]) -> None:
        """See `RetrieverEnsemble.join`."""
        self.user_vectors_ = np.hstack([member["users"] for member in members])
        self.item_vectors_ = np.hstack([member["items"] / self.seeds for member in members])


RETRIEVER = IALS
