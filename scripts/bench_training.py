"""Time the training of the TensorFlow Recommenders tutorial model: Keras beside Shortlist, in one process.

The model is that of "Basic retrieval" (https://www.tensorflow.org/recommenders/examples/basic_retrieval): embeddings of
ids, `tfrs.tasks.Retrieval`, Adagrad. Before anything is timed, one batch shows that both loops do the same steps. The
loops take turns, epoch by epoch, so that what else the machine does falls on all. The first epoch of each traces its
graphs and fills its caches: not counted. Keras's epochs are timed inside `fit`, without its start and end, where
tf.data's autotuner can wait for seconds: a `fit` of many epochs does that once. Run: make bench, or
PYTHONPATH=src .venv/bin/python scripts/bench_training.py --raw data/dacon_236170/raw --out bench.json
"""

import argparse
import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import numpy as np
from rich.console import Console
from rich.table import Table

from shortlist.dataset import Dataset, FloatArray, IntArray
from shortlist.files import write_text
from shortlist.retrievers.in_batch_softmax import IdTowers
from shortlist.retrievers.tf_setup import tf, tfrs
from shortlist.retrievers.tower_training import Settings, Trainer
from shortlist.retrievers.towers import Inputs
from shortlist.retrievers.two_tower import TwoTower
from shortlist.sample import SampleSize, write_sample
from shortlist.sources.dacon_jobs import DaconJobs

DIMENSIONS, LEARNING_RATE = 32, 0.1  # the tutorial's
REAL_SIZE = SampleSize(users=8482, items=6695, pairs=41_203)  # of Dacon 236170
SLOW, SLOW_EPOCHS = "Keras, FactorizedTopK", 3  # at most so many of its epochs are timed
TOLERANCE = 1e-4  # relative, of losses that should be the same


class Tutorial(tfrs.Model):
    """The tutorial's model, with its metric (over the unique items) in the training loop or not."""

    def __init__(self, dataset: Dataset, *, compute_metrics: bool) -> None:
        super().__init__()
        layers, ids = tf.keras.layers, (dataset.users.ids.tolist(), dataset.items.ids.tolist())
        lookups = (layers.StringLookup(vocabulary=known, mask_token=None) for known in ids)
        embeddings = (layers.Embedding(len(known) + 1, DIMENSIONS) for known in ids)
        self.users, self.items = map(tf.keras.Sequential, zip(lookups, embeddings, strict=True))
        candidates = tf.data.Dataset.from_tensor_slices(dataset.items.ids).batch(128).map(self.items)
        self.task = tfrs.tasks.Retrieval(metrics=tfrs.metrics.FactorizedTopK(candidates=candidates))
        self.compute_metrics = compute_metrics
        self.compile(optimizer=tf.keras.optimizers.Adagrad(LEARNING_RATE))

    def compute_loss(self, features: dict[str, tf.Tensor], training: bool = False) -> tf.Tensor:
        """See `tfrs.Model.compute_loss`."""
        user, item = self.users(features["user"]), self.items(features["item"])
        return self.task(user, item, compute_metrics=self.compute_metrics)


def tutorial_batches(dataset: Dataset, pairs: IntArray, batch_size: int) -> tf.data.Dataset:
    """The pairs as strings, batched as in the tutorial."""
    ids = {"user": dataset.users.ids[pairs[:, 0]], "item": dataset.items.ids[pairs[:, 1]]}
    return tf.data.Dataset.from_tensor_slices(ids).shuffle(100_000).batch(batch_size).cache()


def initial_vectors(dataset: Dataset, rng: np.random.Generator, limit: float) -> tuple[FloatArray, FloatArray]:
    """Uniform user and item vectors, (U, d) and (I, d)."""
    users, items = (rng.uniform(-limit, limit, (len(ids), DIMENSIONS)) for ids in (dataset.users, dataset.items))
    return users.astype(np.float32), items.astype(np.float32)


def keras_epochs(dataset: Dataset, batch_size: int, *, compute_metrics: bool) -> Iterator[float]:
    """Seconds of each epoch of Keras's `fit` of the tutorial's model."""
    model = Tutorial(dataset, compute_metrics=compute_metrics)
    batches = tutorial_batches(dataset, dataset.pairs, batch_size)
    times: list[float] = []
    both = dict.fromkeys(("on_epoch_begin", "on_epoch_end"), lambda *_: times.append(time.perf_counter()))
    watch = tf.keras.callbacks.LambdaCallback(**both)
    while True:
        model.fit(batches, callbacks=[watch], verbose=0)
        yield times[-1] - times[-2]


def shortlist_epochs(dataset: Dataset, batch_size: int) -> Iterator[float]:
    """Seconds of each epoch of the loop of `two_tower_id.TwoTowerId.fit`."""
    rng = np.random.default_rng(0)
    model = IdTowers(*initial_vectors(dataset, rng, 0.05), LEARNING_RATE)
    while True:
        begin = time.perf_counter()
        order = rng.permutation(len(dataset))
        for start in range(0, len(order), batch_size):
            model.step(dataset.pairs[order[start : start + batch_size]])
        yield time.perf_counter() - begin


def two_tower_epochs(dataset: Dataset, epochs: int) -> Iterator[float]:
    """Seconds of each epoch of `two_tower.TwoTower.fit` with its defaults, one seed."""
    model = TwoTower()
    values = {field.name: getattr(model, field.name) for field in fields(Settings)} | {"epochs": epochs}
    inputs = Inputs.of(dataset, features=model.features, min_count=model.min_count, dates=model.dates)
    losses = Trainer(inputs, dataset.pairs, Settings(**values)).train(np.random.default_rng(0))
    for _ in range(epochs):
        begin = time.perf_counter()
        next(losses)
        yield time.perf_counter() - begin


def same_steps(dataset: Dataset, batch_size: int) -> list[tuple[float, float]]:
    """Losses (Keras, Shortlist) of two steps on one batch: the second tells whether the first made the same update.

    The vectors start larger than in training, where the first loss hardly depends on them.
    """
    rng = np.random.default_rng(0)
    users, items = initial_vectors(dataset, rng, 1.0)
    batch = dataset.pairs[rng.permutation(len(dataset))[:batch_size]]
    keras, shortlist = Tutorial(dataset, compute_metrics=False), IdTowers(users, items, LEARNING_RATE)
    for tower, vectors in ((keras.users, users), (keras.items, items)):
        tower(tf.constant([""]))  # builds it
        tower.layers[1].set_weights([np.pad(vectors, ((1, 0), (0, 0)))])  # row 0 is for unknown ids
    losses = keras.fit(tutorial_batches(dataset, batch, len(batch)), epochs=2, verbose=0).history["loss"]
    return [(loss, float(shortlist.step(batch))) for loss in losses]


def take_turns(loops: dict[str, Iterator[float]], epochs: int) -> dict[str, list[float]]:
    """Seconds of the epochs of each loop, the first left out."""
    seconds: dict[str, list[float]] = {name: [] for name in loops}
    for turn in range(1 + epochs):
        for name, loop in loops.items():
            if name != SLOW or turn <= SLOW_EPOCHS:
                seconds[name].append(next(loop))
    return {name: values[1:] for name, values in seconds.items()}


def machine() -> str:
    """What the figures hold for."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    cpu = next((line.split(": ")[1] for line in lines if line.startswith("model name")), platform.processor())
    versions = f"Python {platform.python_version()}, TensorFlow {tf.__version__}"
    return f"{cpu}, {os.cpu_count()} cores, {versions}, {datetime.now(UTC):%Y-%m-%d}"


def read(raw: str | None) -> Dataset:
    """The files in the folder `raw`, or a made competition of the size of Dacon 236170."""
    if raw:
        return DaconJobs().read(Path(raw))
    with tempfile.TemporaryDirectory() as folder:
        write_sample(Path(folder), REAL_SIZE, seed=0)
        return DaconJobs().read(Path(folder) / "raw")


def options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n", maxsplit=1)[0])
    parser.add_argument("--raw", default=os.environ.get("SHORTLIST_REAL_DATA"), help="folder with Dacon 236170's files")
    parser.add_argument("--batch-size", type=int, default=8192)
    parser.add_argument("--epochs", type=int, default=5, help=f"timed of each loop; with FactorizedTopK {SLOW_EPOCHS}")
    parser.add_argument("--out", type=Path, help="also write the figures there, as JSON")
    return parser.parse_args()


def main() -> None:
    """Check, time, print."""
    given, console = options(), Console(highlight=False, soft_wrap=True)
    dataset, size = read(given.raw), given.batch_size
    counts = f"{len(dataset.users)} users, {len(dataset.items)} items, {len(dataset)} pairs, batches of {size}"
    about = {"machine": machine(), "data": f"{given.raw or 'made sample'}: {counts}"}
    console.print(*about.values(), sep="\n")
    losses = same_steps(dataset, size)
    difference = max(abs(shortlist / keras - 1) for keras, shortlist in losses)
    steps = " and ".join(f"{keras:.2f} {shortlist:.2f}" for keras, shortlist in losses)
    console.print(f"losses of the same two steps, Keras and Shortlist: {steps}; relative difference {difference:.1e}")
    if not difference <= TOLERANCE:
        sys.exit(f"bench: the two loops do not do the same steps: losses differ by more than {TOLERANCE:.0e}")
    loops = {
        SLOW: keras_epochs(dataset, size, compute_metrics=True),
        "Keras": keras_epochs(dataset, size, compute_metrics=False),
        "Shortlist two_tower_id": shortlist_epochs(dataset, size),
        "Shortlist two_tower": two_tower_epochs(dataset, 1 + given.epochs),
    }
    seconds = take_turns(loops, given.epochs)
    table = Table("loop", "s / epoch", "min", "max", "epochs", "pairs / s")
    for name, values in seconds.items():
        figures = (f"{figure(values):.3f}" for figure in (median, min, max))
        table.add_row(name, *figures, f"1 + {len(values)}", f"{len(dataset) / median(values):,.0f}")
    console.print(table, "median epochs; the 1 is the warm-up, not counted; two_tower has its own batch size", sep="\n")
    with_metric, without, shortlist, _ = map(median, seconds.values())
    ratios = {"with FactorizedTopK": with_metric / shortlist, "without": without / shortlist}
    if given.out:
        write_text(given.out, json.dumps(about | {"losses": losses, "seconds": seconds, "ratios": ratios}, indent=2))
    console.print("\n".join(f"{name}: {ratio:.1f} x" for name, ratio in ratios.items()))


if __name__ == "__main__":
    main()
