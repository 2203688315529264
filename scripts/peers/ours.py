"""Shortlist's own models as rows of the benchmark."""

import numpy as np

from peers.exchange import IntArray, Peer, Task
from shortlist.config import Competition, load_competition
from shortlist.dataset import Dataset
from shortlist.paths import Paths
from shortlist.retrievers.base import Retriever, make_retriever
from shortlist.retrievers.tower_model import TowerModel
from shortlist.topk import BLOCK

PACKAGES = ("shortlist", "numpy", "scipy", "tensorflow")


class OurRetriever:
    """A retriever as competition.toml sets it up."""

    def __init__(self, retriever: Retriever, task: Task) -> None:
        self.retriever, self.task = retriever, task
        self.dataset = Dataset.load(Paths(task.competition).dataset).take(task.rows)
        if isinstance(retriever, TowerModel):
            import shortlist.retrievers.tf_setup  # noqa: F401 - imports are not timed

    def fit(self) -> None:
        """See `Peer.fit`."""
        self.retriever.fit(self.dataset)

    def predict(self) -> IntArray:
        """See `Peer.predict`."""
        users, length = self.task.users, self.task.length
        starts = range(0, len(users), BLOCK)
        return np.concatenate([self.retriever.candidates(users[at : at + BLOCK], length)[0] for at in starts])


def retriever(name: str, competition: Competition) -> Retriever:
    """The retriever of the table `name` in competition.toml, or of that kind with its defaults if there is no table.

    Raises:
        ConfigError: neither a table nor a kind.
    """
    kind, settings = competition.retriever(name) if name in competition.retrievers else (name, {})
    return make_retriever(kind, settings, seed=competition.seed)


def make(name: str, task: Task) -> Peer:
    """See `Adapter.make`. A model that is no retriever (a blend, a reranker) gets its own class and a case here."""
    return OurRetriever(retriever(name, load_competition(Paths(task.competition).config)), task)
