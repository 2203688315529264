"""Matrix factorization that learns to put what a user has before what they have not."""

from typing import Self

from shortlist.common.parameters import Passes, Rate, Seed, Weight, Width
from shortlist.data.dataset import Dataset
from shortlist.errors import ConfigError
from shortlist.retrievers.base import VectorRetriever, parameters


@parameters
class BPR(VectorRetriever):
    """Bayesian personalised ranking (Rendle et al., UAI 2009), by `implicit`.

    Args:
        factors: of a vector.
        learning_rate: of the stochastic gradient steps.
        regularization: of the squared factors.
        iterations: passes over the pairs.
        seed: of the initial factors and the drawn pairs.
    """

    uses_seed = True
    # tuned: scripts/tune_retrievers.py
    factors: Width = 64
    learning_rate: Rate = 0.05
    regularization: Weight = 0.03
    iterations: Passes = 400
    seed: Seed = 0

    def fit(self, dataset: Dataset) -> Self:
        """See `Retriever.fit`."""
        from implicit.cpu.bpr import BayesianPersonalizedRanking
        from implicit.recommender_base import ModelFitError

        model = BayesianPersonalizedRanking(
            self.factors,
            learning_rate=self.learning_rate,
            regularization=self.regularization,
            iterations=self.iterations,
            num_threads=1,  # threads update the same factors in an order left to chance
            random_state=self.seed % 2**31,
        )
        try:
            model.fit(dataset.matrix(), show_progress=False)
        except ModelFitError:
            raise ConfigError(
                "retriever bpr: training diverged; set a smaller learning_rate or regularization"
            ) from None
        self.user_vectors_, self.item_vectors_ = model.user_factors, model.item_factors
        return self


RETRIEVER = BPR
