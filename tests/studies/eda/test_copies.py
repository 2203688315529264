"""Rows with equal attributes are found, and whether they stand together is tested."""

import numpy as np
import pandas as pd
from tests.pages.texts import by_name

from shortlist.studies.eda.copies import copies, copy_groups


def test_rows_are_copies_if_all_but_dates_are_equal():
    """Two missing values are equal, a different word is not."""
    table = pd.DataFrame({
        "a": pd.Categorical(["x", "x", "y", None, None]),
        "n": [1.0, 1.0, 1.0, np.nan, np.nan],
        "made": pd.date_range("2020-01-01", periods=5),
    })  # fmt: skip
    first, second, third, *last = copy_groups(table)
    assert first == second
    assert last[0] == last[1]
    assert len({first, third, last[0]}) == 3


def test_without_columns_no_row_is_a_copy():
    """An empty table does not make all rows equal."""
    assert copy_groups(pd.DataFrame(index=range(3))).tolist() == [0, 1, 2]


def test_planted_copies_share_their_users(rng, log_of):
    """Items stand in twos with equal attributes, and a user who has one has the other."""
    twin = np.arange(200) // 2
    users = np.repeat(np.arange(300), 6)
    chosen = rng.integers(100, size=(300, 3))
    items = (2 * chosen[:, :, None] + np.arange(2)).reshape(-1)
    finding = copies(log_of(users, items, item_table=pd.DataFrame({"twin": twin.astype(float)})), 99, rng)
    numbers = by_name(finding.numbers)
    assert numbers["items that have a copy"] == 200
    assert numbers["items: copies together, over chance"] > 10
    assert finding.words[0].en.startswith("200 items have a copy")
    assert finding.words[0].ko.startswith("아이템 200개에 복사본이 있고, 복사본 둘이 함께 나오는 일은")


def test_copies_at_random_are_no_more_together_than_chance(rng, log_of):
    """The same attributes on a log without any taste."""
    table = pd.DataFrame({"twin": np.arange(200) // 4 * 1.0})
    users, items = rng.integers(300, size=2000), rng.integers(200, size=2000)
    finding = copies(log_of(users, items, item_table=table), 99, rng)
    assert "found together no more often than chance gives" in finding.words[0].en
    assert "우연보다 자주 함께 나오지는 않습니다" in finding.words[0].ko


def test_without_copies_it_is_said(random_log, rng):
    """No table and no picture, for users nor items."""
    finding = copies(random_log, 9, rng)
    assert finding.words[0].en == "No two items have all attributes equal; no two users have all attributes equal."
    assert finding.figure is None
    assert finding.table is None
