"""Gaps are counted, and gaps that come together are named together."""

import numpy as np
import pandas as pd
from tests.pages.texts import english

from shortlist.studies.eda.missing import absent_together, missing


def test_columns_missing_in_the_same_rows_are_one_block():
    """A column with other gaps stands alone; one without gaps is left out."""
    table = pd.DataFrame({"a": [1, np.nan], "b": [np.nan, 1], "c": [2, np.nan], "d": [1, 1]})
    assert absent_together(table) == {("a", "c"): 0.5, ("b",): 0.5}


def test_gaps_that_meet_more_than_chance_are_seen(rng, log_of):
    """Items of even number are taken by users without the field."""
    odd = np.arange(200) % 2
    users = np.repeat(np.arange(200), 5)
    items = 2 * rng.integers(40, size=1000) + odd[users]
    table = pd.DataFrame({"x": np.where(odd, 1.0, np.nan), "y": np.where(odd, 2.0, np.nan), "z": rng.normal(size=200)})
    finding = missing(log_of(users, items, table), 99, rng)
    assert finding.words[0].en == "50% of the users lack x, y, always together."
    assert finding.words[0].ko == "사용자의 50%에서 x, y 값이 늘 함께 빠져 있습니다."
    (row,) = english(finding.table)
    assert row[:2] == ["x, y (user)", "50.0%"]
    assert float(row[4]) > 1.5
    assert float(row[6]) == 0.01


def test_nothing_missing_is_said(checkerboard, rng):
    """No columns, no gaps, no chart."""
    finding = missing(checkerboard, 9, rng)
    assert [text.en for text in finding.words] == ["No attribute is missing."]
    assert finding.figure is None
