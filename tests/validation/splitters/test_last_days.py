"""The last days against a plain loop over events."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.validation.splitters.logs import datasets, few, folds_of, made, times_of

from shortlist.data.dataset import Dataset
from shortlist.errors import ConfigError, DataError
from shortlist.validation.splitters.last_days import LastDays


@pytest.mark.parametrize("repeats", [False, True])
@few
@given(
    dataset=datasets(timed=True, repeated=True), folds=st.integers(1, 4), window=st.sampled_from([1, 2.5, 7]),
    gap=st.sampled_from([0, 1, 3.5]),
)  # fmt: skip
def test_windows_roll_back_from_the_end(repeats: bool, dataset: Dataset, folds: int, window: float, gap: float) -> None:
    """Fold K has the newest; each takes the events after its start up to its end, and learns from those before it."""
    time = times_of(dataset).tolist()
    for fold in folds_of(LastDays(folds=folds, window=window, gap=gap), dataset, repeats):
        end = max(time) - (folds - fold.number) * window
        start = end - window
        assert fold.test.tolist() == [row for row, when in enumerate(time) if start < when <= end]
        assert fold.train.tolist() == [row for row, when in enumerate(time) if when <= start - gap]


def log(days: list[int]) -> Dataset:
    """An event on each of some days."""
    ids = pd.DataFrame(
        {"user": [f"u{n % 5}" for n, _ in enumerate(days)], "item": [f"i{n % 9}" for n in range(len(days))]}
    )
    return Dataset.from_events(ids, time=days)


def test_whole_days_are_whole_windows() -> None:
    """Of days 1 to 30, "7d" is days 24 to 30; a gap of a day leaves day 23 out."""
    dataset = log(list(range(1, 31)))
    (fold,) = made("last_days", folds=1, window="7d", gap="1d").scored.split(dataset)
    assert sorted(times_of(dataset)[fold.test].tolist()) == list(range(24, 31))
    assert times_of(dataset)[fold.train].max() == 22


@pytest.mark.parametrize(
    ("days", "message"),
    [
        ([1, 2] * 30, "there are 2 distinct times, the first and the last 1 apart; 3 windows of 7 need 21; use fewer"),
        (list(range(20)), "there are 20 distinct times, the first and the last 19 apart; 3 windows of 7 need 21"),
        ([*range(10), *range(40, 50), *range(59, 66)], r"fold 2 of 3 has 20 .* and 0 to score; there are 27 distinct"),
    ],
    ids=["two days", "too short", "a hole"],
)
def test_a_log_that_is_too_short_is_told_so(days: list[int], message: str) -> None:
    """In one line with what there is and what would be needed."""
    with pytest.raises(DataError, match=f"^scheme last_days: {message}") as error:
        list(LastDays(folds=3, window=7).scored.split(log(days)))
    assert "\n" not in str(error.value)


def test_without_times_there_are_no_last_days(checkerboard: Dataset) -> None:
    """It fails, and names what works without."""
    with pytest.raises(ConfigError, match=r"^scheme last_days: the log has no times; .* use holdout or kfold") as error:
        list(LastDays(window=7).scored.split(checkerboard))
    assert "\n" not in str(error.value)


def test_a_user_whose_first_event_is_in_the_window_is_asked_without_history() -> None:
    """As in a submission that asks for new users."""
    ids = pd.DataFrame({"user": [*"aaab"], "item": [*"xyzx"]})
    dataset = Dataset.from_events(ids, time=[1, 5, 9, 10])
    (fold,) = LastDays(folds=1, window=3).scored.split(dataset)
    users = dataset.users.ids[dataset.events.user]
    assert set(users[fold.test]) == {"a", "b"}
    assert set(users[fold.train]) == {"a"}
    np.testing.assert_array_equal(times_of(dataset)[fold.train], [1, 5])
