"""Models of irspack, with the settings of its documentation but for the number of factors and neighbours."""

from collections.abc import Callable
from typing import Any

import numpy as np
from irspack import IALSRecommender, RP3betaRecommender  # type: ignore[import-not-found]  # in its own environment
from scipy.sparse import csr_matrix

from peers.event_log import EventLog, best, blocks
from peers.exchange import IntArray, Peer, Task

PACKAGES = ("irspack", "numpy", "scipy")

MODELS: dict[str, Callable[[csr_matrix, Task], Any]] = {
    "ials": lambda counts, task: IALSRecommender(
        counts, n_components=64, alpha0=0.1, reg=0.003, train_epochs=16, random_seed=task.seed, n_threads=task.threads
    ),
    "rp3beta": lambda counts, task: RP3betaRecommender(counts, top_k=200, n_threads=task.threads),
}


class IrspackPeer:
    """A model of irspack on the counts of events."""

    def __init__(self, name: str, task: Task) -> None:
        self.task = task
        self.model = MODELS[name](EventLog.load(task).events.matrix(), task)

    def fit(self) -> None:
        """See `Peer.fit`."""
        self.model.learn()

    def predict(self) -> IntArray:
        """See `Peer.predict`."""
        lists = [best(np.asarray(self.model.get_score(some)), self.task.length) for some in blocks(self.task.users)]
        return np.concatenate(lists)


def make(name: str, task: Task) -> Peer:
    """See `Adapter.make`."""
    return IrspackPeer(name, task)
