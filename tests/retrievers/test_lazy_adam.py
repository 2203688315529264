"""The rows that a step touches move as Adam says; the others stay."""

from typing import Any

import numpy as np
import pytest


@pytest.fixture(scope="module")
def tf() -> Any:
    """TensorFlow as Shortlist sets it up."""
    from shortlist.engine.tensorflow import tf

    return tf


def test_touched_rows_move_as_with_keras_and_others_stay(tf: Any) -> None:
    """Rows with a gradient at every step, repeated ones summed, are where dense Adam takes them."""
    from shortlist.retrievers.lazy_adam import LazyAdam

    rng = np.random.default_rng(0)
    start = rng.normal(size=(6, 3)).astype(np.float32)
    table, dense = tf.Variable(start), tf.Variable(start)
    lazy, keras = LazyAdam(0.1), tf.keras.optimizers.legacy.Adam(0.1)
    for codes in ([4, 1, 4], [1, 4], [4, 1, 1]):
        gradient = tf.IndexedSlices(
            tf.constant(rng.normal(size=(len(codes), 3)), tf.float32), tf.constant(codes), (6, 3)
        )
        lazy.apply_gradients([(gradient, table)])
        keras.apply_gradients([(tf.convert_to_tensor(gradient), dense)])
    np.testing.assert_allclose(table.numpy()[[1, 4]], dense.numpy()[[1, 4]], rtol=1e-5)
    np.testing.assert_array_equal(table.numpy()[[0, 2, 3, 5]], start[[0, 2, 3, 5]])
    lazy.apply_gradients([(tf.IndexedSlices(tf.ones((1, 3)), tf.constant([2]), (6, 3)), table)])
    np.testing.assert_allclose(table.numpy()[[1, 4]], dense.numpy()[[1, 4]], rtol=1e-5)
    assert (table.numpy()[2] < start[2]).all()


def test_dense_gradients_are_keras_s(tf: Any) -> None:
    """To the bit."""
    from shortlist.retrievers.lazy_adam import LazyAdam

    values = np.random.default_rng(0).normal(size=(2, 4, 3)).astype(np.float32)
    tables = [tf.Variable(values[0]) for _ in range(2)]
    for optimizer, table in zip((LazyAdam(0.1), tf.keras.optimizers.legacy.Adam(0.1)), tables, strict=True):
        optimizer.apply_gradients([(tf.constant(values[1]), table)])
    np.testing.assert_array_equal(tables[0].numpy(), tables[1].numpy())
