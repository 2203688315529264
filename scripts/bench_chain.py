"""From the organiser's files to the CSV: `make submission`, and the notebook's and the tutorial's method alone."""

from typing import Any

from bench_neighbours import shared
from shortlist.config.load import load_competition
from shortlist.config.paths import Paths
from shortlist.data.dataset import Dataset
from speed.options import Options
from speed.stage import Contender, Stage

SHORT = 3
"""Turns of a chain with one method and no folds."""

PROMISED = {"dacon_236170": 600.0}
"""Seconds that the whole run of a competition may take on two cores."""


def stages(options: Options) -> list[Stage]:
    """See `bench.GROUPS`. The whole chain runs once, without a warm-up: it takes minutes."""
    paths = Paths(options.competition)
    dataset, competition = Dataset.load(paths.dataset), load_competition(paths.config)
    size = f"{len(dataset.users):,} users, {len(dataset.items):,} items, {len(dataset):,} pairs"
    task: dict[str, str | float] = {"competition": options.competition}

    def stage(name: str, contenders: list[Contender], more: dict[str, str | float], **how: Any) -> Stage:
        return Stage(name, size, "users", len(dataset.users), tuple(contenders), task | more, **how)

    methods = f"{len(competition.retrievers)} retrievers, {len(competition.rerankers)} rerankers"
    chain = [Contender(f"make submission: {methods}, all folds", "chain.submission", "ours")]
    promised = PROMISED.get(options.competition)
    if promised:
        chain.append(Contender(f"limit of {promised / 60:.0f} minutes", "limits.promised", "limit"))
    notebook = [
        Contender("user_knn", "chain.one_method", "ours"),
        Contender("organiser's notebook", "chain.organiser", compared=True),
    ]
    tutorial = [
        Contender("two_tower_id", "chain.one_method", "ours"),
        Contender("tutorial in Keras, without its metric", "chain.tutorial"),
    ]
    return [
        stage("whole chain", chain, {"promised": promised} if promised else {}, repeats=1, warm_up=False),
        stage("files to CSV, notebook's method", notebook, {"method": "user_knn"}, agree=shared, repeats=SHORT),
        stage("files to CSV, tutorial's method", tutorial, {"method": "two_tower_id"}, repeats=SHORT),
    ]
