"""Training of the two-tower model, for several seeds on the same data."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from shortlist.dataset import FloatArray, IntArray
from shortlist.retrievers.tf_setup import tf, tfrs
from shortlist.retrievers.towers import WEIGHTS, Inputs, Towers

DEVIATIONS = (0.1, 0.05, 0.05)
"""Standard deviations of the initial weights named in `WEIGHTS`."""


@dataclass(frozen=True)
class Settings:
    """How the towers are trained; see `two_tower.TwoTower` for the meaning of each."""

    dimensions: int
    epochs: int
    batch_size: int
    learning_rate: float
    temperature: float
    dropout: float
    history_dropout: float


class Trainer:
    """Trains towers from one seed after the other; TensorFlow traces the step only once.

    The loss is `tfrs.tasks.Retrieval`: softmax cross-entropy among the items of the batch, without accidental hits and
    corrected for the items' frequency (logQ; Yi et al., "Sampling-bias-corrected neural modeling", RecSys 2019). The
    optimizer is Adam.

    Args:
        inputs: what the towers look up.
        pairs: (n, 2) int32, to be learnt from.
        settings: see `Settings`.
    """

    def __init__(self, inputs: Inputs, pairs: IntArray, settings: Settings) -> None:
        self._inputs = inputs
        self._pairs = pairs
        self._settings = settings
        self._towers = Towers(inputs, self._drawn(np.random.default_rng(0)))
        # A table without columns has no weights to learn.
        self._variables = [weights for weights in self._towers.weights.values() if weights.shape[0]]
        self._optimizer = tf.keras.optimizers.legacy.Adam(settings.learning_rate)
        self._task = tfrs.tasks.Retrieval(temperature=settings.temperature, remove_accidental_hits=True)
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
        size = min(self._settings.batch_size, len(self._pairs))
        steps = len(self._pairs) // size
        for _ in range(self._settings.epochs):
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
            with tf.GradientTape() as tape:
                loss = self._loss(batches[step, :, 0], batches[step, :, 1], tf.stack([seed, step]))
            self._optimizer.apply_gradients(zip(tape.gradient(loss, self._variables), self._variables, strict=True))
            total += loss
        return total / tf.cast(tf.shape(batches)[0], tf.float32)

    def _loss(self, users: tf.Tensor, items: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
        dropouts = self._settings.dropout, self._settings.history_dropout
        user, item = self._towers.training_pair(users, items, seed, *dropouts)
        probability = tf.gather(self._probability, items)
        loss = self._task(
            user, item, candidate_ids=items, candidate_sampling_probability=probability, compute_metrics=False
        )
        return loss / tf.cast(tf.shape(users)[0], tf.float32)
