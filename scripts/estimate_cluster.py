"""What a run on a cluster would take and cost, from rates that are measured here, and the model behind the figures.

The two-tower model alone, with `audience = false`, as fits such sizes. Every pair is learnt from `epochs` times by each
of `seeds` models in each fit; the fits are those of the folds, on their visible pairs, and the one on all pairs. Then
every user of a fold, and in the end every user, is held against all items, by ScaNN from 100,000 items on. One thread
learns from so many pairs, and holds so many users against so many items, in a second, measured here on synthetic data;
the work grows in proportion. Tasks (a fold, then a seed of the last fit, then 16,384 users) are independent, so that
the wall time of each kind is its work over the threads of the cluster, but never less than its longest task; the files
are read by one process.

Run: PYTHONPATH=src .venv/bin/python scripts/estimate_cluster.py --users 100000000 --items 1000000 --threads 32
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from shortlist.data.dataset import Dataset
from shortlist.data.sample import SampleSize, write_sample
from shortlist.data.sources.dacon_jobs import DaconJobs
from shortlist.engine.threads import limited
from shortlist.retrievers.index import ItemIndex
from shortlist.retrievers.registry import make_retriever

MEASURED = SampleSize(users=20_000, items=6_000, pairs=200_000)
VISIBLE = 0.85  # of the pairs, on average over the folds of hold-out schemes and K-fold
GIB = 2**30


@dataclass(frozen=True)
class Rates:
    """What one thread of this machine does in a second.

    Attributes:
        read: pairs, from CSV to the dataset.
        learn: pairs that the two-tower is trained on.
        rank: users times items that they are held against.
    """

    read: float
    learn: float
    rank: float


@dataclass(frozen=True)
class Plan:
    """The run that is asked about."""

    users: int
    items: int
    pairs_per_user: float
    dimensions: int
    epochs: int
    seeds: int
    folds: int
    threads: int
    price: float

    @property
    def pairs(self) -> float:
        """Of all users."""
        return self.users * self.pairs_per_user


def seconds(do: Callable[[], object]) -> float:
    """Of a processor, in the second of two runs, as the first one warms up; what else the machine does is left out."""
    do()
    start = time.process_time()
    do()
    return time.process_time() - start


def measured(dimensions: int) -> Rates:
    """The rates of this machine, each with one thread."""
    with tempfile.TemporaryDirectory() as folder:
        write_sample(Path(folder), MEASURED, seed=0)
        dataset = DaconJobs().read(Path(folder) / "raw")
        read = seconds(lambda: DaconJobs().read(Path(folder) / "raw"))
    rng = np.random.default_rng(0)
    users, items = (rng.normal(size=(size, dimensions)).astype(np.float32) for size in (1024, 200_000))
    index = ItemIndex(items, "auto")
    rank = seconds(lambda: index.search(users, 200))
    learn = seconds(_epoch(dataset, dimensions))
    return Rates(len(dataset) / read, len(dataset) / learn, len(users) * len(items) / rank)


def _epoch(dataset: Dataset, dimensions: int) -> Callable[[], object]:
    from shortlist.retrievers.two_tower import TwoTower

    model = make_retriever("two_tower", {"dimensions": dimensions, "epochs": 1, "audience": False})
    assert isinstance(model, TwoTower)
    trainer = model.trainer(dataset)
    return lambda: list(trainer.train(np.random.default_rng(0)))


def estimate(plan: Plan, rates: Rates) -> list[tuple[str, float, float]]:
    """(part, hours of threads, hours on the clock)."""
    read = plan.pairs / rates.read / 3600
    seed = plan.epochs * plan.pairs / rates.learn / 3600
    rank = plan.users * plan.items / rates.rank / 3600
    fold = VISIBLE * plan.seeds * seed + rank  # one task
    parts = [
        ("read the files", read, read),
        ("folds", plan.folds * fold, fold * -(-plan.folds // plan.threads)),
        ("all pairs: learn", plan.seeds * seed, seed * -(-plan.seeds // plan.threads)),
        ("all pairs: rank", rank, rank / plan.threads),
    ]
    return [*parts, ("together", sum(work for _, work, _ in parts), sum(clock for _, _, clock in parts))]


def memory(plan: Plan) -> float:
    """Bytes of the process that needs most: pairs and their matrix, and the vectors of all seeds."""
    return plan.pairs * (8 + 8) + (plan.users + plan.items) * plan.dimensions * plan.seeds * 4


def main() -> None:
    """Print the estimate."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--users", type=int, default=100_000_000)
    parser.add_argument("--items", type=int, default=1_000_000)
    parser.add_argument("--pairs-per-user", type=float, default=10)
    parser.add_argument("--dimensions", type=int, default=64)
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--seeds", type=int, default=4)
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=32, help="processors of the cluster")
    parser.add_argument("--price", type=float, default=0.04, help="of one processor for an hour")
    plan = Plan(**vars(parser.parse_args()))
    with limited(1):
        rates = measured(plan.dimensions)
    print(
        f"one thread here: reads {rates.read:,.0f} pairs/s, learns from {rates.learn:,.0f} pairs/s, "
        f"ranks {rates.rank / 1e6:,.0f} million user x item/s\n"
        f"{plan.users:,} users x {plan.items:,} items, {plan.pairs:,.0f} pairs, {plan.folds} folds, "
        f"{plan.seeds} seeds, {plan.epochs} epochs, on {plan.threads:,} threads\n"
    )
    print(f"{'':26}{'thread hours':>14}{'hours':>10}")
    rows = estimate(plan, rates)
    for name, work, clock in rows:
        print(f"{name:26}{work:14,.1f}{clock:10,.1f}")
    paid = rows[-1][2] * plan.threads
    print(
        f"\ncost: {paid:,.0f} processor hours x {plan.price} = {paid * plan.price:,.0f}, the idle ones paid too\n"
        f"memory of the largest process: {memory(plan) / GIB:,.0f} GiB"
    )


if __name__ == "__main__":
    main()
