"""The TensorFlow side of the ranking model."""

from dataclasses import dataclass

import numpy as np

from shortlist.dataset import FloatArray
from shortlist.retrievers.tf_setup import tf, tfrs

BLOCK = 65_536
"""Rows at once when a model is applied."""


@dataclass(frozen=True)
class Settings:
    """How a model is built and trained; see `tfrs_ranking.TFRSRanking` for the meaning of each."""

    cross_layers: int
    rank: int
    hidden: tuple[int, ...]
    dropout: float
    epochs: int
    batch_size: int
    learning_rate: float


def train(
    inputs: FloatArray, labels: FloatArray, weights: FloatArray, settings: Settings, rng: np.random.Generator
) -> tf.keras.Model:
    """A trained model.

    Args:
        inputs: (rows, F) float32.
        labels: (rows,) float32, 1 for an answer.
        weights: (rows,) float32, of the rows in the loss.
        settings: see `Settings`.
        rng: of the weights, the batches and the dropout.
    """
    tf.keras.utils.set_random_seed(int(rng.integers(2**31)))
    model = _network(inputs.shape[1], settings)
    size = min(settings.batch_size, len(inputs))
    steps = len(inputs) // size
    schedule = tf.keras.optimizers.schedules.CosineDecay(settings.learning_rate, settings.epochs * steps)
    optimizer = tf.keras.optimizers.legacy.Adam(schedule)
    task = tfrs.tasks.Ranking(loss=tf.keras.losses.BinaryCrossentropy(from_logits=True))

    @tf.function
    def step(rows: tf.Tensor, answers: tf.Tensor, worth: tf.Tensor) -> None:
        with tf.GradientTape() as tape:
            loss = task(
                labels=answers, predictions=model(rows, training=True), sample_weight=worth, compute_metrics=False
            )
        optimizer.apply_gradients(
            zip(tape.gradient(loss, model.trainable_variables), model.trainable_variables, strict=True)
        )

    for _ in range(settings.epochs):
        order = rng.permutation(len(inputs))[: steps * size].reshape(steps, size)
        for batch in order:
            step(tf.constant(inputs[batch]), tf.constant(labels[batch, None]), tf.constant(weights[batch, None]))
    return model


def predict(model: tf.keras.Model, inputs: FloatArray) -> FloatArray:
    """(rows,) float32 log odds."""
    apply = tf.function(model)
    blocks = (apply(tf.constant(inputs[start : start + BLOCK])).numpy()[:, 0] for start in range(0, len(inputs), BLOCK))
    return np.concatenate(list(blocks)) if len(inputs) else np.empty(0, dtype=np.float32)


def _network(width: int, settings: Settings) -> tf.keras.Model:
    """Cross layers, then dense ones, then one log odds."""
    start = tf.keras.Input((width,))
    crossed = start
    for _ in range(settings.cross_layers):
        crossed = tfrs.layers.dcn.Cross(projection_dim=settings.rank, kernel_initializer="glorot_uniform")(
            start, crossed
        )
    deep = crossed
    for units in settings.hidden:
        deep = tf.keras.layers.Dense(units, activation="relu")(tf.keras.layers.Dropout(settings.dropout)(deep))
    return tf.keras.Model(start, tf.keras.layers.Dense(1)(deep))
