"""Evaluation of the same lists: `metrics.per_user`, and recall by RecTools and ranx."""

import numpy as np

from peers.running import PeerError
from shortlist.config.paths import Paths
from shortlist.data.dataset import Dataset
from speed.options import Options
from speed.stage import Contender, Stage
from speed.task import Outcome

N, KS = 100, (5, 100)


def same_recall(ours: Outcome, theirs: Outcome) -> str:
    """Every user's recall must be the same at every k."""
    for name, values in ours.items():
        if not np.allclose(values, theirs[name], atol=1e-6):
            raise PeerError(f"gives another {name}: {theirs[name].mean():.6f}, ours {values.mean():.6f}")
    return "same recall of every user"


def made_lists(dataset: Dataset, scored: np.ndarray, n: int) -> np.ndarray:
    """(m, n) distinct items in chance order, a third of a user's own among them."""
    rng = np.random.default_rng(0)
    order = rng.random((len(scored), len(dataset.items)), dtype=np.float32)
    own = dataset.matrix()[scored].tocoo()
    found = rng.random(len(own.row)) < 1 / 3
    order[own.row[found], own.col[found]] *= n / len(dataset.items)
    first = np.argpartition(order, n - 1, axis=1)[:, :n]
    ranks = np.argsort(np.take_along_axis(order, first, axis=1), axis=1)
    return np.take_along_axis(first, ranks, axis=1).astype(np.int32)


def stages(options: Options) -> list[Stage]:
    """See `bench.GROUPS`."""
    dataset = Dataset.load(Paths(options.competition).dataset)
    shape, n = (len(dataset.users), len(dataset.items)), min(N, len(dataset.items))
    scored = np.unique(dataset.pairs[:, 0])
    ks = [min(k, n) for k in KS]
    task = {"pairs": dataset.pairs, "shape": shape, "scored": scored, "lists": made_lists(dataset, scored, n), "ks": ks}
    contenders = (
        Contender("metrics.per_user, 7 metrics", "ours.evaluation", "ours"),
        Contender("RecTools Recall", "rectools_calls.evaluation", environment="rectools", compared=True),
        Contender("ranx evaluate, recall", "ranx_calls.evaluation", environment="ranx", compared=True),
    )
    size = f"{len(scored):,} lists of {n}, k = {', '.join(map(str, ks))}"
    return [Stage("evaluation", size, "users", len(scored), contenders, task, same_recall)]
