"""The models of Cornac that need no PyTorch.

RecBole and Cornac's LightGCN are left out: they need PyTorch, whose ordinary Linux package brings several GB of CUDA
libraries, and the builds without them are only had by naming another package index.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from cornac.data import Dataset
from cornac.models import BPR, EASE

from peers.exchange import IntArray, Peer, Task

PACKAGES = ("cornac", "numpy")

MODELS: dict[str, Callable[[Task], Any]] = {
    "ease": lambda task: EASE(lamb=100, posB=False, verbose=False, seed=task.seed),
    # The settings are those of implicit's BPR. No seed: with one, Cornac trains on one thread only.
    "bpr": lambda task: BPR(k=100, max_iter=1000, learning_rate=0.1, lambda_reg=0.01, num_threads=task.threads),
}


class CornacPeer:
    """A model of Cornac."""

    def __init__(self, model: Any, task: Task) -> None:
        self.model, self.task = model, task
        # Maps of our codes to themselves: Cornac would number users and items by their first pair.
        users, items = ({code: code for code in range(size)} for size in task.shape)
        triples = [(user, item, 1.0) for user, item in task.pairs.tolist()]
        self.data = Dataset.build(triples, global_uid_map=users, global_iid_map=items)

    def fit(self) -> None:
        """See `Peer.fit`."""
        self.model.fit(self.data)

    def predict(self) -> IntArray:
        """See `Peer.predict`; Cornac scores one user at a time."""
        length = self.task.length
        items = np.empty((len(self.task.users), length), dtype=np.int32)
        for row, user in enumerate(self.task.users.tolist()):
            scores = np.asarray(self.model.score(user)).ravel()
            best = np.argpartition(-scores, length - 1)[:length]
            items[row] = best[np.argsort(-scores[best], kind="stable")]
        return items


def make(name: str, task: Task) -> Peer:
    """See `Adapter.make`."""
    return CornacPeer(MODELS[name](task), task)
