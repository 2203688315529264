"""How unequal the counts are."""

import numpy as np
import pytest
from tests.pages.texts import by_name, english

from shortlist.studies.eda.tails import Spread, lorenz, tails


def test_lorenz_curve_adds_up_from_the_coldest():
    """From nothing to everything."""
    assert lorenz(np.array([3, 1, 0])).tolist() == [0, 0, 0.25, 1]


def test_finding_counts_both_sides(lonely):
    """A user and an item without pairs are counted as such."""
    finding = tails(lonely)
    assert [row[5] for row in english(finding.table)] == ["1", "1"]
    assert 0 < by_name(finding.numbers)["Gini of items"] < 1


def test_what_is_hot_and_cold_is_counted():
    """Ten rows with 0 to 9 pairs: one has none, three are cold, and the hottest has a fifth of all."""
    spread = Spread(np.arange(10))
    assert (spread.none, spread.cold) == (1, 3)
    assert spread.hottest == pytest.approx(0.2)
