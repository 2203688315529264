"""Training of the sequence model, for several seeds on the same data."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from shortlist.common.arrays import DoubleArray, FloatArray
from shortlist.engine.tensorflow import tf, tfrs
from shortlist.retrievers.sequence_attention import Dropout, draw
from shortlist.retrievers.sequence_events import ENTRY, Stream, followed
from shortlist.retrievers.sequence_towers import SequenceInputs, SequenceTowers, Shape

STEPS = 20
"""An epoch has so many, where the log has as many rows: a small log would not be learnt in ten."""


@dataclass(frozen=True)
class SequenceSettings:
    """How the model is trained; see `sequence.Sequence` for the meaning of each."""

    epochs: int
    batch_size: int
    negatives: int
    learning_rate: float
    temperature: float
    dropout: float


def cross_entropy(y_true: tf.Tensor, y_pred: tf.Tensor, sample_weight: tf.Tensor) -> tf.Tensor:
    """Summed over the rows, each with its weight; the right column of a row is that of the row's number."""
    return tf.reduce_sum(sample_weight * (tf.reduce_logsumexp(y_pred, axis=1) - tf.linalg.diag_part(y_pred)))


class SequenceTrainer:
    """Trains towers from one seed after the other; TensorFlow traces the step only once.

    Every position of a row predicts the entry after it. The loss is `tfrs.tasks.Retrieval`: softmax cross-entropy among
    the items of the batch and as many drawn ones as are asked for (Yang et al., "Mixed negative sampling for learning
    two-tower neural networks", WWW 2020), without accidental hits, corrected for how often each comes (logQ; Yi et al.,
    RecSys 2019), and weighted by the kind of what is predicted. The optimizer is Adam.

    Args:
        inputs: what the towers look up.
        stream: to be learnt from.
        kinds: (K,) weight of each kind of event.
        shape: of the model.
        settings: see `SequenceSettings`.
    """

    def __init__(
        self, inputs: SequenceInputs, stream: Stream, kinds: FloatArray, shape: Shape, settings: SequenceSettings
    ) -> None:
        self._stream = stream
        self._length = shape.length
        self._settings = settings
        self._layout = shape.layout(inputs.sizes)
        self._towers = SequenceTowers(inputs, draw(self._layout, np.random.default_rng(0)), shape)
        # A table without columns has no weights to learn.
        self._variables = [weights for weights in self._towers.weights.values() if weights.shape[0]]
        self._optimizer = tf.keras.optimizers.legacy.Adam(settings.learning_rate)
        self._task = tfrs.tasks.Retrieval(cross_entropy, remove_accidental_hits=True)
        self._items = inputs.sizes[0]
        events = int((stream.item < self._items).sum())
        rows = max(1, min(settings.batch_size, events // STEPS) // shape.length)
        self._probability = tf.constant(self._expected(rows * shape.length), dtype=tf.float32)
        self._worth = tf.constant(self._weights_of(kinds), dtype=tf.float32)
        batches = tf.TensorSpec((None, rows, shape.length + 1, len(ENTRY)), tf.int32)
        self._epoch = tf.function(self._run, input_signature=[batches, tf.TensorSpec((), tf.int32)])
        self._rows = rows

    def train(self, rng: np.random.Generator) -> Iterator[float]:
        """Start from new weights; give the mean loss of each epoch as it ends.

        Args:
            rng: of the weights, the rows, the batches, the negatives and the dropout.
        """
        for name, weights in draw(self._layout, rng).items():
            self._towers.weights[name].assign(weights)
        for variable in self._optimizer.variables():
            variable.assign(tf.zeros_like(variable))
        for _ in range(self._settings.epochs):
            rows = self._stream.rows(self._length, rng)
            steps = len(rows) // self._rows
            order = rng.permutation(len(rows))[: steps * self._rows]
            batches = rows[order].reshape(steps, self._rows, *rows.shape[1:])
            yield float(self._epoch(tf.constant(batches), tf.constant(int(rng.integers(2**31)), dtype=tf.int32)))

    def weights(self) -> dict[str, FloatArray]:
        """The weights as they are now, see `SequenceTowers`."""
        return {name: weights.numpy() for name, weights in self._towers.weights.items()}

    def _expected(self, size: int) -> DoubleArray:
        """The share that each item has, on average, of what a batch's rows compete with."""
        drawn = self._settings.negatives
        number = np.bincount(self._stream.item, minlength=self._items + 1)[: self._items]
        share: DoubleArray = (size * number / max(number.sum(), 1) + drawn / self._items) / (size + drawn)
        return share

    def _weights_of(self, kinds: FloatArray) -> FloatArray:
        """The weight of each kind as the stream has them, the first for none; 1 on average."""
        weights = np.append(np.float32(1), kinds)
        learnt = weights[self._stream.kind[self._stream.item < self._items]]
        return weights / learnt.mean() if learnt.any() else weights

    def _run(self, batches: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
        """One epoch in one TensorFlow call: batches are (steps, rows, length + 1, 4) int32."""
        total = 0.0
        for step in tf.range(tf.shape(batches)[0]):
            total += self._step(batches[step], tf.stack([seed, step]))
        return total / tf.cast(tf.maximum(tf.shape(batches)[0], 1), tf.float32)

    def _step(self, batch: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
        with tf.GradientTape() as tape:
            loss = self._loss(batch, seed)
        gradients = [tf.convert_to_tensor(gradient) for gradient in tape.gradient(loss, self._variables)]
        self._optimizer.apply_gradients(zip(gradients, self._variables, strict=True))
        return loss

    def _loss(self, batch: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
        """The mean loss of the positions that an entry of the same user follows."""
        users, items, kinds, times = tf.unstack(batch, axis=2)
        read = self._towers.read(items)
        dropout = Dropout(self._settings.dropout, seed)
        states = self._towers.states(read[:, :-1], users[:, :-1], kinds[:, :-1], times[:, :-1], dropout)
        asking = followed(users)
        next_items, next_kinds, own = (
            tf.boolean_mask(part, asking) for part in (items[:, 1:], kinds[:, 1:], users[:, 1:])
        )
        drawn = tf.random.stateless_uniform((self._settings.negatives,), seed, maxval=self._items, dtype=tf.int32)
        competing = tf.concat([next_items, drawn], axis=0)
        vectors = tf.concat([tf.boolean_mask(read[:, 1:], asking), self._towers.read(drawn)], axis=0)
        loss = self._task(
            self._towers.asking(tf.boolean_mask(states, asking), own) / self._settings.temperature,
            tf.nn.l2_normalize(vectors, axis=1),
            sample_weight=tf.gather(self._worth, next_kinds),
            candidate_ids=competing,
            candidate_sampling_probability=tf.gather(self._probability, competing),
            compute_metrics=False,
        )
        return loss / tf.cast(tf.shape(own)[0], tf.float32)
