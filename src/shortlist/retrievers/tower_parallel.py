"""Training of one two-tower model by several processes, which may be on several machines."""

import json
import os

import numpy as np

from shortlist.common.arrays import FloatArray, IntArray
from shortlist.retrievers.tower_training import TowerSettings, Trainer
from shortlist.retrievers.towers import Inputs

Shared = tuple[dict[str, np.ndarray], IntArray, TowerSettings, list[int]]
"""The arrays of the towers' inputs, the pairs, the settings, and the seed of the training."""


def train_together(shared: Shared, place: int, addresses: list[str]) -> dict[str, FloatArray]:
    """The part of one process, by `tf.distribute.MultiWorkerMirroredStrategy`; the weights are the same in all.

    Args:
        shared: see `Shared`.
        place: of this process among the addresses.
        addresses: "host:port" where each process listens. TensorFlow reads them from the environment.
    """
    task = {"type": "worker", "index": place}
    os.environ["TF_CONFIG"] = json.dumps({"cluster": {"worker": addresses}, "task": task})
    from shortlist.engine.tensorflow import tf

    arrays, pairs, settings, seed = shared
    with tf.distribute.MultiWorkerMirroredStrategy().scope():
        trainer = Trainer(Inputs.of_arrays(arrays), pairs, settings)
        for _ in trainer.train(np.random.default_rng(seed)):
            pass
        return trainer.weights()
