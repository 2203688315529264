"""Long histories and audiences are compared with a part of theirs: the latest members, or an even selection."""

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st

from shortlist.rerank.members import bounded


@given(st.lists(st.lists(st.integers(1, 50), max_size=30, unique=True), min_size=1, max_size=6), st.integers(1, 8))
def test_the_largest_entries_are_kept(rows: list[list[int]], most: int) -> None:
    """As many as there may be of each list, in the order of the columns."""
    dense = np.zeros((len(rows), 60))
    for number, values in enumerate(rows):
        dense[number, : len(values)] = values
    kept = bounded(sp.csr_matrix(dense), most).toarray()
    for values, row in zip(rows, kept, strict=True):
        assert sorted(row[row > 0]) == sorted(values)[-most:]
    assert ((kept == dense) | (kept == 0)).all()


@pytest.mark.parametrize("length", [65, 100, 128, 1000])
def test_among_equals_the_selection_is_even(length: int) -> None:
    """No stretch of the list without a member is much longer than the others."""
    kept = bounded(sp.csr_matrix(np.ones((1, length))), 64).indices
    assert len(kept) == 64
    gaps = np.diff(np.concatenate([[-1], kept, [length]]))
    assert gaps.max() <= 2 * np.ceil(length / 64)


def test_lists_that_are_short_enough_stay_as_they_are() -> None:
    """To the last bit: features of small competitions do not change."""
    matrix = sp.csr_matrix(sp.random(20, 30, density=0.3, random_state=0))
    assert bounded(matrix, 30) is matrix
