"""The shortcut over distinct ids gives the numbers of TensorFlow Recommenders and Keras."""

from typing import Any

import numpy as np
import pytest

PAIRS = 60


@pytest.fixture(scope="module")
def softmax() -> Any:
    """The module, imported only where needed: it imports TensorFlow."""
    from shortlist.retrievers import in_batch_softmax

    return in_batch_softmax


@pytest.fixture(scope="module")
def tf() -> Any:
    """TensorFlow as Shortlist sets it up."""
    from shortlist.engine.tensorflow import tf

    return tf


def _case(scale: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """User and item embeddings, and a batch in which both repeat; user 0 and item 0 are not in it."""
    rng = np.random.default_rng(0)
    users, items = rng.normal(scale=scale, size=(12, 8)), rng.normal(scale=scale, size=(9, 8))
    pairs = np.column_stack([rng.integers(1, 12, PAIRS), rng.integers(1, 9, PAIRS)])
    return users.astype(np.float32), items.astype(np.float32), pairs.astype(np.int32)


def _oracle(tf: Any, users: Any, items: Any, pairs: np.ndarray) -> tuple[Any, list[Any]]:
    """Loss of the tutorial's task on the pairs, and its gradients for both tables of embeddings."""
    from shortlist.engine.tensorflow import tfrs

    task = tfrs.tasks.Retrieval()
    with tf.GradientTape() as tape:
        user, item = tf.gather(users, pairs[:, 0]), tf.gather(items, pairs[:, 1])
        loss = task(user, item, compute_metrics=False)
    return loss, tape.gradient(loss, [users, items])


@pytest.mark.parametrize("scale", [0.05, 1.0, 6.0])
def test_loss_and_gradients_are_those_of_tfrs(softmax: Any, tf: Any, scale: float) -> None:
    """From tiny scores to some in the hundreds, whose exponentials no float32 can hold."""
    users, items, pairs = _case(scale)
    user_codes, user_of, user_count = np.unique(pairs[:, 0], return_inverse=True, return_counts=True)
    item_codes, item_of, item_count = np.unique(pairs[:, 1], return_inverse=True, return_counts=True)
    assert len(user_codes) < PAIRS
    assert len(item_codes) < PAIRS
    loss, *gradients = softmax.loss_and_gradients(
        tf.constant(users[user_codes]),
        tf.constant(items[item_codes]),
        tf.constant(user_count, tf.float32),
        tf.constant(item_count, tf.float32),
        tf.constant(user_of, tf.int32),
        tf.constant(item_of, tf.int32),
    )
    expected_loss, expected = _oracle(tf, tf.Variable(users), tf.Variable(items), pairs)
    assert float(loss) == pytest.approx(float(expected_loss), rel=1e-4)
    for gradient, wanted, codes in zip(gradients, expected, (user_codes, item_codes), strict=True):
        dense = tf.convert_to_tensor(wanted).numpy()[codes]
        np.testing.assert_allclose(gradient.numpy(), dense, rtol=1e-4, atol=1e-4 * np.abs(dense).max())


def test_steps_are_those_of_keras(softmax: Any, tf: Any) -> None:
    """After each of a few steps the embeddings are where Keras' own Adagrad takes them, also those not in the batch."""
    users, items, pairs = _case(0.3)
    towers = softmax.IdTowers(users, items, 0.1)
    tables = [tf.Variable(users), tf.Variable(items)]
    adagrad = tf.keras.optimizers.Adagrad(0.1)
    for batch in np.array_split(pairs, 3):
        loss, gradients = _oracle(tf, tables[0], tables[1], batch)
        adagrad.apply_gradients(zip(map(tf.convert_to_tensor, gradients), tables, strict=True))
        assert towers.step(batch) == pytest.approx(float(loss), rel=1e-4)
        np.testing.assert_allclose(towers.users.numpy(), tables[0].numpy(), rtol=1e-4, atol=1e-6)
        np.testing.assert_allclose(towers.items.numpy(), tables[1].numpy(), rtol=1e-4, atol=1e-6)
    np.testing.assert_array_equal(towers.users.numpy()[0], users[0])
    assert np.abs(towers.users.numpy() - users).max() > 0.05


def test_its_towers_are_the_embeddings(softmax: Any, tf: Any) -> None:
    """The vector of a code is its row of the table."""
    users, items, _ = _case(0.3)
    towers = softmax.IdTowers(users, items, 0.1)
    np.testing.assert_array_equal(towers.user(tf.constant([3, 0])).numpy(), users[[3, 0]])
    np.testing.assert_array_equal(towers.item(tf.constant([8, 8, 1])).numpy(), items[[8, 8, 1]])
