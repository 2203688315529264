"""TensorFlow Recommenders' tutorial "Basic retrieval" in plain Keras: its training loop, its brute-force layer."""

import numpy as np

from peers.exchange import IntArray, Peer, Task
from peers.tutorial import Tutorial, tutorial_batches
from shortlist.config.paths import Paths
from shortlist.data.dataset import Dataset
from shortlist.engine.tensorflow import tf, tfrs
from shortlist.retrievers.topk import BLOCK
from shortlist.retrievers.two_tower_id import TwoTowerId

PACKAGES = ("tensorflow", "tf-keras", "tensorflow-recommenders")


class KerasTutorial:
    """Trained without FactorizedTopK in the loop, for the epochs and batches that `two_tower_id` has as defaults."""

    def __init__(self, task: Task) -> None:
        tf.keras.utils.set_random_seed(task.seed)
        self.task = task
        self.dataset = Dataset.load(Paths(task.competition).dataset).take(task.rows)

    def fit(self) -> None:
        """See `Peer.fit`."""
        defaults = TwoTowerId()
        self.model = Tutorial(self.dataset, compute_metrics=False)
        batches = tutorial_batches(self.dataset, self.dataset.pairs, defaults.batch_size)
        self.model.fit(batches, epochs=defaults.epochs, verbose=0)

    def predict(self) -> IntArray:
        """See `Peer.predict`."""
        layer = tfrs.layers.factorized_top_k.BruteForce(self.model.users, k=self.task.length)
        layer.index(self.model.items(tf.constant(self.dataset.items.ids)))
        users = self.dataset.users.ids[self.task.users]
        blocks = (tf.constant(users[at : at + BLOCK]) for at in range(0, len(users), BLOCK))
        return np.concatenate([layer(block)[1].numpy() for block in blocks])


def make(name: str, task: Task) -> Peer:
    """See `Adapter.make`; there is one model."""
    return KerasTutorial(task)
