"""Timelines learn from the past only."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.validation.splitters.logs import datasets, few, folds_and_seeds, folds_of, times_of

from shortlist.data.dataset import Dataset
from shortlist.errors import ConfigError, DataError
from shortlist.validation.splitters.last_days import LastDays
from shortlist.validation.splitters.timeline import Timeline


@few
@given(dataset=datasets(timed=True), gap=st.sampled_from([0.0, 1.0, 2.5, 8.0]), **folds_and_seeds)
def test_timeline_trains_on_the_past_only(dataset: Dataset, gap: float, folds: int, seed: int) -> None:
    """Every pair earlier than the scored window less the gap is trained on, and no other."""
    for fold in folds_of(Timeline(folds=folds, seed=seed, gap=gap), dataset):
        start = times_of(dataset)[fold.test].min()
        np.testing.assert_array_equal(fold.train, np.flatnonzero(times_of(dataset) < start - gap))


@few
@given(dataset=datasets(timed=True), **folds_and_seeds)
def test_timeline_windows_follow_each_other(dataset: Dataset, folds: int, seed: int) -> None:
    """A fold's scored window ends before the next one's begins; the last one reaches the end."""
    times = [times_of(dataset)[fold.test] for fold in folds_of(Timeline(folds=folds, seed=seed), dataset)]
    assert all(early.max() < late.min() for early, late in pairwise(times))
    assert times[-1].max() == times_of(dataset).max()
    scored = sum(map(len, times))
    assert scored == (times_of(dataset) >= times[0].min()).sum()


def test_timeline_windows_are_equal_without_ties() -> None:
    """With distinct times, each of the K windows holds one (K+1)-th of the pairs."""
    pairs = pd.DataFrame({"user": [f"u{n % 7}" for n in range(60)], "item": [f"i{n}" for n in range(60)]})
    dataset = Dataset.from_events(pairs, time=np.random.default_rng(0).permutation(60))
    assert [len(fold.test) for fold in Timeline(folds=5).scored.split(dataset)] == pytest.approx([10] * 5, abs=1)


def test_timeline_needs_times(made: Dataset) -> None:
    """Without times it fails, and names what works without."""
    with pytest.raises(ConfigError, match=r"no times; .* use holdout") as error:
        list(Timeline().scored.split(made))
    assert "\n" not in str(error.value)


def test_timeline_says_how_many_distinct_times_there_are() -> None:
    """A log of two days cannot be cut into four windows: the number is in the line, and what would do."""
    ids = pd.DataFrame({"user": [f"u{n % 7}" for n in range(60)], "item": [f"i{n}" for n in range(60)]})
    dataset = Dataset.from_events(ids, time=np.arange(60) % 2)
    with pytest.raises(DataError, match=r"^scheme timeline: there are 2 distinct times, 3 folds need 4 at least"):
        list(Timeline(folds=3).scored.split(dataset))


@few
@given(
    dataset=datasets(timed=True, repeated=True), window=st.sampled_from([1.0, 3.0, 8.0]),
    gap=st.sampled_from([0.0, 2.0]), **folds_and_seeds,
)  # fmt: skip
def test_a_timeline_with_a_window_is_the_last_days(
    dataset: Dataset, window: float, gap: float, folds: int, seed: int
) -> None:
    """The scored windows have the length that was asked for, rolling back from the end."""
    found = folds_of(Timeline(folds=folds, seed=seed, window=window, gap=gap), dataset)
    for fold, other in zip(found, LastDays(folds=folds, window=window, gap=gap).scored.split(dataset), strict=True):
        np.testing.assert_array_equal(fold.train, other.train)
        np.testing.assert_array_equal(fold.test, other.test)
