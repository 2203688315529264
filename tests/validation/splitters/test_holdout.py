"""The hold-out hides the share that its rule says, evenly without times, the latest with them."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.validation.splitters.logs import (
    REQUIRED,
    by_user,
    datasets,
    few,
    folds_and_seeds,
    folds_of,
    quota,
    shares,
    times_of,
)

from shortlist.data.dataset import Dataset
from shortlist.validation.holdout_rule import Hiding
from shortlist.validation.registry import make_splitter
from shortlist.validation.splitters.holdout import Holdout


@few
@given(dataset=datasets(timed=False), hidden=shares, **folds_and_seeds)
def test_holdout_hides_the_share_of_every_user(dataset: Dataset, hidden: float, folds: int, seed: int) -> None:
    """Each fold hides exactly round(hidden n) of a user's n pairs, but never all, and shows all the others."""
    for fold in folds_of(Holdout(folds=folds, seed=seed, hidden=hidden), dataset):
        assert sorted([*fold.train, *fold.test]) == list(range(len(dataset)))
        test = by_user(dataset, fold.test)
        for user, own in by_user(dataset, np.arange(len(dataset))).items():
            assert len(test.get(user, [])) == quota(len(own), hidden)


@few
@given(dataset=datasets(timed=False), hidden=shares, **folds_and_seeds)
def test_holdout_hides_pairs_evenly(dataset: Dataset, hidden: float, folds: int, seed: int) -> None:
    """Over the folds, how often two pairs of a user are hidden differs by one at most."""
    times = np.zeros(len(dataset), dtype=int)
    for fold in folds_of(Holdout(folds=folds, seed=seed, hidden=hidden), dataset):
        times[fold.test] += 1
    for own in by_user(dataset, np.arange(len(dataset))).values():
        assert np.ptp(times[own]) <= 1


@pytest.mark.parametrize(
    "rule", [{"hidden": 1}, {"hidden": 2, "keep": 3}, {"rounding": "ceil"}, {"hidden": 0.1, "at_least": 1}], ids=str
)
@pytest.mark.parametrize("name", ["holdout", "cohort"])
@few
@given(dataset=datasets(), folds=st.integers(1, 4))
def test_what_is_hidden_of_a_scored_user_is_as_the_rule_says(
    name: str, rule: dict[str, Any], dataset: Dataset, folds: int
) -> None:
    """Leave-k-out, other roundings and minima reach the folds."""
    splitter = make_splitter(name, {**REQUIRED.get(name, {}), "folds": folds, **rule})
    for fold in folds_of(splitter, dataset):
        train = by_user(dataset, fold.train)
        for user, own in by_user(dataset, fold.test).items():
            assert [len(own)] == Hiding(**rule).quota(np.array([len(own) + len(train[user])])).tolist()


def test_holdout_draws_by_its_seed(made: Dataset) -> None:
    """Another seed hides other pairs."""
    first, second = (next(Holdout(seed=seed).split(made)).test for seed in (0, 1))
    assert len(np.intersect1d(first, second)) < 0.6 * len(first)


@few
@given(dataset=datasets(timed=True), hidden=shares, **folds_and_seeds)
def test_holdout_hides_the_latest_where_there_are_times(dataset: Dataset, hidden: float, folds: int, seed: int) -> None:
    """No visible pair of a user is later than a hidden one; as many are hidden as without times."""
    for fold in folds_of(Holdout(folds=folds, seed=seed, hidden=hidden), dataset):
        assert sorted([*fold.train, *fold.test]) == list(range(len(dataset)))
        train = by_user(dataset, fold.train)
        for user, own in by_user(dataset, fold.test).items():
            assert len(own) == quota(len(own) + len(train[user]), hidden)
            assert times_of(dataset)[train[user]].max() <= times_of(dataset)[own].min()


@few
@given(dataset=datasets(timed=True), hidden=shares, **folds_and_seeds)
def test_holdout_with_times_scores_each_user_once(dataset: Dataset, hidden: float, folds: int, seed: int) -> None:
    """The latest pairs are the same in every fold, so each fold asks other users and all are asked."""
    asked = [user for fold in folds_of(Holdout(folds=folds, seed=seed, hidden=hidden), dataset)
             for user in by_user(dataset, fold.test)]  # fmt: skip
    everybody = by_user(dataset, np.arange(len(dataset)))
    assert sorted(asked) == sorted(user for user, own in everybody.items() if quota(len(own), hidden) > 0)
