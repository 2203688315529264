"""Exact top N for all users: `topk.recommend`, faiss, implicit, and the matrix products alone."""

import numpy as np

from peers.running import PeerError
from shortlist.config.paths import Paths
from shortlist.data.dataset import Dataset
from speed.options import Options
from speed.stage import Contender, Stage
from speed.task import Outcome

DIMENSIONS, N = 64, 100

SAME = 0.999
"""Share of the places in the lists that must hold the same item: sums of another order swap near ties."""


def same_lists(ours: Outcome, theirs: Outcome) -> str:
    """How many places of the lists hold the same item."""
    share = float((ours["items"] == theirs["items"]).mean())
    if share < SAME:
        raise PeerError(f"gives other lists: only {share:.1%} of the places agree")
    return f"{share:.2%} of the places agree"


def stages(options: Options) -> list[Stage]:
    """See `bench.GROUPS`."""
    dataset, rng = Dataset.load(Paths(options.competition).dataset), np.random.default_rng(0)
    shape = len(dataset.users), len(dataset.items)
    users, items = (rng.normal(size=(count, DIMENSIONS)).astype(np.float32) for count in shape)
    # So many that everybody has as many items left: what stands in further places is not the same everywhere.
    n = min(N, shape[1] - int(np.bincount(dataset.pairs[:, 0]).max()))
    contenders = (
        Contender("topk.recommend", "ours.top_n", "ours"),
        Contender("faiss IndexFlatIP, then NumPy", "faiss_calls.top_n", compared=True, environment="faiss"),
        Contender("implicit.cpu.topk", "implicit_calls.top_n", compared=True),
        Contender("its matrix products alone", "limits.top_n_products", "limit", goal=0.5),
    )
    task = {"users": users, "items": items, "pairs": dataset.pairs, "shape": shape, "n": n}
    size = f"{shape[0]:,} users x {shape[1]:,} items x {DIMENSIONS}, {n} each"
    return [Stage("exact top N", size, "users", shape[0], contenders, task, same_lists)]
