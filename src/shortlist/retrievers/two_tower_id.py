"""The two-tower model of the TensorFlow Recommenders tutorial "Basic retrieval": an embedding for each id.

There to be compared with: it is where most competitors start. The model, loss and optimizer are the tutorial's; the
training loop is not (see `in_batch_softmax`), since Keras takes many times as long for the same steps.
"""

from collections.abc import Mapping
from typing import Any, Self

import numpy as np

from shortlist.common.parameters import Batch, Passes, Rate, Width
from shortlist.common.progress import track
from shortlist.data.dataset import Dataset
from shortlist.errors import ConfigError
from shortlist.retrievers.base import parameters
from shortlist.retrievers.tower_model import TowerModel


@parameters
class TwoTowerId(TowerModel):
    """Embeddings of user and item ids, softmax among the items of the batch, Adagrad.

    Args:
        dimensions: of a vector.
        epochs: passes over the pairs.
        batch_size: pairs whose items compete in one softmax.
        learning_rate: Adagrad's.
    """

    dimensions: Width = 32
    epochs: Passes = 20
    batch_size: Batch = 8192
    learning_rate: Rate = 0.1

    def fit(self, dataset: Dataset) -> Self:
        """See `Retriever.fit`."""
        from shortlist.retrievers import in_batch_softmax  # imports TensorFlow

        rng = np.random.default_rng(self.seed)
        # Keras draws embeddings from this range.
        users, items = (
            rng.uniform(-0.05, 0.05, size=(size, self.dimensions)).astype(np.float32)
            for size in (len(dataset.users), len(dataset.items))
        )
        model = in_batch_softmax.IdTowers(users, items, self.learning_rate)
        for _ in track(range(self.epochs), "epochs", self.epochs):
            order = rng.permutation(len(dataset.pairs))
            for start in range(0, len(order), self.batch_size):
                loss = model.step(dataset.pairs[order[start : start + self.batch_size]])
                if not np.isfinite(loss):
                    raise ConfigError("two_tower_id: the training diverged; set a lower learning_rate")
        self._take_vectors(model, dataset)
        self.state_ = {"users": self.user_vectors_, "items": self.item_vectors_}
        return self

    def servable(self, state: Mapping[str, np.ndarray]) -> Any:
        """See `TowerModel.servable`."""
        from shortlist.retrievers import in_batch_softmax  # imports TensorFlow

        return in_batch_softmax.IdTowers(state["users"], state["items"], self.learning_rate)


RETRIEVER = TwoTowerId
