"""Cohorts learn from earlier users only."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from tests.validation.splitters.logs import by_user, datasets, few, folds_and_seeds, folds_of, quota, shares

from shortlist.data.dataset import Dataset
from shortlist.errors import ConfigError
from shortlist.validation.splitters.cohort import Cohort


def windows_of(dataset: Dataset, column: str, folds: int) -> list[int]:
    """Window of each user: users in the order of `column`, missing first, cut into folds + 1 equal parts."""
    values = dataset.user_table[column]
    order = sorted(range(len(values)), key=lambda user: (pd.notna(values[user]), values[user], user))
    window = [0] * len(order)
    for place, user in enumerate(order):
        window[user] = place * (folds + 1) // len(order)
    return window


@pytest.mark.parametrize("column", ["updated", "career"])
@few
@given(dataset=datasets(), hidden=shares, **folds_and_seeds)
def test_cohort_never_learns_from_later_users(
    column: str, dataset: Dataset, hidden: float, folds: int, seed: int
) -> None:
    """Fold i scores users of window i+1 only, and trains on nobody of a later window but on all the earlier ones."""
    window = np.array(windows_of(dataset, column, folds))[dataset.events.user]
    for fold in folds_of(Cohort(date=column, folds=folds, seed=seed, hidden=hidden), dataset):
        assert set(window[fold.test]) == {fold.number}
        assert window[fold.train].max() <= fold.number
        assert set(np.flatnonzero(window <= fold.number)) == {*fold.train, *fold.test}


@few
@given(dataset=datasets(), hidden=shares, **folds_and_seeds)
def test_cohort_windows_are_ordered_by_date(dataset: Dataset, hidden: float, folds: int, seed: int) -> None:
    """A scored user's date is no earlier than that of any user of the folds before, nor than those only learnt from."""
    dates = dataset.user_table["updated"].fillna(pd.Timestamp.min).to_numpy()
    before = set[int]()
    for fold in folds_of(Cohort(date="updated", folds=folds, seed=seed, hidden=hidden), dataset):
        scored = by_user(dataset, fold.test)
        if before:
            assert dates[list(scored)].min() >= dates[list(before)].max()
        before |= scored.keys()


@few
@given(dataset=datasets(), hidden=shares, **folds_and_seeds)
def test_cohort_hides_the_share_of_every_scored_user(dataset: Dataset, hidden: float, folds: int, seed: int) -> None:
    """In the scored window the rule is holdout's: round(hidden n) of n, never all."""
    for fold in folds_of(Cohort(date="updated", folds=folds, seed=seed, hidden=hidden), dataset):
        train = by_user(dataset, fold.train)
        for user, own in by_user(dataset, fold.test).items():
            assert len(own) == quota(len(own) + len(train[user]), hidden)


def test_cohort_needs_its_column(made: Dataset) -> None:
    """A column that is not there is named, beside those that are."""
    with pytest.raises(ConfigError, match=r"no column 'updatd_date'; its columns: .*updated_date") as error:
        list(Cohort(date="updatd_date").split(made))
    assert "\n" not in str(error.value)


def test_cohort_needs_a_user_table(checkerboard: Dataset) -> None:
    """Pairs alone have no dates of users."""
    with pytest.raises(ConfigError, match="its columns: none"):
        list(Cohort(date="updated_date").split(checkerboard))


@pytest.mark.parametrize("column", ["text_keyword", "degree"])
def test_cohort_needs_a_date_or_number(made: Dataset, column: str) -> None:
    """Words and categories have no order that means time."""
    with pytest.raises(ConfigError, match=f"'{column}' is neither a date nor a number"):
        list(Cohort(date=column).split(made))
