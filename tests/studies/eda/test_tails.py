"""How unequal the counts are."""

import numpy as np

from shortlist.studies.eda.tails import lorenz, tails


def test_lorenz_curve_adds_up_from_the_coldest():
    """From nothing to everything."""
    assert lorenz(np.array([3, 1, 0])).tolist() == [0, 0, 0.25, 1]


def test_finding_counts_both_sides(lonely):
    """A user and an item without pairs are counted as such."""
    finding = tails(lonely)
    assert [row[5] for row in finding.table[1:]] == ["1", "1"]
    assert 0 < finding.numbers["Gini of items"] < 1
