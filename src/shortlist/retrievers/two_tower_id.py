"""The two-tower model of the TensorFlow Recommenders tutorial "Basic retrieval": an embedding for each id, nothing more.

There to be compared with: it is where most competitors start. The model, loss and optimizer are the tutorial's; the
training loop is not (see `in_batch_softmax`), since Keras takes many times as long for the same steps.
"""

from typing import Annotated, Self

import numpy as np
from pydantic import Field

from shortlist.dataset import Dataset
from shortlist.progress import track
from shortlist.retrievers.base import parameters
from shortlist.retrievers.tower_model import TowerModel

Positive = Annotated[int, Field(ge=1)]


@parameters
class TwoTowerId(TowerModel):
    """Embeddings of user and item ids, softmax among the items of the batch, Adagrad.

    Args:
        dimensions: of a vector.
        epochs: passes over the pairs.
        batch_size: pairs whose items compete in one softmax.
        learning_rate: Adagrad's.
    """

    dimensions: Positive = 32
    epochs: Positive = 20
    batch_size: Positive = 8192
    learning_rate: Annotated[float, Field(gt=0)] = 0.1

    def fit(self, dataset: Dataset) -> Self:
        """See `Retriever.fit`."""
        from shortlist.retrievers import in_batch_softmax  # imports TensorFlow

        rng = np.random.default_rng(self.seed)
        sizes = (len(dataset.users), len(dataset.items))
        # Keras draws embeddings from this range.
        self.user_vectors_, self.item_vectors_ = (
            rng.uniform(-0.05, 0.05, size=(size, self.dimensions)).astype(np.float32) for size in sizes
        )
        model = in_batch_softmax.IdTowers(self.user_vectors_, self.item_vectors_, self.learning_rate)
        for _ in track(range(self.epochs), "epochs", self.epochs):
            order = rng.permutation(len(dataset))
            for start in range(0, len(order), self.batch_size):
                model.step(dataset.pairs[order[start : start + self.batch_size]])
        self.user_vectors_, self.item_vectors_ = model.users.numpy(), model.items.numpy()
        self.__dict__.pop("index_", None)
        return self


RETRIEVER = TwoTowerId
