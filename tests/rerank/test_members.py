"""Similarities to the members of a list, and what they come to, against dense matrices and loops."""

from unittest.mock import patch

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.rerank.loops_of_pairs import summary

from shortlist.common.arrays import FloatArray, IntArray
from shortlist.rerank import members
from shortlist.rerank.members import cosines, dots, looked_up, over, scaled


def drawn(seed: int, rows: int = 9, columns: int = 12) -> sp.csr_matrix:
    """Sparse rows of small whole numbers; the first is empty."""
    rng = np.random.default_rng(seed)
    dense = rng.integers(1, 9, (rows, columns)) * (rng.random((rows, columns)) < 0.4)
    dense[0] = 0
    return sp.csr_matrix(dense.astype(np.float32))


def asked(seed: int, rows: int = 9, others: int = 9, number: int = 40) -> tuple[IntArray, IntArray]:
    """Pairs in any order."""
    rng = np.random.default_rng(seed)
    one, two = rng.integers(0, rows, number), rng.integers(0, others, number)
    return one.astype(np.int32), two.astype(np.int32)


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10_000), chunk=st.integers(1, 50))
def test_a_summary_is_what_loops_give(seed: int, chunk: int) -> None:
    """Ties, unknown similarities, members that are the other itself and lists without members included."""
    lists, (rows, others) = drawn(seed), asked(seed, others=12)
    alike = np.random.default_rng(seed).integers(0, 5, (12, 12)).astype(np.float32)
    alike[alike == 4] = np.nan

    def similarity(one: IntArray, other: IntArray) -> FloatArray:
        return alike[one, other]

    with patch.object(members, "CHUNK", chunk):
        found = over(lists, rows, others, similarity)
    values = [
        [float(alike[one, other]) for one in lists[row].indices if one != other]
        for row, other in zip(rows, others, strict=True)
    ]
    for name, column in summary(values).items():
        np.testing.assert_allclose(getattr(found, name), column, rtol=1e-6, err_msg=name)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), bounds=st.tuples(*[st.integers(1, 60)] * 3), sort=st.booleans())
def test_sparse_rows_are_compared_as_dense_ones(seed: int, bounds: tuple[int, int, int], sort: bool) -> None:
    """However few rows are made dense at once, and in whatever order they are asked for."""
    left, right = drawn(seed), drawn(seed + 1)
    rows, others = asked(seed)
    if sort:
        others = np.sort(others)
    with patch.multiple(members, DENSE=bounds[0], FETCHED=1 + bounds[1] // 8, CHUNK=bounds[2]):
        products = dots(left, right, rows, others)
        entries = looked_up(right.__getitem__, 12)(rows, others)
    whole = right.toarray()
    np.testing.assert_array_equal(products, (left.toarray()[rows] * whole[others]).sum(axis=1))
    np.testing.assert_array_equal(entries, whole[others, rows])


@pytest.mark.parametrize("at_once", [1, 7, 1000])
def test_cosines_of_vectors(at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Against NumPy's norms; a vector of nothing is like no other."""
    vectors = np.random.default_rng(0).normal(size=(9, 4)).astype(np.float32)
    vectors[3] = 0
    rows, others = asked(1)
    monkeypatch.setattr(members, "VECTORS", at_once)
    found = cosines(vectors)(rows, others)
    for value, one, two in zip(found, rows, others, strict=True):
        length = np.linalg.norm(vectors[one]) * np.linalg.norm(vectors[two])
        assert value == pytest.approx(vectors[one] @ vectors[two] / length if length else 0, abs=1e-6)


def test_a_similarity_is_scaled_by_either_side() -> None:
    """The first number is the member's, the second the other's."""
    rows, others = asked(2)
    ones, numbers = looked_up(lambda few: sp.csr_matrix(np.ones((len(few), 9), np.float32)), 9), np.arange(9.0)
    both = scaled(ones, numbers.astype(np.float32), (10 * numbers).astype(np.float32))
    np.testing.assert_array_equal(both(rows, others), 10 * rows * others)
    np.testing.assert_array_equal(scaled(ones, None, numbers.astype(np.float32))(rows, others), others)
