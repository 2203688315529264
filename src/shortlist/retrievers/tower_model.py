"""What the two-tower retrievers share on this side of TensorFlow."""

from typing import Annotated, ClassVar

from pydantic import Field

from shortlist.dataset import IntArray
from shortlist.retrievers.base import VectorRetriever, parameters


@parameters
class TowerModel(VectorRetriever):
    """A user and an item tower whose inner product is the score.

    Args:
        seed: of the initial weights, the order of the pairs and the dropout.
        factorized_top_k: after training, also compute `tfrs.metrics.FactorizedTopK` on a fold's hidden pairs.
    """

    uses_seed: ClassVar[bool] = True
    seed: Annotated[int, Field(ge=0)] = 0
    factorized_top_k: bool = False

    def figures(self, pairs: IntArray) -> dict[str, float]:
        """See `Retriever.figures`."""
        if not self.factorized_top_k:
            return {}
        from shortlist.retrievers import towers  # imports TensorFlow

        return towers.factorized_top_k(self._fitted("user_vectors_"), self.item_vectors_, pairs)
