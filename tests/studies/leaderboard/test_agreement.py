"""Rank correlation of offline and public scores, and how uncertain it is."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import kendalltau, spearmanr

from shortlist.studies.leaderboard.agreement import FEWEST, agreement

few = settings(deadline=None, max_examples=25, derandomize=True)
scores = st.lists(st.integers(1, 6), min_size=2, max_size=9)


@few
@given(data=st.data(), offline=scores)
def test_correlations_are_scipy_s(data: st.DataObject, offline: list[int]) -> None:
    """With ties too; none where all scores of one kind are equal."""
    public = data.draw(st.lists(st.integers(1, 6), min_size=len(offline), max_size=len(offline)))
    found = agreement(offline, public)
    if len(set(offline)) == 1 or len(set(public)) == 1:
        assert found.spearman is found.kendall is None
        assert (found.low, found.high, found.chance) == (-1, 1, 1)
        assert not found.trusted
    else:
        assert found.spearman == pytest.approx(spearmanr(offline, public).statistic)
        assert found.kendall == pytest.approx(kendalltau(offline, public).statistic)
        assert found.spearman is not None
        assert found.low - 0.05 <= found.spearman <= found.high + 0.05


@pytest.mark.parametrize("n", [0, 1])
def test_one_submission_has_no_order(n: int) -> None:
    """Nor has none."""
    found = agreement([0.1] * n, [0.2] * n)
    assert found.spearman is None
    assert not found.trusted
    assert not found.contradicted


@pytest.mark.parametrize("n", [2, 3])
def test_so_few_say_nothing(n: int) -> None:
    """A perfect order of two or three is no proof: the interval holds zero, and no scheme is trusted."""
    found = agreement(range(n), range(n))
    assert found.spearman == pytest.approx(1)
    assert found.low < 0
    assert not found.trusted
    assert found.chance == pytest.approx(1 / 2 if n == 2 else 1 / 6)


@pytest.mark.parametrize("n", [4, 5, 6])
def test_the_chance_is_exact_for_few(n: int) -> None:
    """The share of all orders that agree as well, counted one by one with SciPy's correlation."""
    public = [1, 0, *range(2, n)]
    observed = spearmanr(range(n), public).statistic
    every = [spearmanr(range(n), order).statistic for order in permutations(public)]
    assert agreement(range(n), public).chance == pytest.approx(np.mean([one >= observed - 1e-9 for one in every]))


def test_trust_grows_with_submissions() -> None:
    """In perfect order, four are not enough, five are; and the other way round they contradict."""
    lows = [agreement(range(n), range(n)).low for n in range(FEWEST, 12)]
    assert lows == sorted(lows)
    assert [agreement(range(n), range(n)).trusted for n in (4, 5, 8)] == [False, True, True]
    against = agreement(range(8), range(8, 0, -1))
    assert against.contradicted
    assert not against.trusted
    assert (against.low, against.high) == pytest.approx((-1, -agreement(range(8), range(8)).low), abs=0.05)


@pytest.mark.parametrize("correlation", [-0.6, 0.0, 0.9])
def test_the_interval_covers_the_truth(correlation: float) -> None:
    """Of 25 drawn ledgers of 6 submissions each, the 95 % interval holds the true rank correlation in at least 21."""
    rng = np.random.default_rng(0)
    truth = 6 / np.pi * np.arcsin(correlation / 2)
    held = 0
    for _ in range(25):
        first, noise = rng.standard_normal((2, 6))
        drawn = agreement(first, correlation * first + np.sqrt(1 - correlation**2) * noise)
        held += drawn.low <= truth <= drawn.high
    assert held >= 21
