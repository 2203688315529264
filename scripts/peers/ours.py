"""Shortlist's own models as rows of the benchmark."""

import tempfile
from pathlib import Path

import numpy as np

from peers.exchange import IntArray, Peer, Task
from shortlist.config.competition import BLEND, Competition, load_competition
from shortlist.config.paths import Paths
from shortlist.data.dataset import Dataset
from shortlist.pipeline import rerank as stacking
from shortlist.pipeline.cross_validate import cross_validate
from shortlist.pipeline.train import load_final, train
from shortlist.retrievers.base import Retriever, make_retriever
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
        self.competition = competition.model_copy(update={"validation": only})
        self.folder = tempfile.TemporaryDirectory()
        self.paths = Paths(task.competition, Path(self.folder.name))
        Dataset.load(Paths(task.competition).dataset).take(task.rows).save(self.paths.dataset)

    def fit(self) -> None:
        """See `Peer.fit`."""
        paths, competition = self.paths, self.competition
        for name in competition.retrievers:
            cross_validate(paths, competition, name)
            train(paths, competition, name)
        stacking.cross_validate_blend(paths, competition)
        stacking.train_blend(paths, competition)
        if self.name == BLEND:
            return
        folds = stacking.stacking_folds(competition, Dataset.load(paths.dataset))
        for part in (*(str(fold.number) for fold in folds), stacking.FINAL):
            stacking.make_table(paths, competition, part)
        stacking.train_reranker(paths, competition, self.name)

    def predict(self) -> IntArray:
        """See `Peer.predict`."""
        return load_final(self.paths, self.name).items[self.task.users]


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
