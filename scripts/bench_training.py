"""Time the training of the TensorFlow Recommenders tutorial model: Keras beside Shortlist, in one process.

The model is that of "Basic retrieval" (https://www.tensorflow.org/recommenders/examples/basic_retrieval): embeddings of
ids, `tfrs.tasks.Retrieval`, Adagrad. Before anything is timed, one batch shows that both loops do the same steps. The
loops take turns, epoch by epoch, so that what else the machine does falls on all of them; the first epoch of each traces
its graphs and fills its caches, and is not counted. Keras's epochs are timed from inside `fit`, without its set-up and
its end: there tf.data's autotuner can wait for seconds, which a `fit` of many epochs does once.

    make bench
    PYTHONPATH=src .venv/bin/python scripts/bench_training.py --raw data/dacon_236170/raw --out bench.json
"""

import argparse
import json
import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from shortlist.dataset import Dataset, FloatArray, IntArray
from shortlist.files import write_text
from shortlist.retrievers import towers
from shortlist.retrievers.in_batch_softmax import IdTowers
from shortlist.retrievers.towers import tf, tfrs
from shortlist.retrievers.two_tower import TwoTower
from shortlist.sample import SampleSize, write_sample
from shortlist.sources import find_source

DIMENSIONS, LEARNING_RATE = 32, 0.1  # the tutorial's
REAL_SIZE = SampleSize(users=8482, items=6695, pairs=41_203)  # of Dacon 236170
SLOW_EPOCHS = 2  # of the loop with FactorizedTopK, at most
TOLERANCE = 1e-4


class Tutorial(tfrs.Model):  # type: ignore[misc]  # TensorFlow is untyped
    """The tutorial's model, with its metric (over the unique items) in the training loop or not."""

    def __init__(self, dataset: Dataset, *, compute_metrics: bool) -> None:
        super().__init__()
        self.user_model, self.item_model = (
            tf.keras.Sequential(
                [
                    tf.keras.layers.StringLookup(vocabulary=index.ids.tolist(), mask_token=None),
                    tf.keras.layers.Embedding(len(index) + 1, DIMENSIONS),
                ]
            )
            for index in (dataset.users, dataset.items)
        )
        candidates = tf.data.Dataset.from_tensor_slices(dataset.items.ids).batch(128).map(self.item_model)
        self.task = tfrs.tasks.Retrieval(metrics=tfrs.metrics.FactorizedTopK(candidates=candidates))
        self.compute_metrics = compute_metrics
        self.compile(optimizer=tf.keras.optimizers.Adagrad(LEARNING_RATE))

    def compute_loss(self, features: dict[str, tf.Tensor], training: bool = False) -> tf.Tensor:
        """See `tfrs.Model.compute_loss`."""
        user, item = self.user_model(features["user"]), self.item_model(features["item"])
        return self.task(user, item, compute_metrics=self.compute_metrics)

    def start_from(self, users: FloatArray, items: FloatArray) -> None:
        """Set the embeddings; row 0 of each layer is for ids out of the vocabulary."""
        for model, vectors in ((self.user_model, users), (self.item_model, items)):
            model(tf.constant([""]))  # builds it
            model.layers[1].set_weights([np.pad(vectors, ((1, 0), (0, 0)))])


@dataclass
class Loop:
    """A training loop: `epoch` runs one more and returns how long it took; `seconds` are those that count."""

    name: str
    epoch: Callable[[], float]
    epochs: int
    pairs: int
    seconds: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        """Seconds per epoch."""
        return statistics.median(self.seconds)


def timed(action: Callable[[], object]) -> Callable[[], float]:
    """The action, made to return the seconds it took."""

    def run() -> float:
        start = time.perf_counter()
        action()
        return time.perf_counter() - start

    return run


def tutorial_batches(dataset: Dataset, pairs: IntArray, batch_size: int) -> tf.data.Dataset:
    """The pairs as strings, batched as in the tutorial."""
    ids = {"user": dataset.users.ids[pairs[:, 0]], "item": dataset.items.ids[pairs[:, 1]]}
    return tf.data.Dataset.from_tensor_slices(ids).shuffle(100_000).batch(batch_size).cache()


def keras_loop(name: str, dataset: Dataset, batch_size: int, epochs: int, *, compute_metrics: bool) -> Loop:
    """Keras `fit` of the tutorial's model."""
    model = Tutorial(dataset, compute_metrics=compute_metrics)
    batches = tutorial_batches(dataset, dataset.pairs, batch_size)
    times = {}
    watch = tf.keras.callbacks.LambdaCallback(
        on_epoch_begin=lambda *_: times.update(begin=time.perf_counter()),
        on_epoch_end=lambda *_: times.update(end=time.perf_counter()),
    )

    def epoch() -> float:
        model.fit(batches, callbacks=[watch], verbose=0)
        return times["end"] - times["begin"]

    return Loop(name, epoch, epochs, len(dataset))


def shortlist_loop(name: str, dataset: Dataset, batch_size: int, epochs: int) -> Loop:
    """The loop of `two_tower_id.TwoTowerId.fit`."""
    rng = np.random.default_rng(0)
    model = IdTowers(*initial_vectors(dataset, rng, 0.05), LEARNING_RATE)

    def epoch() -> None:
        order = rng.permutation(len(dataset))
        for start in range(0, len(order), batch_size):
            model.step(dataset.pairs[order[start : start + batch_size]])

    return Loop(name, timed(epoch), epochs, len(dataset))


def two_tower_loop(name: str, dataset: Dataset, epochs: int) -> Loop:
    """The loop of `two_tower.TwoTower.fit` with its defaults, one seed."""
    retriever = TwoTower(epochs=epochs + 1)
    settings = towers.Training(**{field.name: getattr(retriever, field.name) for field in fields(towers.Training)})
    inputs = towers.Inputs.of(
        dataset, features=retriever.features, min_count=retriever.min_count, dates=retriever.dates
    )
    rng = np.random.default_rng(0)
    model = towers.Towers.drawn(inputs, retriever.dimensions, rng)
    losses = iter(towers.train(model, dataset.pairs, settings, rng))
    return Loop(name, timed(lambda: next(losses)), epochs, len(dataset) // settings.batch_size * settings.batch_size)


def initial_vectors(dataset: Dataset, rng: np.random.Generator, limit: float) -> tuple[FloatArray, FloatArray]:
    """Uniform user and item vectors, (U, d) and (I, d)."""
    users, items = (
        rng.uniform(-limit, limit, size=(len(index), DIMENSIONS)).astype(np.float32)
        for index in (dataset.users, dataset.items)
    )
    return users, items


def same_steps(dataset: Dataset, batch_size: int) -> Iterator[tuple[float, float]]:
    """Losses (Keras, Shortlist) of two optimizer steps on one batch; the second shows that the first changed the same.

    The vectors are larger than in training, where the first loss is near log(batch size) whatever they are.
    """
    rng = np.random.default_rng(0)
    users, items = initial_vectors(dataset, rng, 1.0)
    batch = dataset.pairs[rng.permutation(len(dataset))[:batch_size]]
    keras, ours = Tutorial(dataset, compute_metrics=False), IdTowers(users, items, LEARNING_RATE)
    keras.start_from(users, items)
    history = keras.fit(tutorial_batches(dataset, batch, len(batch)), epochs=2, verbose=0).history
    for loss in history["loss"]:
        yield loss, float(ours.step(batch))


def run(loops: list[Loop]) -> None:
    """Warm every loop up, then let them take turns."""
    for loop in loops:
        loop.epoch()
    for turn in range(max(loop.epochs for loop in loops)):
        for loop in loops:
            if turn < loop.epochs:
                loop.seconds.append(loop.epoch())


def machine() -> dict[str, str]:
    """What the figures hold for."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    models = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return {
        "cpu": f"{(models or [platform.processor()])[0]}, {os.cpu_count()} cores",
        "versions": f"Python {platform.python_version()}, TensorFlow {tf.__version__}",
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
    }


def read(raw: str | None) -> tuple[str, Dataset]:
    """Name of the data, and the data: the folder `raw`, or a made competition of the size of Dacon 236170."""
    if raw:
        return raw, find_source("dacon_jobs").read(Path(raw))
    with tempfile.TemporaryDirectory() as folder:
        write_sample(Path(folder), REAL_SIZE, seed=0)
        return "made sample", find_source("dacon_jobs").read(Path(folder) / "raw")


def parse() -> argparse.Namespace:
    """Read the options."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n", maxsplit=1)[0])
    parser.add_argument("--raw", default=os.environ.get("SHORTLIST_REAL_DATA"), help="folder of Dacon 236170's files")
    parser.add_argument("--batch-size", type=int, default=8192)
    parser.add_argument("--epochs", type=int, default=5, help="epochs timed of each loop")
    parser.add_argument("--out", type=Path, help="also write the figures there, as JSON")
    return parser.parse_args()


def main() -> None:
    """Check, time, print."""
    options, console = parse(), Console(highlight=False, soft_wrap=True)
    data, dataset = read(options.raw)
    about = machine() | {
        "data": f"{data}: {len(dataset.users)} users, {len(dataset.items)} items, {len(dataset)} pairs"
    }
    console.print("\n".join(about.values()))
    losses = list(same_steps(dataset, options.batch_size))
    difference = max(abs(ours / keras - 1) for keras, ours in losses)
    steps = "; ".join(f"{keras:.2f} {ours:.2f}" for keras, ours in losses)
    console.print(f"same steps: losses of Keras and Shortlist {steps}; they differ by {difference:.1e} at most")
    if not difference < TOLERANCE:
        sys.exit(f"bench: the loops do not do the same steps: losses differ by more than {TOLERANCE:.0e}")
    size = options.batch_size
    loops = [
        keras_loop("Keras, FactorizedTopK", dataset, size, min(SLOW_EPOCHS, options.epochs), compute_metrics=True),
        keras_loop("Keras", dataset, size, options.epochs, compute_metrics=False),
        shortlist_loop("Shortlist two_tower_id", dataset, size, options.epochs),
        two_tower_loop("Shortlist two_tower", dataset, options.epochs),
    ]
    run(loops)
    table = Table("loop", "s / epoch", "min", "max", "epochs", "pairs / s", title=f"batch {size}; two_tower: its own")
    for loop in loops:
        seconds = (f"{s:.3f}" for s in (loop.median, min(loop.seconds), max(loop.seconds)))
        table.add_row(loop.name, *seconds, f"1 + {loop.epochs}", f"{loop.pairs / loop.median:,.0f}")
    console.print(table, "median of the epochs timed; one more of each, the first, is not counted", sep="\n")
    ratios = {"with": loops[0].median / loops[2].median, "without": loops[1].median / loops[2].median}
    console.print(f"with FactorizedTopK: {ratios['with']:.1f} x\nwithout: {ratios['without']:.1f} x")


if __name__ == "__main__":
    main()
