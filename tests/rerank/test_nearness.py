"""Sums of how near dates are, against loops."""

import math

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from shortlist.rerank.nearness import Nearness

TAUS = (0.5, 30)

DAYS = st.lists(st.sampled_from([math.nan, 0, 1, 1.25, 2, 40, 41, 20_000]), max_size=12)


@settings(max_examples=60, deadline=None)
@given(days=DAYS, lists=st.lists(st.sets(st.integers(0, 11)), min_size=1, max_size=4))
def test_sums_are_those_of_a_loop(days: list[float], lists: list[set[int]]) -> None:
    """For every list and every user's date; members of one date count each, those without a date do not."""
    members = np.array([[user in one for user in range(len(days))] for one in lists], dtype=np.float32)
    near = Nearness(sp.csr_matrix(members.reshape(len(lists), len(days))), np.array(days, dtype=float), TAUS)
    rows, users = (part.ravel() for part in np.mgrid[: len(lists), : len(days)])
    found = near.at(rows, users)
    assert found.shape == (len(TAUS), len(rows))
    for n, (row, user) in enumerate(zip(rows, users, strict=True)):
        known = [days[one] for one in lists[row] if one < len(days) and not math.isnan(days[one])]
        assert near.number[row] == len(known)
        for tau, value in zip(TAUS, found[:, n], strict=True):
            expected = math.nan if math.isnan(days[user]) else sum(math.exp(-abs(d - days[user]) / tau) for d in known)
            assert value == pytest.approx(expected, rel=1e-4, abs=1e-6, nan_ok=True)


def test_a_long_list_is_summed_to_its_end() -> None:
    """A thousand members a day apart: far more than one doubling, and each sum is a geometric series."""
    days = np.arange(1000, dtype=float)
    near = Nearness(sp.csr_matrix(np.ones((1, 1000), dtype=np.float32)), days, (200,))
    ratio = math.exp(-1 / 200)
    series = lambda length: (1 - ratio**length) / (1 - ratio)  # noqa: E731
    expected = [series(day + 1) + series(1000 - day) - 1 for day in range(1000)]
    np.testing.assert_allclose(near.at(np.zeros(1000, int), np.arange(1000))[0], expected, rtol=1e-4)
