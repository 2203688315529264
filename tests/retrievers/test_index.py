"""Both ways to search give the largest inner products."""

import sys
from importlib.util import find_spec

import numpy as np
import pytest

from shortlist.data.candidates import NO_ITEM
from shortlist.errors import ConfigError
from shortlist.retrievers import index
from shortlist.retrievers.index import ItemIndex, Search

needs_scann = pytest.mark.skipif(
    find_spec("scann") is None, reason="ScaNN is not installed: it is released for Linux only"
)


def _unit(rng: np.random.Generator, n: int) -> np.ndarray:
    vectors = rng.normal(size=(n, 16)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def _best(queries: np.ndarray, vectors: np.ndarray, n: int) -> np.ndarray:
    """The n best by sorting every product."""
    return np.argsort(-(queries @ vectors.T), axis=1, kind="stable")[:, :n]


def _recall(found: np.ndarray, best: np.ndarray) -> float:
    return float(np.mean([len(set(row) & set(wanted)) / len(wanted) for row, wanted in zip(found, best, strict=True)]))


@pytest.fixture(scope="module")
def vectors() -> np.ndarray:
    """5,000 random directions."""
    return _unit(np.random.default_rng(0), 5000)


@pytest.fixture(scope="module")
def queries() -> np.ndarray:
    """40 more."""
    return _unit(np.random.default_rng(1), 40)


@pytest.mark.parametrize("search", ["exact", "auto"])
def test_exact_search_is_exact(search: Search, vectors: np.ndarray, queries: np.ndarray) -> None:
    """So few items are searched by a product and a sort, whether exact search was asked for or not."""
    found, scores = ItemIndex(vectors, search).search(queries, 10)
    assert found.dtype == np.int32
    assert scores.dtype == np.float32
    np.testing.assert_array_equal(found, _best(queries, vectors, 10))
    np.testing.assert_allclose(scores, -np.sort(-(queries @ vectors.T), axis=1)[:, :10], rtol=1e-5)


@pytest.mark.parametrize("search", ["exact", pytest.param("scann", marks=needs_scann)])
def test_more_than_there_are_ends_in_nothing(search: Search, queries: np.ndarray) -> None:
    """Rows have the length asked for; places beyond the last item hold `NO_ITEM` and -inf."""
    vectors = _unit(np.random.default_rng(2), 30)
    found, scores = ItemIndex(vectors, search).search(queries, 33)
    assert found.shape == scores.shape == (40, 33)
    np.testing.assert_array_equal(np.sort(found[:, :30], axis=1), np.tile(np.arange(30), (40, 1)))
    assert (found[:, 30:] == NO_ITEM).all()
    assert (scores[:, 30:] == -np.inf).all()


@needs_scann
def test_scann_finds_most_of_the_best(vectors: np.ndarray, queries: np.ndarray) -> None:
    """At least nine tenths of the exact ten best, best first, with the exact products as scores."""
    found, scores = ItemIndex(vectors, "scann").search(queries, 10)
    assert found.dtype == np.int32
    assert scores.dtype == np.float32
    assert _recall(found, _best(queries, vectors, 10)) >= 0.9
    assert (np.diff(scores, axis=1) <= 0).all()
    np.testing.assert_allclose(scores, np.take_along_axis(queries @ vectors.T, found, axis=1), rtol=1e-4, atol=1e-6)


@needs_scann
def test_scann_gives_long_lists(vectors: np.ndarray, queries: np.ndarray) -> None:
    """A user who has seen a thousand items needs more than a thousand: all distinct, and still most of the best."""
    found, _ = ItemIndex(vectors, "scann").search(queries, 1500)
    assert all(len(set(row)) == 1500 for row in found.tolist())
    assert _recall(found, _best(queries, vectors, 1500)) >= 0.9


@needs_scann
def test_scann_with_partitions_repeats_nothing(queries: np.ndarray) -> None:
    """Where the searched partitions hold too few items, the row ends in `NO_ITEM`, not in the same item again."""
    vectors = _unit(np.random.default_rng(3), 10_000)
    found, scores = ItemIndex(vectors, "scann").search(queries, 1000)
    for row, score in zip(found, scores, strict=True):
        items = row[row != NO_ITEM]
        assert len(set(items.tolist())) == len(items)
        assert (score[row == NO_ITEM] == -np.inf).all()


@needs_scann
def test_auto_takes_scann_for_many_items(
    monkeypatch: pytest.MonkeyPatch, vectors: np.ndarray, queries: np.ndarray
) -> None:
    """From `EXACT_BELOW` items on, `auto` searches as `scann` does; one item fewer, and it is exact."""
    approximate = _unit(np.random.default_rng(4), 10_000)  # partitioned, so that it misses some of the best
    expected = _best(queries, approximate, 10)
    for bound, is_exact in ((10_001, True), (10_000, False)):
        monkeypatch.setattr(index, "EXACT_BELOW", bound)
        found, _ = ItemIndex(approximate).search(queries, 10)
        assert np.array_equal(found, expected) == is_exact


def test_scann_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch, vectors: np.ndarray) -> None:
    """Who asks for ScaNN where there is none is told so in one line, with what works instead."""
    monkeypatch.setitem(sys.modules, "scann", None)
    with pytest.raises(ConfigError, match=r"ScaNN is not installed .* use search = 'exact'") as error:
        ItemIndex(vectors, "scann")
    assert "\n" not in str(error.value)


def test_auto_does_without_scann(monkeypatch: pytest.MonkeyPatch, vectors: np.ndarray, queries: np.ndarray) -> None:
    """`auto` is exact at any size where ScaNN is missing."""
    monkeypatch.setitem(sys.modules, "scann", None)
    monkeypatch.setattr(index, "EXACT_BELOW", 10)
    found, _ = ItemIndex(vectors).search(queries, 10)
    np.testing.assert_array_equal(found, _best(queries, vectors, 10))
