"""LightGCN in TensorFlow: propagation over the graph of pairs, and its training. Importing this takes 5-10 s."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from shortlist.dataset import FloatArray, IntArray
from shortlist.retrievers.tf_setup import tf, tfrs

DEVIATION = 0.1
"""Standard deviation of the initial embeddings."""


@dataclass(frozen=True)
class Settings:
    """How the embeddings are trained; see `lightgcn.LightGCN` for the meaning of each."""

    dimensions: int
    layers: int
    ode: bool
    epochs: int
    batch_size: int
    learning_rate: float
    temperature: float


def propagate(graph: tf.SparseTensor, users: tf.Tensor, items: tf.Tensor, settings: Settings) -> tuple[tf.Tensor, tf.Tensor]:
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

    Each step propagates over the whole graph and takes the loss of `tfrs.tasks.Retrieval` on a batch of pairs: softmax
    among the items of the batch, without accidental hits and corrected for the items' frequency. It needs about a tenth
    of the epochs that BPR, the paper's loss, does. The optimizer is Adam.

    Args:
        graph: (U, I) float32, see `propagate`.
        pairs: (n, 2) int32, to be learnt from.
        settings: see `Settings`.
        rng: of the embeddings and the batches.
    """

    def __init__(self, graph: sp.csr_matrix, pairs: IntArray, settings: Settings, rng: np.random.Generator) -> None:
        self._settings = settings
        self._pairs = pairs
        self._rng = rng
        where = graph.tocoo()
        self._graph = tf.SparseTensor(np.column_stack([where.row, where.col]).astype(np.int64), where.data, graph.shape)
        self._variables = [
            tf.Variable(rng.normal(scale=DEVIATION, size=(size, settings.dimensions)).astype(np.float32))
            for size in graph.shape
        ]
        self._optimizer = tf.keras.optimizers.legacy.Adam(settings.learning_rate)
        self._task = tfrs.tasks.Retrieval(temperature=settings.temperature, remove_accidental_hits=True)
        self._probability = tf.constant(np.bincount(pairs[:, 1], minlength=graph.shape[1]) / len(pairs), tf.float32)
        self._epoch = tf.function(self._run)

    def train(self) -> Iterator[float]:
        """Give the mean loss of each epoch as it ends."""
        size = min(self._settings.batch_size, len(self._pairs))
        steps = len(self._pairs) // size
        for _ in range(self._settings.epochs):
            order = self._rng.permutation(len(self._pairs))[: steps * size]
            yield float(self._epoch(tf.constant(self._pairs[order].reshape(steps, size, 2))))

    def vectors(self) -> tuple[FloatArray, FloatArray]:
        """Unit vectors of all users and items, (U, d) and (I, d)."""
        users, items = self._vectors()
        return users.numpy(), items.numpy()

    def _vectors(self) -> tuple[tf.Tensor, tf.Tensor]:
        users, items = propagate(self._graph, *self._variables, self._settings)
        return tf.nn.l2_normalize(users, axis=1), tf.nn.l2_normalize(items, axis=1)

    def _run(self, batches: tf.Tensor) -> tf.Tensor:
        """One epoch in one TensorFlow call: batches are (steps, b, 2) int32."""
        total = 0.0
        for step in tf.range(tf.shape(batches)[0]):
            with tf.GradientTape() as tape:
                loss = self._loss(batches[step, :, 0], batches[step, :, 1])
            self._optimizer.apply_gradients(zip(tape.gradient(loss, self._variables), self._variables, strict=True))
            total += loss
        return total / tf.cast(tf.shape(batches)[0], tf.float32)

    def _loss(self, users: tf.Tensor, items: tf.Tensor) -> tf.Tensor:
        user_vectors, item_vectors = self._vectors()
        loss = self._task(
            tf.gather(user_vectors, users),
            tf.gather(item_vectors, items),
            candidate_ids=items,
            candidate_sampling_probability=tf.gather(self._probability, items),
            compute_metrics=False,
        )
        return loss / tf.cast(tf.shape(users)[0], tf.float32)
