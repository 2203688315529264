"""The models of `implicit`."""

from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.sparse as sp
from implicit.cpu.als import AlternatingLeastSquares
from implicit.cpu.bpr import BayesianPersonalizedRanking
from implicit.nearest_neighbours import CosineRecommender
from threadpoolctl import threadpool_limits

from peers.exchange import IntArray, Peer, Task

PACKAGES = ("implicit", "numpy", "scipy")

MODELS: dict[str, Callable[[Task], Any]] = {
    # The best of the settings tried on Dacon 236170; so are BPR's.
    "als": lambda task: AlternatingLeastSquares(
        factors=128, regularization=5, alpha=40, num_threads=task.threads, random_state=task.seed
    ),
    # With its defaults, 100 epochs at a learning rate of 0.01, it has hardly begun to learn from so few pairs.
    "bpr": lambda task: BayesianPersonalizedRanking(
        iterations=1000, learning_rate=0.1, num_threads=task.threads, random_state=task.seed
    ),
    "item_knn": lambda task: CosineRecommender(K=100, num_threads=task.threads),
}


class ImplicitPeer:
    """A model of `implicit`."""

    def __init__(self, model: Any, task: Task) -> None:
        self.model, self.task = model, task
        ones = np.ones(len(task.pairs), dtype=np.float32)
        self.matrix = sp.csr_matrix((ones, (task.pairs[:, 0], task.pairs[:, 1])), shape=task.shape)

    def fit(self) -> None:
        """See `Peer.fit`."""
        # implicit has threads of its own and asks for a BLAS without.
        with threadpool_limits(1, "blas"):
            self.model.fit(self.matrix, show_progress=False)

    def predict(self) -> IntArray:
        """See `Peer.predict`."""
        users = self.task.users
        with threadpool_limits(1, "blas"):
            items, _ = self.model.recommend(
                users, self.matrix[users], N=self.task.length, filter_already_liked_items=False
            )
        return np.asarray(items)


def make(name: str, task: Task) -> Peer:
    """See `Adapter.make`."""
    return ImplicitPeer(MODELS[name](task), task)
