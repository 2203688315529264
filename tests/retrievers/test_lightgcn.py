"""LightGCN's propagation and loss against dense NumPy and TensorFlow Recommenders."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from shortlist.data.dataset import Dataset
from shortlist.retrievers.registry import make_retriever


@pytest.fixture(scope="module")
def training() -> Any:
    """The module, imported only where needed: it imports TensorFlow."""
    from shortlist.retrievers import graph_training

    return graph_training


@pytest.fixture(scope="module")
def trainer(training: Any, lonely: Dataset) -> Any:
    """Not trained yet, two layers on the synthetic sample; user 0 and item 0 have no pairs."""
    settings = training.GraphSettings(
        dimensions=6, layers=2, ode=False, epochs=1, batch_size=500, learning_rate=0.01, temperature=0.5
    )
    return training.GraphTrainer(lonely, settings, np.random.default_rng(0))


def _dense(dataset: Dataset) -> np.ndarray:
    """The normalised adjacency of users and items together: D^-1/2 A D^-1/2."""
    pairs = dataset.matrix().toarray()
    users = len(pairs)
    adjacency = np.zeros((sum(pairs.shape),) * 2)
    adjacency[:users, users:], adjacency[users:, :users] = pairs, pairs.T
    root = np.sqrt(np.maximum(adjacency.sum(axis=0), 1))
    return adjacency / root[:, None] / root


@pytest.mark.parametrize(("layers", "ode"), [(1, False), (3, False), (3, True)])
def test_propagation_is_its_dense_definition(
    training: Any, trainer: Any, lonely: Dataset, layers: int, ode: bool
) -> None:
    """Layer k is A^k E, or (I + A)^k E as the Euler steps of dE/dt = A E; the result is the mean with E itself."""
    settings = replace(trainer.settings, layers=layers, ode=ode)
    found = training.propagate(trainer.graph, *trainer.embeddings, settings)
    start = np.concatenate([embeddings.numpy() for embeddings in trainer.embeddings])
    once = _dense(lonely) + (np.eye(len(start)) if ode else 0)
    expected = np.mean([np.linalg.matrix_power(once, k) @ start for k in range(layers + 1)], axis=0)
    np.testing.assert_allclose(np.concatenate([part.numpy() for part in found]), expected, rtol=1e-4, atol=1e-6)


def test_the_loss_is_that_of_tfrs(trainer: Any, lonely: Dataset) -> None:
    """Of all pairs as one batch: `tfrs.tasks.Retrieval` with the logQ correction for each item's share of the pairs.

    But for one number: there the correction is also in the score of the pair itself, where no gradient sees it.
    """
    from shortlist.engine.tensorflow import tf, tfrs

    users, items = trainer.vectors()
    user, item = lonely.pairs.T
    share = np.bincount(item) / len(lonely)
    task = tfrs.tasks.Retrieval(temperature=0.5)
    probability = tf.constant(share[item], tf.float32)
    expected = task(users[user], items[item], candidate_sampling_probability=probability, compute_metrics=False)
    trainer.settings = replace(trainer.settings, batch_size=len(lonely))
    constant = np.log(share[item]).mean()
    assert next(trainer.train()) == pytest.approx(float(expected) / len(lonely) - constant, rel=1e-4)
    assert np.abs(trainer.vectors()[0] - users).max() > 0.001  # and a step was taken


def test_training_lowers_the_loss_and_ranks(lonely: Dataset) -> None:
    """Users come nearer to the items that they have than to others, and the vectors have length 1 or 0."""
    model = make_retriever("lightgcn", {"dimensions": 16, "epochs": 15, "batch_size": 200}, seed=1).fit(lonely)
    scores = model.score(np.arange(len(lonely.users), dtype=np.int32))
    held = lonely.matrix().toarray() > 0
    assert scores[held].mean() > scores[~held].mean() + 0.3
    assert np.linalg.norm(model.item_vectors_, axis=1) == pytest.approx(1, abs=1e-5)  # type: ignore[attr-defined]
