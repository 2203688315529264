"""How unequal the counts are."""

import numpy as np
import pytest

from shortlist.eda.tails import gini, lorenz, tails


def test_gini_of_equal_and_of_one_for_all():
    """0 where all have the same; 1 - 1/n where one has them all; 1/3 for the even spread 0 ... n."""
    assert gini(np.full(10, 4)) == pytest.approx(0)
    assert gini(np.array([0] * 9 + [5])) == pytest.approx(0.9)
    assert gini(np.arange(1001)) == pytest.approx(1 / 3, abs=0.001)


def test_lorenz_curve_adds_up_from_the_coldest():
    """From nothing to everything."""
    assert lorenz(np.array([3, 1, 0])).tolist() == [0, 0, 0.25, 1]


def test_finding_counts_both_sides(lonely):
    """A user and an item without pairs are counted as such."""
    finding = tails(lonely)
    assert [row[5] for row in finding.table[1:]] == ["1", "1"]
    assert 0 < finding.numbers["Gini of items"] < 1
