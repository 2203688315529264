"""The whole chain, from the organiser's files to the CSV: `make submission`, the notebook's method, the tutorial."""

from shortlist.config import load_competition
from shortlist.dataset import Dataset
from shortlist.paths import Paths
from speed.options import Options
from speed.stage import Contender, Stage

PROMISED = {"dacon_236170": 600.0}
"""Seconds that the whole run of a competition may take on two cores."""


def stages(options: Options) -> list[Stage]:
    """See `bench.GROUPS`. Once each, without a warm-up: it takes minutes and starts all its processes itself."""
    paths = Paths(options.competition)
    dataset, competition = Dataset.load(paths.dataset), load_competition(paths.config)
    methods = f"{len(competition.retrievers)} retrievers, {len(competition.rerankers)} rerankers"
    contenders = [
        Contender(f"make submission: {methods}, all folds", "chain.submission", "ours"),
        Contender("organiser's notebook: one method, no folds", "chain.organiser"),
        Contender("tutorial in Keras: one method, no folds", "chain.tutorial"),
    ]
    task: dict[str, str | float] = {"competition": options.competition}
    if promised := PROMISED.get(options.competition):
        contenders.append(Contender(f"limit of {promised / 60:.0f} minutes", "limits.promised", "limit"))
        task["promised"] = promised
    size = f"{len(dataset.users):,} users, {len(dataset.items):,} items, {len(dataset):,} pairs"
    return [Stage("whole chain", size, "users", len(dataset.users), tuple(contenders), task, repeats=1, warm_up=False)]
