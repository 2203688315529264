"""Two-tower training, pairs per second: our loops, Keras's `fit` of the tutorial's model, the matrix products alone."""

from peers.running import PeerError
from shortlist.config.paths import Paths
from shortlist.data.dataset import Dataset
from shortlist.retrievers.two_tower_id import TwoTowerId
from speed.options import Options
from speed.stage import Contender, Stage
from speed.task import Outcome

TOLERANCE = 1e-4
"""Relative, of losses that should be the same."""


def same_steps(ours: Outcome, theirs: Outcome) -> str:
    """Whether two steps from the same start had the same losses."""
    difference = float(abs(theirs["losses"] / ours["losses"] - 1).max())
    if not difference <= TOLERANCE:
        raise PeerError(f"does not do the same steps: losses differ by {difference:.1e} of their size")
    return f"same losses, but for {difference:.0e}"


def stages(options: Options) -> list[Stage]:
    """See `bench.GROUPS`."""
    folder = Paths(options.competition).dataset
    dataset, model = Dataset.load(folder), TwoTowerId()
    size = min(model.batch_size, len(dataset))
    task = {
        "dataset": str(folder.resolve()),
        "pairs": dataset.pairs,
        "batch_size": size,
        "dimensions": model.dimensions,
    }
    contenders = (
        Contender("two_tower_id", "training.two_tower_id", "ours"),
        Contender("Keras fit with FactorizedTopK", "training.keras_with_metric", goal=100, most=3, compared=True),
        Contender("Keras fit without it", "training.keras_without_metric", goal=3, compared=True),
        Contender("its matrix products alone", "limits.training_products", "limit", goal=None),
        Contender("two_tower: histories, features", "training.two_tower", "also", goal=None),
    )
    about = f"an epoch, batches of {size:,}, {model.dimensions} dimensions"
    return [Stage("training, tutorial's two-tower", about, "pairs", len(dataset), contenders, task, same_steps)]
