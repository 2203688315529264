"""Neighbours of items and of users, from the pairs to everybody's list."""

from shortlist.config.paths import Paths
from shortlist.data.dataset import Dataset
from speed.options import Options
from speed.stage import Contender, Stage
from speed.task import Outcome

NEIGHBOURS, N = 100, 100


def shared(ours: Outcome, theirs: Outcome) -> str:
    """How many places among the first five hold the same item; formulas and ties differ a little."""
    share = float((ours["items"][:, :5] == theirs["items"][:, :5]).mean())
    return f"{share:.0%} of the first 5 places agree; equal similarities are ordered in other ways"


def stages(options: Options) -> list[Stage]:
    """See `bench.GROUPS`."""
    folder = Paths(options.competition).dataset
    dataset = Dataset.load(folder)
    shape = len(dataset.users), len(dataset.items)
    task = {
        "dataset": str(folder.resolve()),
        "pairs": dataset.pairs,
        "shape": shape,
        "neighbours": NEIGHBOURS,
        "n": min(N, shape[1]),
    }
    size = f"{shape[0]:,} users, {shape[1]:,} items, {len(dataset):,} pairs, {task['n']} each"
    by_item = (
        Contender(f"ItemKNN, {NEIGHBOURS} neighbours", "ours.item_neighbours", "ours"),
        Contender("implicit CosineRecommender", "implicit_calls.item_neighbours", compared=True),
        Contender(
            "sparse_dot_topn, then NumPy",
            "sparse_dot_topn_calls.item_neighbours",
            compared=True,
            environment="sparse_dot_topn",
        ),
    )
    by_user = (
        Contender("UserKNN", "ours.user_neighbours", "ours"),
        Contender("organiser's notebook, dense", "baseline.user_cosine", compared=True),
    )
    return [
        Stage("item neighbours", size, "users", shape[0], by_item, task, shared),
        Stage("user neighbours", size, "users", shape[0], by_user, task, shared),
    ]
