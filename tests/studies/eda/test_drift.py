"""Dates: closeness of those who meet, activity by month, and times of the pairs."""

import numpy as np
import pandas as pd
from tests.pages.texts import by_name

from shortlist.studies.eda.drift import closeness, date_columns, pair_times


def test_planted_closeness_is_found(tasteful, rng):
    """Users of one kind joined within 20 days of each other and take the same items."""
    assert date_columns(tasteful.user_table) == ["joined"]
    finding = closeness(tasteful, "user", "joined", 199, rng)
    assert "lie closer than chance in joined" in finding.words[0].en
    assert "joined 날짜는 우연보다 가깝습니다" in finding.words[0].ko
    assert by_name(finding.numbers)["within 7 days, over chance"] > 2


def test_dates_at_random_are_no_closer_than_chance(rng, log_of):
    """Some dates are missing; they count for nothing."""
    dates = pd.Series(pd.Timestamp("2020-01-01") + pd.to_timedelta(rng.integers(300, size=200), "D"))
    dates[:30] = pd.NaT
    users, items = rng.integers(200, size=2000), rng.integers(100, size=2000)
    finding = closeness(log_of(users, items, pd.DataFrame({"made": dates})), "user", "made", 199, rng)
    assert "no closer than chance" in finding.words[0].en
    assert "우연보다 가깝지 않습니다" in finding.words[0].ko


def test_all_dates_missing(rng, log_of):
    """A column of nothing but gaps gives a section all the same."""
    table = pd.DataFrame({"made": pd.Series([pd.NaT] * 50, dtype="datetime64[ns]")})
    finding = closeness(log_of(np.arange(100) % 50, np.arange(100) // 5, table), "user", "made", 9, rng)
    assert finding.words[1].en == "No row has a date."


def test_times_of_pairs(rng, checkerboard, log_of):
    """Three quarters of the pairs in the last quarter of the time; a log without times says so."""
    order = np.concatenate([np.linspace(0, 75, 100), np.linspace(76, 100, 300)])
    finding = pair_times(log_of(np.arange(400) % 100, np.arange(400) // 4, order=order))
    assert "holds 75% of the pairs" in finding.words[0].en
    assert "쌍의 75%" in finding.words[0].ko
    assert "no times" in pair_times(checkerboard).words[0].en
