"""Training of the two-tower model, for several seeds on the same data."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from shortlist.common.arrays import FloatArray, IntArray
from shortlist.engine.tensorflow import tf, tfrs
from shortlist.retrievers.lazy_adam import LazyAdam
from shortlist.retrievers.towers import SEEDS, WEIGHTS, Inputs, Towers

DEVIATIONS = (0.1, 0.1, 0.05, 0.05)
"""Standard deviations of the initial weights named in `WEIGHTS`."""


@dataclass(frozen=True)
class TowerSettings:
    """How the towers are trained; see `two_tower.TwoTower` for the meaning of each."""

    dimensions: int
    epochs: int
    examples: int
    batch_size: int
    learning_rate: float
    temperature: float
    dropout: float
    history_dropout: float


@tf.custom_gradient
def summed_cross_entropy(
    scores: tf.Tensor, counted: tf.Tensor
) -> tuple[tf.Tensor, Callable[[tf.Tensor], tuple[tf.Tensor, None]]]:
    """Over the rows, whose right column is that of the row's number: what Keras gives, in fewer passes over the scores.

    Args:
        scores: (m, n), n at least m.
        counted: (m, n) bool, which of them take part.
    """
    scores = tf.where(counted, scores, scores.dtype.min)
    highest = tf.reduce_max(scores, axis=1, keepdims=True)
    exponentials = tf.exp(scores - highest)
    sums = tf.reduce_sum(exponentials, axis=1, keepdims=True)
    loss = tf.reduce_sum((tf.math.log(sums) + highest)[:, 0] - tf.linalg.diag_part(scores))

    def gradient(upstream: tf.Tensor) -> tuple[tf.Tensor, None]:
        share = exponentials * (upstream * tf.math.reciprocal(sums))
        return tf.linalg.set_diag(share, tf.linalg.diag_part(share) - upstream), None

    return loss, gradient


def cross_entropy(y_true: tf.Tensor, y_pred: tf.Tensor, sample_weight: tf.Tensor) -> tf.Tensor:
    """`summed_cross_entropy` as `tfrs.tasks.Retrieval` calls it, a weight for each score: whether it takes part."""
    return summed_cross_entropy(y_pred, sample_weight)


class Trainer:
    """Trains towers from one seed after the other; TensorFlow traces the step only once.

    The loss is `tfrs.tasks.Retrieval`: softmax cross-entropy among the items of the batch, without accidental hits and
    corrected for the items' frequency (logQ; Yi et al., "Sampling-bias-corrected neural modeling", RecSys 2019). The
    optimizer is Adam, lazy for large tables (see `towers.LARGE`), so that the cost of a step does not grow with them;
    not so with several processes.

    Made in the scope of a `tf.distribute` strategy of several processes, it learns from each process's share of every
    batch, against the items of all of it: their vectors are exchanged, and the gradients added up, so that the loss is
    that of one process.

    Args:
        inputs: what the towers look up.
        pairs: (n, 2) int32, to be learnt from.
        settings: see `TowerSettings`.
    """

    def __init__(self, inputs: Inputs, pairs: IntArray, settings: TowerSettings) -> None:
        self._strategy = tf.distribute.get_strategy()
        self._processes = self._strategy.num_replicas_in_sync
        self._place = self._strategy.cluster_resolver.task_id if self._processes > 1 else 0
        self._inputs = inputs
        self._pairs = pairs
        self._settings = settings
        self._towers = Towers(inputs, self._drawn(np.random.default_rng(0)))
        # A table without columns has no weights to learn.
        self._names = [name for name, weights in self._towers.weights.items() if weights.shape[0]]
        self._variables = [self._towers.weights[name] for name in self._names]
        self._optimizer = LazyAdam(settings.learning_rate)
        self._task = tfrs.tasks.Retrieval(cross_entropy)
        frequency = np.bincount(pairs[:, 1], minlength=inputs.sizes[0]) / len(pairs)
        self._probability = tf.constant(frequency, dtype=tf.float32)
        self._epoch = tf.function(self._run)

    def train(self, rng: np.random.Generator) -> Iterator[float]:
        """Start from new weights; give the mean loss of each epoch as it ends.

        Args:
            rng: of the weights, the batches and the dropout.
        """
        for name, weights in self._drawn(rng).items():
            self._towers.weights[name].assign(weights)
        for variable in self._optimizer.variables():
            variable.assign(tf.zeros_like(variable))
        size = min(self._settings.batch_size, len(self._pairs)) // self._processes * self._processes
        left = max(self._settings.examples // size, 1)  # steps
        for _ in range(self._settings.epochs):
            steps = min(len(self._pairs) // size, left)
            left -= steps
            if not steps:
                return
            order = rng.permutation(len(self._pairs))[: steps * size]
            batches = tf.constant(self._pairs[order].reshape(steps, size, 2))
            yield float(self._epoch(batches, tf.constant(int(rng.integers(2**31)))))

    def weights(self) -> dict[str, FloatArray]:
        """The weights as they are now, see `Towers`."""
        return {name: weights.numpy() for name, weights in self._towers.weights.items()}

    def _drawn(self, rng: np.random.Generator) -> dict[str, FloatArray]:
        return {
            name: rng.normal(scale=deviation, size=(size, self._settings.dimensions)).astype(np.float32)
            for name, size, deviation in zip(WEIGHTS, self._inputs.sizes, DEVIATIONS, strict=True)
        }

    def _run(self, batches: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
        """One epoch in one TensorFlow call: batches are (steps, b, 2) int32."""
        total = 0.0
        for step in tf.range(tf.shape(batches)[0]):
            drawn = tf.stack([seed + SEEDS * self._place, step])  # another dropout in each process
            loss = self._strategy.run(self._step, args=(batches[step], drawn))
            total += self._strategy.reduce(tf.distribute.ReduceOp.SUM, loss, axis=None)
        return total / tf.cast(tf.shape(batches)[0], tf.float32)

    def _step(self, batch: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
        with tf.GradientTape() as tape:
            loss = self._loss(batch, seed)
        # Several processes add up whole tables: each has looked up other rows, and another number of them.
        lazy = self._towers.lazy if self._processes == 1 else ()
        gradients = [
            gradient if name in lazy else tf.convert_to_tensor(gradient)
            for name, gradient in zip(self._names, tape.gradient(loss, self._variables), strict=True)
        ]
        self._optimizer.apply_gradients(zip(gradients, self._variables, strict=True))
        return loss

    def _loss(self, batch: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
        """This process's part of the batch's mean loss."""
        share = tf.shape(batch)[0] // self._processes
        # The own pairs first: `tfrs.tasks.Retrieval` takes the item in the place of the user for the right one.
        batch = tf.roll(batch, -self._place * share, axis=0)
        dropouts = self._settings.dropout, self._settings.history_dropout
        user, item = self._towers.training_pair(batch[:share, 0], batch[:share, 1], seed, *dropouts)
        loss = self._task(
            user / self._settings.temperature,  # the task's own temperature goes twice through the whole product
            self._of_all(item, share),
            sample_weight=no_accidental_hit(batch[:, 1], share),
            candidate_sampling_probability=tf.gather(self._probability, batch[:, 1]),
            compute_metrics=False,
        )
        return loss / tf.cast(tf.shape(batch)[0], tf.float32)

    def _of_all(self, item: tf.Tensor, share: tf.Tensor) -> tf.Tensor:
        """The item vectors of all processes, those of this one first."""
        if self._processes == 1:
            return item
        gathered = tf.distribute.get_replica_context().all_gather(item, axis=0)
        return tf.roll(gathered, -self._place * share, axis=0)


def no_accidental_hit(items: tf.Tensor, share: tf.Tensor) -> tf.Tensor:
    """(share, b) bool: whether an item of the batch is another than the row's own, or stands in its own place.

    What `remove_accidental_hits` of the task does in six passes over the scores.
    """
    other = items[:share, None] != items[None, :]
    return tf.linalg.set_diag(other, tf.ones(share, tf.bool))
