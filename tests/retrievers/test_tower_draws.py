"""Members of long lists are drawn at each step, none twice, each as likely as the next, and short lists whole."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st


@pytest.fixture(scope="module")
def tf() -> Any:
    """TensorFlow as Shortlist sets it up."""
    from shortlist.engine.tensorflow import tf

    return tf


def _drawn(tf: Any, lists: list[list[int]], codes: list[int], most: int, seed: int) -> np.ndarray:
    from shortlist.retrievers.tower_draws import draw

    ragged = tf.RaggedTensor.from_row_lengths(
        np.concatenate([np.array(one, np.int32) for one in lists]), np.array([len(one) for one in lists], np.int32)
    )
    return draw(ragged, tf.constant(codes, tf.int32), most, tf.constant([seed, 7])).numpy()


@settings(max_examples=60, deadline=None)
@given(
    lengths=st.lists(st.integers(0, 40), min_size=1, max_size=6),
    codes=st.lists(st.integers(0, 5), min_size=1, max_size=8),
    most=st.integers(1, 45),
    seed=st.integers(0, 2**31 - 1),
)
def test_a_draw_is_of_the_list_and_without_repeats(
    tf: Any, lengths: list[int], codes: list[int], most: int, seed: int
) -> None:
    """min(most, length) different members of the list asked for, every one of a short list; then nobody."""
    lengths = [*lengths, 1]
    starts = np.concatenate([[0], np.cumsum(lengths)])
    lists = [list(range(start, start + length)) for start, length in zip(starts, lengths, strict=False)]
    codes = [code % len(lists) for code in codes]
    drawn = _drawn(tf, lists, codes, most, seed)
    assert drawn.shape == (len(codes), most)
    for row, code in zip(drawn, codes, strict=True):
        size = min(most, len(lists[code]))
        assert len(set(row[:size]) & set(lists[code])) == size
        assert (row[size:] == -1).all()
    np.testing.assert_array_equal(drawn, _drawn(tf, lists, codes, most, seed))


@pytest.mark.parametrize(("length", "most"), [(7, 5), (10, 5), (100, 9)])
def test_each_member_is_as_likely(tf: Any, length: int, most: int) -> None:
    """Over many draws each is there most / length of the times, within 5 standard errors; no two draws need agree."""
    draws = 20_000
    drawn = _drawn(tf, [[], list(range(length))], [1] * draws, most, 3)
    share = np.bincount(drawn.ravel(), minlength=length) / draws
    error = np.sqrt(most / length * (1 - most / length) / draws)
    np.testing.assert_allclose(share, most / length, atol=5 * error)
    assert len(np.unique(np.sort(drawn, axis=1), axis=0)) >= length


def test_numbers_stay_below_their_bound(tf: Any) -> None:
    """Also where the product of the bound and a chance just below 1 is rounded up to it."""
    from shortlist.retrievers.tower_draws import below

    bounds = tf.constant([0, 1, 5, 2**24 + 1, 2**30 + 1])
    chance = np.nextafter(np.float32(1), np.float32(0))
    assert (below(bounds, tf.constant(chance)) <= tf.maximum(bounds - 1, 0)).numpy().all()
    assert (below(bounds, tf.constant(0.0)).numpy() == 0).all()


@given(st.data())
@settings(max_examples=30, deadline=None)
def test_both_sums_and_their_gradients_are_those_of_a_loop(tf: Any, data: st.DataObject) -> None:
    """Rows in any order within a segment, segments without any, codes that repeat in several, no codes at all."""
    from shortlist.retrievers import tower_draws

    size = st.lists(st.integers(0, 6), max_size=5, unique=True)
    segments = data.draw(st.lists(size, min_size=1, max_size=5))
    codes = np.array([code for one in segments for code in one], np.int32)
    places = np.repeat(np.arange(len(segments)), [len(one) for one in segments]).astype(np.int32)
    rng = np.random.default_rng(0)
    table, upstream = rng.normal(size=(7, 3)), rng.normal(size=(len(segments), 3))
    gradient = np.zeros_like(table)
    np.add.at(gradient, codes, upstream[places])
    for add in (tower_draws.summed_by_rows, tower_draws.summed_by_table):
        variable = tf.Variable(table, dtype=tf.float32)
        with tf.GradientTape() as tape:
            found = add(variable, tf.constant(codes), tf.constant(places), tf.constant(len(segments)))
            loss = tf.reduce_sum(found * upstream.astype(np.float32))
        np.testing.assert_allclose(found, [table[np.array(one, int)].sum(axis=0) for one in segments], atol=1e-5)
        np.testing.assert_allclose(tf.convert_to_tensor(tape.gradient(loss, variable)), gradient, atol=1e-5)
