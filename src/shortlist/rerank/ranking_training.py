"""The TensorFlow side of the ranking model."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from shortlist.common.arrays import FloatArray
from shortlist.engine.tensorflow import tf, tfrs

BLOCK = 65_536
"""Rows at once when a model is applied."""


@dataclass(frozen=True)
class RankingSettings:
    """How a model is built and trained; see `tfrs_ranking.TFRSRanking` for the meaning of each."""

    cross_layers: int
    rank: int
    hidden: tuple[int, ...]
    dropout: float
    epochs: int
    batch_size: int
    learning_rate: float


@dataclass(frozen=True)
class LabelledRows:
    """What one head of the model learns from.

    Attributes:
        inputs: (rows, F) float32.
        targets: (rows,) float32; of the first head 1 for an answer and 0 for none, of the second standardized ratings.
        weights: (rows,) float32, of the rows in the loss.
    """

    inputs: FloatArray
    targets: FloatArray
    weights: FloatArray


def train(learnt: Sequence[LabelledRows], settings: RankingSettings, rng: np.random.Generator) -> tf.keras.Model:
    """A trained model with a head for each of the rows.

    Args:
        learnt: the candidates and, where there are ratings, the rated pairs; an epoch passes once over the candidates.
        settings: see `RankingSettings`.
        rng: of the weights, the batches and the dropout.
    """
    tf.keras.utils.set_random_seed(int(rng.integers(2**31)))
    model = _network(learnt[0].inputs.shape[1], len(learnt), settings)
    steps = max(1, len(learnt[0].inputs) // settings.batch_size)
    sizes = [max(1, min(settings.batch_size, len(rows.inputs) // steps)) for rows in learnt]
    schedule = tf.keras.optimizers.schedules.CosineDecay(settings.learning_rate, settings.epochs * steps)
    optimizer = tf.keras.optimizers.legacy.Adam(schedule)
    losses = (tf.keras.losses.BinaryCrossentropy(from_logits=True), tf.keras.losses.MeanSquaredError())
    tasks = [tfrs.tasks.Ranking(loss=loss) for loss in losses]

    @tf.function
    def step(batches: list[tuple[tf.Tensor, tf.Tensor, tf.Tensor]]) -> None:
        with tf.GradientTape() as tape:
            parts = [
                tasks[head](
                    labels=targets, predictions=model(inputs, training=True)[:, head : head + 1], sample_weight=weights,
                    compute_metrics=False,
                )
                for head, (inputs, targets, weights) in enumerate(batches)
            ]  # fmt: skip
            loss = tf.add_n(parts)
        optimizer.apply_gradients(
            zip(tape.gradient(loss, model.trainable_variables), model.trainable_variables, strict=True)
        )

    for _ in range(settings.epochs):
        orders = [rng.permutation(len(rows.inputs))[: steps * size] for rows, size in zip(learnt, sizes, strict=True)]
        for number in range(steps):
            chosen = [order[number * size :][:size] for order, size in zip(orders, sizes, strict=True)]
            step([_batch(rows, places) for rows, places in zip(learnt, chosen, strict=True)])
    return model


def _batch(rows: LabelledRows, places: np.ndarray) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
    inputs, targets, weights = rows.inputs[places], rows.targets[places, None], rows.weights[places, None]
    return tf.constant(inputs), tf.constant(targets), tf.constant(weights)


def predict(model: tf.keras.Model, inputs: FloatArray) -> FloatArray:
    """(rows, heads) float32: log odds, and standardized ratings where the model has learnt some."""
    apply = tf.function(model)
    blocks = [apply(tf.constant(inputs[start : start + BLOCK])).numpy() for start in range(0, len(inputs), BLOCK)]
    return np.concatenate(blocks) if blocks else np.empty((0, model.output_shape[1]), dtype=np.float32)


def _network(width: int, heads: int, settings: RankingSettings) -> tf.keras.Model:
    """Cross layers, then dense ones, then a number for each head."""
    start = tf.keras.Input((width,))
    crossed = start
    for _ in range(settings.cross_layers):
        crossed = tfrs.layers.dcn.Cross(projection_dim=settings.rank, kernel_initializer="glorot_uniform")(
            start, crossed
        )
    deep = crossed
    for units in settings.hidden:
        deep = tf.keras.layers.Dense(units, activation="relu")(tf.keras.layers.Dropout(settings.dropout)(deep))
    return tf.keras.Model(start, tf.keras.layers.Dense(heads)(deep))
