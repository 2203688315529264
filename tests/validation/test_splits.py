"""Every splitter makes lawful folds, and each hides what it says it hides."""

import dataclasses
import math
import re
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from sklearn.dummy import DummyRegressor
from sklearn.model_selection import check_cv, cross_validate

from shortlist.data.dataset import Dataset
from shortlist.errors import ConfigError, DataError
from shortlist.validation.folds import Fold
from shortlist.validation.holdout_rule import Hiding
from shortlist.validation.registry import SPLITTERS, make_splitter
from shortlist.validation.splits import Cohort, Holdout, KFold, PairSplit, Splitter, Timeline

LEAST_FOLDS = {"kfold": 2}
"""Schemes that one fold is too few for."""

REQUIRED: dict[str, dict[str, Any]] = {"cohort": {"date": "updated"}}
"""Parameters without a default, by scheme; a scheme that has none needs no entry."""

few = settings(deadline=None, max_examples=60, derandomize=True)
folds_and_seeds = {"folds": st.integers(1, 4), "seed": st.integers(0, 1000)}
two_folds_and_seeds = {**folds_and_seeds, "folds": st.integers(2, 4)}
shares = st.sampled_from([0.1, 0.25, 0.3, 0.5, 0.75, 0.9])


@st.composite
def datasets(draw: st.DrawFn, timed: bool | None = None) -> Dataset:
    """Users with 0 to all items, a date and a number each, some missing; times with ties, or none."""
    users, items = draw(st.integers(8, 16)), draw(st.integers(4, 10))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    held = rng.random((users, items)) < rng.random((users, 1))
    held[0, :2] = True
    rows, columns = np.nonzero(held)
    table = pd.DataFrame(
        {
            "updated": pd.Timestamp("2020-01-01") + pd.to_timedelta(rng.integers(0, 9, users), unit="D"),
            "career": rng.integers(0, 9, users).astype(float),
            "name": "x",
        },
        index=[f"u{n:02}" for n in range(users)],
    ).astype({"name": str})
    table.loc[rng.random(users) < 0.2, ["updated", "career"]] = None
    pairs = pd.DataFrame({"user": table.index[rows], "item": [f"i{n}" for n in columns]})
    if timed is None:
        timed = draw(st.booleans())
    return Dataset.from_pairs(pairs, table, order=rng.integers(0, 40, len(pairs)) if timed else None)


def _folds(splitter: Splitter, dataset: Dataset) -> list[Fold]:
    """The folds; an example that is too small for the scheme is drawn again."""
    try:
        return list(splitter.split(dataset))
    except DataError:
        assume(False)
        raise


def _by_user(dataset: Dataset, positions: np.ndarray) -> dict[int, list[int]]:
    """Positions of the pairs of each user that has any."""
    found: dict[int, list[int]] = {}
    for position in positions.tolist():
        found.setdefault(int(dataset.pairs[position, 0]), []).append(position)
    return found


def _quota(n: int, hidden: float) -> int:
    return min(int(np.rint(hidden * n)), n - 1)


def _windows(dataset: Dataset, column: str, folds: int) -> list[int]:
    """Window of each user: users in the order of `column`, missing first, cut into folds + 1 equal parts."""
    values = dataset.user_table[column]
    order = sorted(range(len(values)), key=lambda user: (pd.notna(values[user]), values[user], user))
    window = [0] * len(order)
    for place, user in enumerate(order):
        window[user] = place * (folds + 1) // len(order)
    return window


# ---------------------------------------------------------------- what all have in common


@pytest.mark.parametrize("name", SPLITTERS)
@few
@given(dataset=datasets(timed=True), **folds_and_seeds)
def test_folds_are_lawful(name: str, dataset: Dataset, folds: int, seed: int) -> None:
    """There are K, numbered from 1; train and test are sorted positions of pairs, disjoint, and neither is empty."""
    folds = max(folds, LEAST_FOLDS.get(name, 1))
    found = _folds(SPLITTERS[name](**REQUIRED.get(name, {}), folds=folds, seed=seed), dataset)
    assert [fold.number for fold in found] == list(range(1, folds + 1))
    for fold in found:
        for positions in (fold.train, fold.test):
            assert positions.dtype.kind == "i"
            assert (np.diff(positions) > 0).all()
            assert 0 <= positions[0] <= positions[-1] < len(dataset)
        assert not set(fold.train) & set(fold.test)


@pytest.mark.parametrize("name", SPLITTERS)
@few
@given(dataset=datasets(timed=True), **folds_and_seeds)
def test_folds_are_the_same_again(name: str, dataset: Dataset, folds: int, seed: int) -> None:
    """The same dataset, parameters and seed give the same folds, whatever was split before."""
    settings = {**REQUIRED.get(name, {}), "folds": max(folds, LEAST_FOLDS.get(name, 1)), "seed": seed}
    splitter = SPLITTERS[name](**settings)
    first = _folds(splitter, dataset)
    for again in (_folds(splitter, dataset), _folds(SPLITTERS[name](**settings), dataset)):
        for left, right in zip(first, again, strict=True):
            np.testing.assert_array_equal(left.train, right.train)
            np.testing.assert_array_equal(left.test, right.test)


@pytest.mark.parametrize("name", SPLITTERS)
def test_description_is_one_line(name: str) -> None:
    """Reports put it behind the scheme's name, in either language; the date or numbers are in both."""
    described = SPLITTERS[name](**REQUIRED.get(name, {})).describe()
    for text in (described.en, described.ko):
        assert text.strip()
        assert "\n" not in text
    assert any("가" <= letter <= "힣" for letter in described.ko)
    numbers = [sorted(re.findall(r"\d+(?:[./]\d+)?", text)) for text in (described.en, described.ko)]
    assert numbers[0] == numbers[1]


@pytest.mark.parametrize("wrong", [{"folds": 0}, {"seed": -1}, {"foldz": 3}])
@pytest.mark.parametrize("name", SPLITTERS)
def test_parameters_are_checked(name: str, wrong: dict[str, int]) -> None:
    """No fold, a negative seed and an unknown parameter are refused when the splitter is made."""
    with pytest.raises(ValidationError, match=next(iter(wrong))):
        SPLITTERS[name](**REQUIRED.get(name, {}), **wrong)


@pytest.mark.parametrize("name", SPLITTERS)
def test_a_scheme_is_made_by_its_name(name: str) -> None:
    """competition.toml names the class and gives its parameters."""
    made = make_splitter(name, {**REQUIRED.get(name, {}), "folds": 2, "seed": 7})
    assert type(made) is SPLITTERS[name]
    assert (made.folds, made.seed) == (2, 7)


@pytest.mark.parametrize(
    ("kind", "settings", "message"),
    [
        ("holdut", {}, "no validation scheme of the kind 'holdut'; there are holdout, kfold, cohort, timeline"),
        ("holdout", {"hiden": 0.3}, r"holdout: unknown key 'hiden'; did you mean 'hidden'\?"),
        ("holdout", {"hidden": 0}, "holdout: hidden: .*greater than 0, got 0"),
        ("holdout", {"hidden": 1.5}, "holdout: hidden: must be a share below 1 or a whole number of pairs, got 1.5"),
        ("cohort", {"date": "updated", "rounding": "up"}, "cohort: rounding: .*'half_up'.* got 'up'"),
        ("kfold", {"folds": 1}, "kfold: folds: .*greater than or equal to 2, got 1"),
        ("cohort", {}, "cohort: key 'date' is missing; add it"),
        ("timeline", {"gap": -1}, "timeline: gap: .*greater than or equal to 0, got -1"),
    ],
)
def test_a_scheme_that_cannot_be_used_is_named(kind: str, settings: dict[str, Any], message: str) -> None:
    """An unknown scheme or key and a value out of range are answered in one line."""
    with pytest.raises(ConfigError, match=message) as error:
        make_splitter(kind, settings)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("name", SPLITTERS)
def test_too_few_pairs_are_refused(name: str) -> None:
    """A fold with nothing to score would give a mean of nothing: the message names the fold and the numbers."""
    pairs = pd.DataFrame({"user": ["a", "b"], "item": ["x", "x"]})
    table = pd.DataFrame({"updated": pd.to_datetime(["2020-01-01", "2020-01-02"])}, index=["a", "b"])
    dataset = Dataset.from_pairs(pairs, table, order=[1.0, 1.0])
    with pytest.raises(DataError, match=r"fold 1 of 3 has \d+ pairs to train on and \d+ to score") as error:
        list(SPLITTERS[name](**REQUIRED.get(name, {}), folds=3).split(dataset))
    assert "\n" not in str(error.value)


# ---------------------------------------------------------------- holdout


@few
@given(dataset=datasets(timed=False), hidden=shares, **folds_and_seeds)
def test_holdout_hides_the_share_of_every_user(dataset: Dataset, hidden: float, folds: int, seed: int) -> None:
    """Each fold hides exactly round(hidden n) of a user's n pairs, but never all, and shows all the others."""
    for fold in _folds(Holdout(folds=folds, seed=seed, hidden=hidden), dataset):
        assert sorted([*fold.train, *fold.test]) == list(range(len(dataset)))
        test = _by_user(dataset, fold.test)
        for user, own in _by_user(dataset, np.arange(len(dataset))).items():
            assert len(test.get(user, [])) == _quota(len(own), hidden)


@few
@given(dataset=datasets(timed=False), hidden=shares, **folds_and_seeds)
def test_holdout_hides_pairs_evenly(dataset: Dataset, hidden: float, folds: int, seed: int) -> None:
    """Over the folds, how often two pairs of a user are hidden differs by one at most."""
    times = np.zeros(len(dataset), dtype=int)
    for fold in _folds(Holdout(folds=folds, seed=seed, hidden=hidden), dataset):
        times[fold.test] += 1
    for own in _by_user(dataset, np.arange(len(dataset))).values():
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
    splitter = SPLITTERS[name](**REQUIRED.get(name, {}), folds=folds, **rule)
    for fold in _folds(splitter, dataset):
        train = _by_user(dataset, fold.train)
        for user, own in _by_user(dataset, fold.test).items():
            assert [len(own)] == Hiding(**rule).quota(np.array([len(own) + len(train[user])])).tolist()


def test_holdout_draws_by_its_seed(made: Dataset) -> None:
    """Another seed hides other pairs."""
    first, second = (next(Holdout(seed=seed).split(made)).test for seed in (0, 1))
    assert len(np.intersect1d(first, second)) < 0.6 * len(first)


@few
@given(dataset=datasets(timed=True), hidden=shares, **folds_and_seeds)
def test_holdout_hides_the_latest_where_there_are_times(dataset: Dataset, hidden: float, folds: int, seed: int) -> None:
    """No visible pair of a user is later than a hidden one; as many are hidden as without times."""
    assert dataset.order is not None
    for fold in _folds(Holdout(folds=folds, seed=seed, hidden=hidden), dataset):
        assert sorted([*fold.train, *fold.test]) == list(range(len(dataset)))
        train = _by_user(dataset, fold.train)
        for user, own in _by_user(dataset, fold.test).items():
            assert len(own) == _quota(len(own) + len(train[user]), hidden)
            assert dataset.order[train[user]].max() <= dataset.order[own].min()


@few
@given(dataset=datasets(timed=True), hidden=shares, **folds_and_seeds)
def test_holdout_with_times_scores_each_user_once(dataset: Dataset, hidden: float, folds: int, seed: int) -> None:
    """The latest pairs are the same in every fold, so each fold asks other users and all are asked."""
    asked = [user for fold in _folds(Holdout(folds=folds, seed=seed, hidden=hidden), dataset)
             for user in _by_user(dataset, fold.test)]  # fmt: skip
    everybody = _by_user(dataset, np.arange(len(dataset)))
    assert sorted(asked) == sorted(user for user, own in everybody.items() if _quota(len(own), hidden) > 0)


# ---------------------------------------------------------------- k-fold


@few
@given(dataset=datasets(), **two_folds_and_seeds)
def test_kfold_hides_every_pair_once(dataset: Dataset, folds: int, seed: int) -> None:
    """Over the folds each pair is hidden exactly once, but for a user's only pair, which never is."""
    times = np.zeros(len(dataset), dtype=int)
    for fold in _folds(KFold(folds=folds, seed=seed), dataset):
        assert sorted([*fold.train, *fold.test]) == list(range(len(dataset)))
        times[fold.test] += 1
    for own in _by_user(dataset, np.arange(len(dataset))).values():
        assert (times[own] == (1 if len(own) > 1 else 0)).all()


@few
@given(dataset=datasets(), **two_folds_and_seeds)
def test_kfold_hides_equal_parts_of_every_user(dataset: Dataset, folds: int, seed: int) -> None:
    """In each fold a user of n pairs hides n/K of them, rounded up or down, and always shows some."""
    whole = _by_user(dataset, np.arange(len(dataset)))
    for fold in _folds(KFold(folds=folds, seed=seed), dataset):
        train, test = _by_user(dataset, fold.train), _by_user(dataset, fold.test)
        assert train.keys() == whole.keys()
        for user, own in whole.items():
            if len(own) > 1:
                assert len(own) // folds <= len(test.get(user, [])) <= -(-len(own) // folds)


@few
@given(dataset=datasets(timed=True), **two_folds_and_seeds)
def test_kfold_looks_at_no_times(dataset: Dataset, folds: int, seed: int) -> None:
    """It hides the same pairs with times as without: every pair must be hidden, also the earliest."""
    timeless = dataclasses.replace(dataset, order=None)
    for left, right in zip(*(_folds(KFold(folds=folds, seed=seed), each) for each in (dataset, timeless)), strict=True):
        np.testing.assert_array_equal(left.test, right.test)


def test_kfold_parts_are_of_like_size(made: Dataset) -> None:
    """The users with fewer pairs than folds are spread over the folds: all hide about as many pairs."""
    sizes = [len(fold.test) for fold in KFold(folds=6).split(made)]
    assert max(sizes) < 1.2 * min(sizes)


def test_kfold_draws_by_its_seed(made: Dataset) -> None:
    """Another seed hides other pairs."""
    first, second = (next(KFold(folds=4, seed=seed).split(made)).test for seed in (0, 1))
    assert len(np.intersect1d(first, second)) < 0.4 * len(first)


# ---------------------------------------------------------------- cohort


@pytest.mark.parametrize("column", ["updated", "career"])
@few
@given(dataset=datasets(), hidden=shares, **folds_and_seeds)
def test_cohort_never_learns_from_later_users(
    column: str, dataset: Dataset, hidden: float, folds: int, seed: int
) -> None:
    """Fold i scores users of window i+1 only, and trains on nobody of a later window but on all the earlier ones."""
    window = np.array(_windows(dataset, column, folds))[dataset.pairs[:, 0]]
    for fold in _folds(Cohort(date=column, folds=folds, seed=seed, hidden=hidden), dataset):
        assert set(window[fold.test]) == {fold.number}
        assert window[fold.train].max() <= fold.number
        assert set(np.flatnonzero(window <= fold.number)) == {*fold.train, *fold.test}


@few
@given(dataset=datasets(), hidden=shares, **folds_and_seeds)
def test_cohort_windows_are_ordered_by_date(dataset: Dataset, hidden: float, folds: int, seed: int) -> None:
    """A scored user's date is no earlier than that of any user of the folds before, nor than those only learnt from."""
    dates = dataset.user_table["updated"].fillna(pd.Timestamp.min).to_numpy()
    before = set[int]()
    for fold in _folds(Cohort(date="updated", folds=folds, seed=seed, hidden=hidden), dataset):
        scored = _by_user(dataset, fold.test)
        if before:
            assert dates[list(scored)].min() >= dates[list(before)].max()
        before |= scored.keys()


@few
@given(dataset=datasets(), hidden=shares, **folds_and_seeds)
def test_cohort_hides_the_share_of_every_scored_user(dataset: Dataset, hidden: float, folds: int, seed: int) -> None:
    """In the scored window the rule is holdout's: round(hidden n) of n, never all."""
    for fold in _folds(Cohort(date="updated", folds=folds, seed=seed, hidden=hidden), dataset):
        train = _by_user(dataset, fold.train)
        for user, own in _by_user(dataset, fold.test).items():
            assert len(own) == _quota(len(own) + len(train[user]), hidden)


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


# ---------------------------------------------------------------- timeline


@few
@given(dataset=datasets(timed=True), gap=st.sampled_from([0.0, 1.0, 2.5, 8.0]), **folds_and_seeds)
def test_timeline_trains_on_the_past_only(dataset: Dataset, gap: float, folds: int, seed: int) -> None:
    """Every pair earlier than the scored window less the gap is trained on, and no other."""
    assert dataset.order is not None
    for fold in _folds(Timeline(folds=folds, seed=seed, gap=gap), dataset):
        start = dataset.order[fold.test].min()
        np.testing.assert_array_equal(fold.train, np.flatnonzero(dataset.order < start - gap))


@few
@given(dataset=datasets(timed=True), **folds_and_seeds)
def test_timeline_windows_follow_each_other(dataset: Dataset, folds: int, seed: int) -> None:
    """A fold's scored window ends before the next one's begins; the last one reaches the end."""
    assert dataset.order is not None
    times = [dataset.order[fold.test] for fold in _folds(Timeline(folds=folds, seed=seed), dataset)]
    assert all(early.max() < late.min() for early, late in pairwise(times))
    assert times[-1].max() == dataset.order.max()
    scored = sum(map(len, times))
    assert scored == (dataset.order >= times[0].min()).sum()


def test_timeline_windows_are_equal_without_ties() -> None:
    """With distinct times, each of the K windows holds one (K+1)-th of the pairs."""
    pairs = pd.DataFrame({"user": [f"u{n % 7}" for n in range(60)], "item": [f"i{n}" for n in range(60)]})
    dataset = Dataset.from_pairs(pairs, order=np.random.default_rng(0).permutation(60))
    assert [len(fold.test) for fold in Timeline(folds=5).split(dataset)] == pytest.approx([10] * 5, abs=1)


def test_timeline_needs_times(made: Dataset) -> None:
    """Without times it fails, and names what works without."""
    with pytest.raises(ConfigError, match="no times; use holdout") as error:
        list(Timeline().split(made))
    assert "\n" not in str(error.value)


# ---------------------------------------------------------------- scikit-learn


def test_pair_split_works_in_scikit_learn(made: Dataset) -> None:
    """`cross_validate` takes it as cv, fits once a fold, and uses exactly the folds' positions."""
    splitter = Holdout(folds=3)
    cv = PairSplit(splitter, made)
    assert check_cv(cv) is cv
    assert cv.get_n_splits() == 3
    target = np.arange(len(made), dtype=float)
    result = cross_validate(
        DummyRegressor(), made.pairs, target, cv=cv, scoring="neg_mean_absolute_error", return_indices=True
    )
    for number, fold in enumerate(splitter.split(made)):
        np.testing.assert_array_equal(result["indices"]["train"][number], fold.train)
        np.testing.assert_array_equal(result["indices"]["test"][number], fold.test)
        error = np.abs(target[fold.test] - target[fold.train].mean()).mean()
        assert math.isclose(-result["test_score"][number], error)


def test_pair_split_refuses_other_rows(made: Dataset) -> None:
    """Positions mean nothing in an X of another length."""
    with pytest.raises(ValueError, match=f"X has {len(made) - 1} rows, the dataset {len(made)} pairs"):
        next(PairSplit(Holdout(), made).split(made.pairs[1:]))


def test_a_splitter_cannot_be_changed() -> None:
    """What a report says of a scheme must stay what was run."""
    with pytest.raises(dataclasses.FrozenInstanceError):
        Holdout().folds = 3  # type: ignore[misc]
