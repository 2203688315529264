"""EASE: ours, RecTools', and one inversion by LAPACK."""

import numpy as np

from peers.running import PeerError
from shortlist.config.paths import Paths
from shortlist.data.dataset import Dataset
from speed.options import Options
from speed.stage import Contender, Stage
from speed.task import Outcome

REGULARIZATION = 100.0

CORNER = 200
"""Items whose weights are compared."""

TOLERANCE = 1e-3
"""Of the weights, which are at most about 1."""


def same_weights(ours: Outcome, theirs: Outcome) -> str:
    """How far the weights are apart."""
    difference = float(np.abs(ours["weights"] - theirs["weights"]).max())
    if not difference <= TOLERANCE:
        raise PeerError(f"has other weights: they differ by {difference:.1e}")
    return f"same weights, but for {difference:.0e}"


def stages(options: Options) -> list[Stage]:
    """See `bench.GROUPS`."""
    folder = Paths(options.competition).dataset
    dataset = Dataset.load(folder)
    shape = len(dataset.users), len(dataset.items)
    task = {
        "dataset": str(folder.resolve()),
        "pairs": dataset.pairs,
        "shape": shape,
        "regularization": REGULARIZATION,
        "corner": np.unique(dataset.pairs[:, 1])[:CORNER],
    }
    contenders = (
        Contender("EASE.fit", "ours.ease", "ours"),
        Contender("RecTools EASEModel.fit", "rectools_calls.ease", environment="rectools", compared=True),
        Contender("one LAPACK inversion (getrf, getri)", "limits.inversion", "limit", goal=0.5),
        Contender("LAPACK, Cholesky (potrf, potri)", "limits.cholesky", "limit", goal=0.5),
    )
    return [
        Stage("EASE", f"{shape[1]:,} items, {len(dataset):,} pairs", "items", shape[1], contenders, task, same_weights)
    ]
