"""Shortlist's own models as rows of the benchmark."""

import tempfile
from pathlib import Path

import numpy as np

from peers.exchange import IntArray, Peer, Task
from shortlist.chain import leading_to, steps
from shortlist.config.competition import BLEND, Competition
from shortlist.config.load import load_competition
from shortlist.config.paths import Paths
from shortlist.data.dataset import Dataset
from shortlist.pipeline.results import load_final
from shortlist.pipeline.run import Run
from shortlist.retrievers.base import Retriever
from shortlist.retrievers.registry import make_retriever
from shortlist.retrievers.topk import BLOCK
from shortlist.retrievers.tower_model import TowerModel

PACKAGES = ("shortlist", "numpy", "scipy", "tensorflow")


class OurRetriever:
    """A retriever as competition.toml sets it up."""

    def __init__(self, retriever: Retriever, task: Task) -> None:
        self.retriever, self.task = retriever, task
        self.dataset = Dataset.load(Paths(task.competition).dataset).take(task.rows)
        if isinstance(retriever, TowerModel):
            import shortlist.engine.tensorflow  # noqa: F401 - imports are not timed

    def fit(self) -> None:
        """See `Peer.fit`."""
        self.retriever.fit(self.dataset)

    def predict(self) -> IntArray:
        """See `Peer.predict`."""
        users, length = self.task.users, self.task.length
        starts = range(0, len(users), BLOCK)
        return np.concatenate([self.retriever.candidates(users[at : at + BLOCK], length)[0] for at in starts])


class OurStack:
    """The blend or a reranker as competition.toml sets it up, learnt from the visible pairs and nothing else.

    Folds of the visible pairs are hidden once more to learn from, as `make submission` does with all pairs: what the
    benchmark hides takes part in no fold.
    """

    def __init__(self, name: str, competition: Competition, task: Task) -> None:
        self.name, self.task = name, task
        scheme = competition.first_scheme
        only = competition.validation.model_copy(update={"schemes": {scheme: competition.validation.schemes[scheme]}})
        self.folder = tempfile.TemporaryDirectory()
        paths = Paths(task.competition, Path(self.folder.name))
        self.run = Run.of(paths, competition.model_copy(update={"validation": only}), "0" if name == BLEND else "auto")
        Dataset.load(Paths(task.competition).dataset).take(task.rows).save(paths.dataset)

    def fit(self) -> None:
        """See `Peer.fit`."""
        made = self.run.paths.final(self.name)
        (last,) = [stage.name for stage, step in steps(self.run) if step.made == made]
        for stage, step in leading_to(self.run, [last]):
            if stage.name not in ("sample", "preprocess"):  # the dataset is there, without what is hidden
                stage.perform(self.run, step.value)

    def predict(self) -> IntArray:
        """See `Peer.predict`."""
        return load_final(self.run.paths, self.name).items[self.task.users]


def retriever(name: str, competition: Competition) -> Retriever:
    """The retriever of the table `name` in competition.toml, or of that kind with its defaults if there is no table.

    Raises:
        ConfigError: neither a table nor a kind.
    """
    kind, settings = competition.retriever(name) if name in competition.retrievers else (name, {})
    return make_retriever(kind, settings, seed=competition.seed)


def make(name: str, task: Task) -> Peer:
    """See `Adapter.make`."""
    competition = load_competition(Paths(task.competition).config)
    if name in (BLEND, *competition.rerankers):
        return OurStack(name, competition, task)
    return OurRetriever(retriever(name, competition), task)
