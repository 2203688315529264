"""Training of two-tower models, an epoch in each run: the tutorial's in Keras and in our loop, and our own model.

Before anything is timed, both loops of the tutorial's model make two steps on the same batch from the same vectors: the
second loss tells whether the first step made the same update.
"""

import itertools
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from peers.tutorial import DIMENSIONS, LEARNING_RATE, Tutorial, tutorial_batches
from shortlist.common.arrays import FloatArray, IntArray
from shortlist.data.dataset import Dataset
from shortlist.engine.tensorflow import tf
from shortlist.retrievers.in_batch_softmax import IdTowers
from shortlist.retrievers.two_tower import TwoTower
from speed.task import Outcome, Run, Task

PACKAGES = ("shortlist", "tensorflow", "tf-keras", "tensorflow-recommenders")


def initial_vectors(dataset: Dataset, rng: np.random.Generator, limit: float) -> tuple[FloatArray, FloatArray]:
    """Uniform user and item vectors, (U, d) and (I, d)."""
    users, items = (rng.uniform(-limit, limit, (len(ids), DIMENSIONS)) for ids in (dataset.users, dataset.items))
    return users.astype(np.float32), items.astype(np.float32)


def common_start(dataset: Dataset, batch_size: int) -> tuple[FloatArray, FloatArray, IntArray]:
    """Vectors and a batch; the vectors are larger than in training, where the first loss hardly depends on them."""
    rng = np.random.default_rng(0)
    return *initial_vectors(dataset, rng, 1.0), dataset.pairs[rng.permutation(len(dataset))[:batch_size]]


def keras_with_metric(task: Task) -> Run:
    """Keras's `fit` with FactorizedTopK in the loop, as in the tutorial."""
    return _keras(task, compute_metrics=True)


def keras_without_metric(task: Task) -> Run:
    """Keras's `fit` without it."""
    return _keras(task, compute_metrics=False)


def _keras(task: Task, *, compute_metrics: bool) -> Run:
    """Epochs are timed inside `fit`, without its start and end, where tf.data's autotuner can wait for seconds."""
    dataset = Dataset.load(Path(task["dataset"]))
    losses = _keras_steps(dataset, task["batch_size"])
    model = Tutorial(dataset, compute_metrics=compute_metrics)
    batches = tutorial_batches(dataset, dataset.pairs, task["batch_size"])
    times: list[float] = []
    both = dict.fromkeys(("on_epoch_begin", "on_epoch_end"), lambda *_: times.append(time.perf_counter()))
    watch = tf.keras.callbacks.LambdaCallback(**both)

    def run() -> Outcome:
        model.fit(batches, callbacks=[watch], verbose=0)
        return {"losses": losses, "seconds": times[-1] - times[-2]}

    return run


def _keras_steps(dataset: Dataset, batch_size: int) -> np.ndarray:
    users, items, batch = common_start(dataset, batch_size)
    model = Tutorial(dataset, compute_metrics=False)
    for tower, vectors in ((model.users, users), (model.items, items)):
        tower(tf.constant([""]))  # builds it
        tower.layers[1].set_weights([np.pad(vectors, ((1, 0), (0, 0)))])  # row 0 is for unknown ids
    return np.array(model.fit(tutorial_batches(dataset, batch, len(batch)), epochs=2, verbose=0).history["loss"])


def two_tower_id(task: Task) -> Run:
    """The loop of `two_tower_id.TwoTowerId.fit`."""
    dataset, batch_size = Dataset.load(Path(task["dataset"])), task["batch_size"]
    users, items, batch = common_start(dataset, batch_size)
    first = IdTowers(users, items, LEARNING_RATE)
    losses = np.array([first.step(batch) for _ in range(2)])
    rng = np.random.default_rng(0)
    model = IdTowers(*initial_vectors(dataset, rng, 0.05), LEARNING_RATE)

    def run() -> Outcome:
        order = rng.permutation(len(dataset))
        for start in range(0, len(order), batch_size):
            model.step(dataset.pairs[order[start : start + batch_size]])
        return {"losses": losses}

    return run


def two_tower(task: Task) -> Run:
    """The loop of `two_tower.TwoTower.fit` with its defaults, its own batch size among them, one seed."""
    trainer = TwoTower().trainer(Dataset.load(Path(task["dataset"])))
    epochs: Iterator[float] = itertools.chain.from_iterable(
        trainer.train(np.random.default_rng(seed)) for seed in itertools.count()
    )

    def run() -> Outcome:
        next(epochs)
        return {}

    return run
