"""K-fold hides every pair once, at random."""

import dataclasses

import numpy as np
from hypothesis import given
from tests.validation.splitters.logs import by_user, datasets, few, folds_of, two_folds_and_seeds

from shortlist.data.dataset import Dataset
from shortlist.validation.splitters.kfold import KFold


@few
@given(dataset=datasets(), **two_folds_and_seeds)
def test_kfold_hides_every_pair_once(dataset: Dataset, folds: int, seed: int) -> None:
    """Over the folds each pair is hidden exactly once, but for a user's only pair, which never is."""
    times = np.zeros(len(dataset), dtype=int)
    for fold in folds_of(KFold(folds=folds, seed=seed), dataset):
        assert sorted([*fold.train, *fold.test]) == list(range(len(dataset)))
        times[fold.test] += 1
    for own in by_user(dataset, np.arange(len(dataset))).values():
        assert (times[own] == (1 if len(own) > 1 else 0)).all()


@few
@given(dataset=datasets(), **two_folds_and_seeds)
def test_kfold_hides_equal_parts_of_every_user(dataset: Dataset, folds: int, seed: int) -> None:
    """In each fold a user of n pairs hides n/K of them, rounded up or down, and always shows some."""
    whole = by_user(dataset, np.arange(len(dataset)))
    for fold in folds_of(KFold(folds=folds, seed=seed), dataset):
        train, test = by_user(dataset, fold.train), by_user(dataset, fold.test)
        assert train.keys() == whole.keys()
        for user, own in whole.items():
            if len(own) > 1:
                assert len(own) // folds <= len(test.get(user, [])) <= -(-len(own) // folds)


@few
@given(dataset=datasets(timed=True), **two_folds_and_seeds)
def test_kfold_looks_at_no_times(dataset: Dataset, folds: int, seed: int) -> None:
    """It hides the same pairs with times as without: every pair must be hidden, also the earliest."""
    timeless = dataclasses.replace(dataset, events=dataclasses.replace(dataset.events, time=None))
    for left, right in zip(
        *(folds_of(KFold(folds=folds, seed=seed), each) for each in (dataset, timeless)), strict=True
    ):
        np.testing.assert_array_equal(left.test, right.test)


def test_kfold_parts_are_of_like_size(made: Dataset) -> None:
    """The users with fewer pairs than folds are spread over the folds: all hide about as many pairs."""
    sizes = [len(fold.test) for fold in KFold(folds=6).split(made)]
    assert max(sizes) < 1.2 * min(sizes)


def test_kfold_draws_by_its_seed(made: Dataset) -> None:
    """Another seed hides other pairs."""
    first, second = (next(KFold(folds=4, seed=seed).split(made)).test for seed in (0, 1))
    assert len(np.intersect1d(first, second)) < 0.4 * len(first)
