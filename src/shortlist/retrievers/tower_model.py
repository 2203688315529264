"""What the two-tower retrievers share on this side of TensorFlow."""

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from shortlist.common.arrays import IntArray
from shortlist.common.parameters import Flag, Seed
from shortlist.data.dataset import Dataset
from shortlist.retrievers.base import VectorRetriever, parameters


@parameters
class TowerModel(VectorRetriever):
    """A user and an item tower whose inner product is the score.

    Args:
        seed: of the initial weights, the order of the pairs and the dropout.
        factorized_top_k: after training, also compute `tfrs.metrics.FactorizedTopK` on a fold's hidden pairs.
    """

    uses_seed: ClassVar[bool] = True
    long_from: ClassVar[float] = 20_000
    seed: Seed = 0
    factorized_top_k: Flag = False

    def figures(self, pairs: IntArray) -> dict[str, float]:
        """See `Retriever.figures`."""
        if not self.factorized_top_k:
            return {}
        from shortlist.retrievers import towers  # imports TensorFlow

        return towers.factorized_top_k(self._fitted("user_vectors_"), self._fitted("item_vectors_"), pairs)

    def state(self) -> dict[str, np.ndarray]:
        """See `Retriever.state`."""
        return dict(self._fitted("state_"))

    @abstractmethod
    def servable(self, state: Mapping[str, np.ndarray]) -> Any:
        """The trained towers again, from what `state` gave: a `tf.Module` with `user(codes)` and `item(codes)`."""

    def _take_vectors(self, towers: Any, dataset: Dataset) -> None:
        """Apply the trained towers to everybody and everything."""
        from shortlist.retrievers.towers import vectors  # imports TensorFlow

        self.user_vectors_ = vectors(towers.user, len(dataset.users))
        self.item_vectors_ = vectors(towers.item, len(dataset.items))
