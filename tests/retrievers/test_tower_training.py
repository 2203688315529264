"""The loss of the towers is TensorFlow Recommenders' own, in fewer passes over the scores."""

from typing import Any

import numpy as np
import pytest


@pytest.fixture(scope="module")
def tf() -> Any:
    """TensorFlow as Shortlist sets it up."""
    from shortlist.engine.tensorflow import tf

    return tf


def test_the_loss_is_the_task_s(tf: Any) -> None:
    """Cross-entropy and gradient are those of `tfrs.tasks.Retrieval`, accidental hits and logQ included."""
    from shortlist.engine.tensorflow import tfrs
    from shortlist.retrievers import tower_training

    rng = np.random.default_rng(0)
    user, item = (tf.constant(rng.normal(scale=3, size=(size, 8)), tf.float32) for size in (20, 30))
    items = tf.constant(np.r_[[1, 1, 2], rng.integers(0, 12, 27)], tf.int32)
    found = []
    for ours in (True, False):
        task = tfrs.tasks.Retrieval(tower_training.cross_entropy if ours else None, remove_accidental_hits=not ours)
        ids = {"sample_weight": tower_training.no_accidental_hit(items, 20)} if ours else {"candidate_ids": items}
        with tf.GradientTape() as tape:
            tape.watch([user, item])
            loss = task(user, item, candidate_sampling_probability=tf.fill([30], 0.1), compute_metrics=False, **ids)
        found.append([loss, *tape.gradient(loss, [user, item])])
    for mine, wanted in zip(*found, strict=True):
        np.testing.assert_allclose(mine.numpy(), wanted.numpy(), rtol=1e-4, atol=1e-5)
