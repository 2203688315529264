"""LightGCN in TensorFlow: propagation over the graph of pairs, and its training. Importing this takes 5-10 s."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from shortlist.common.arrays import FloatArray
from shortlist.data.dataset import Dataset
from shortlist.engine.tensorflow import tf
from shortlist.retrievers.in_batch_softmax import DISTINCT, distinct, loss_and_gradients
from shortlist.retrievers.neighbours import degrees

DEVIATION = 0.1
"""Standard deviation of the initial embeddings."""


@dataclass(frozen=True)
class GraphSettings:
    """How the embeddings are trained; see `lightgcn.LightGCN` for the meaning of each."""

    dimensions: int
    layers: int
    ode: bool
    epochs: int
    batch_size: int
    learning_rate: float
    temperature: float


def _normalised(dataset: Dataset) -> tf.SparseTensor:
    matrix = dataset.matrix()
    users, items = degrees(matrix)
    entries = (sp.diags_array(users**-0.5) @ matrix @ sp.diags_array(items**-0.5)).tocoo()
    return tf.SparseTensor(np.column_stack([entries.row, entries.col]).astype(np.int64), entries.data, entries.shape)


def propagate(
    graph: tf.SparseTensor, users: tf.Tensor, items: tf.Tensor, settings: GraphSettings
) -> tuple[tf.Tensor, tf.Tensor]:
    """Mean of the embeddings and of what each layer makes of them.

    Args:
        graph: (U, I), pairs divided by the roots of both degrees.
        users, items: (U, d) and (I, d) float32.
        settings: `layers` and `ode`.

    Returns:
        (U, d) and (I, d).
    """
    total = users, items
    for _ in range(settings.layers):
        next_users = tf.sparse.sparse_dense_matmul(graph, items)
        next_items = tf.sparse.sparse_dense_matmul(graph, users, adjoint_a=True)
        # An Euler step of dE/dt = A E keeps what there was; LightGCN's layer forgets it.
        users, items = (users + next_users, items + next_items) if settings.ode else (next_users, next_items)
        total = total[0] + users, total[1] + items
    return total[0] / (settings.layers + 1), total[1] / (settings.layers + 1)


class GraphTrainer:
    """Trains the embeddings whose propagated vectors, scaled to length 1, tell a user's items from others'.

    Each step propagates over the whole graph and takes a softmax among the items of a batch of pairs, corrected for the
    items' frequency (logQ; Yi et al., "Sampling-bias-corrected neural modeling", RecSys 2019). It needs a small part of
    the epochs that BPR, the paper's loss, does. The optimizer is Adam.

    Args:
        dataset: whose pairs are learnt from.
        settings: see `GraphSettings`.
        rng: of the embeddings and the batches.

    Attributes:
        graph: see `propagate`.
        embeddings: the variables, of users and of items.
    """

    def __init__(self, dataset: Dataset, settings: GraphSettings, rng: np.random.Generator) -> None:
        self.settings = settings
        self.graph = _normalised(dataset)
        self.embeddings = [
            tf.Variable(rng.normal(scale=DEVIATION, size=(size, settings.dimensions)).astype(np.float32))
            for size in self.graph.shape
        ]
        self._pairs = dataset.pairs
        self._rng = rng
        self._optimizer = tf.keras.optimizers.legacy.Adam(settings.learning_rate)
        self._probability = tf.constant(
            np.bincount(dataset.pairs[:, 1], minlength=len(dataset.items)) / len(dataset.pairs), tf.float32
        )
        self._step = tf.function(self._apply, input_signature=DISTINCT)

    def train(self) -> Iterator[float]:
        """Give the mean loss of each epoch as it ends."""
        for _ in range(self.settings.epochs):
            order = self._rng.permutation(len(self._pairs))
            starts = range(0, len(order), self.settings.batch_size)
            batches = (self._pairs[order[start : start + self.settings.batch_size]] for start in starts)
            yield sum(float(self._step(*distinct(batch))) for batch in batches) / len(order)

    def vectors(self) -> tuple[FloatArray, FloatArray]:
        """Unit vectors of all users and items, (U, d) and (I, d)."""
        users, items = self._vectors()
        return users.numpy(), items.numpy()

    def _vectors(self) -> tuple[tf.Tensor, tf.Tensor]:
        users, items = propagate(self.graph, self.embeddings[0], self.embeddings[1], self.settings)
        return tf.nn.l2_normalize(users, axis=1), tf.nn.l2_normalize(items, axis=1)

    def _apply(
        self,
        users: tf.Tensor,
        items: tf.Tensor,
        user_count: tf.Tensor,
        item_count: tf.Tensor,
        user_of: tf.Tensor,
        item_of: tf.Tensor,
    ) -> tf.Tensor:
        with tf.GradientTape() as tape:
            user_vectors, item_vectors = self._vectors()
            user = tf.gather(user_vectors, users) / self.settings.temperature
            item = tf.gather(item_vectors, items)
        # An item that stands for q of the batch and is drawn with probability p weighs q / p: that is logQ.
        weight = item_count / tf.gather(self._probability, items)
        loss, *gradients = loss_and_gradients(user, item, user_count, weight, user_of, item_of)
        pairs = tf.cast(tf.size(user_of), tf.float32)
        gradients = tape.gradient([user, item], self.embeddings, [gradient / pairs for gradient in gradients])
        self._optimizer.apply_gradients(zip(gradients, self.embeddings, strict=True))
        return loss
