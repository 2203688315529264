"""Every splitter makes lawful folds; a new one is covered by having its file in `shortlist/validation/splitters`."""

import dataclasses
import re
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from tests.validation.splitters.logs import (
    LEAST_FOLDS,
    REQUIRED,
    datasets,
    few,
    folds_and_seeds,
    folds_of,
    made,
    pairs_of,
    times_of,
)

from shortlist.data.dataset import Dataset
from shortlist.errors import ConfigError, DataError
from shortlist.validation.registry import SPLITTERS, make_splitter

KINDS = SPLITTERS.kinds()
PAST_ONLY = ("timeline", "last_days")
"""Schemes that let nobody learn from what happened after the scored window began."""

OWN_PAST = ("holdout", "cohort", "last_events")
"""Schemes that, given times, show no event of a user that is later than one hidden of the same user."""


@pytest.mark.parametrize("repeats", [False, True])
@pytest.mark.parametrize("kind", KINDS)
@few
@given(dataset=datasets(timed=True, repeated=True), **folds_and_seeds)
def test_folds_are_lawful(kind: str, repeats: bool, dataset: Dataset, folds: int, seed: int) -> None:
    """There are K, numbered from 1; train and test are rising positions of events, disjoint, and neither is empty."""
    splitter = made(kind, folds=folds, seed=seed)
    found = folds_of(splitter, dataset, repeats)
    assert [fold.number for fold in found] == list(range(1, splitter.folds + 1))
    assert splitter.folds == max(folds, LEAST_FOLDS.get(kind, 1))
    for fold in found:
        for positions in (fold.train, fold.test):
            assert positions.dtype.kind == "i"
            assert (np.diff(positions) > 0).all()
            assert 0 <= positions[0] <= positions[-1] < len(dataset)
        assert not set(fold.train) & set(fold.test)


@pytest.mark.parametrize("repeats", [False, True])
@pytest.mark.parametrize("kind", KINDS)
@few
@given(dataset=datasets(timed=True, repeated=True), **folds_and_seeds)
def test_folds_are_the_same_again(kind: str, repeats: bool, dataset: Dataset, folds: int, seed: int) -> None:
    """The same dataset, parameters and seed give the same folds, whatever was split before."""
    splitter = made(kind, folds=folds, seed=seed)
    first = folds_of(splitter, dataset, repeats)
    for again in (splitter, made(kind, folds=folds, seed=seed)):
        for left, right in zip(first, folds_of(again, dataset, repeats), strict=True):
            np.testing.assert_array_equal(left.train, right.train)
            np.testing.assert_array_equal(left.test, right.test)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in PAST_ONLY])
@few
@given(dataset=datasets(timed=True, repeated=True), **folds_and_seeds)
def test_all_events_of_a_pair_go_together_where_items_do_not_come_again(
    kind: str, dataset: Dataset, folds: int, seed: int
) -> None:
    """What is asked for is not visible; where they may come again, some pair is on both sides in some example."""
    for fold in folds_of(made(kind, folds=folds, seed=seed), dataset):
        assert not pairs_of(dataset, fold.train) & pairs_of(dataset, fold.test)


@pytest.mark.parametrize("kind", KINDS)
def test_a_pair_can_be_on_both_sides_where_items_come_again(kind: str) -> None:
    """Users who take the same items day after day: they are asked what they will take again."""
    rows = [(f"u{user:02}", f"i{item}", day) for user in range(12) for item in range(3) for day in range(30)]
    ids = pd.DataFrame(rows, columns=["user", "item", "day"])
    users = pd.DataFrame({"updated": np.arange(12.0)}, index=[f"u{user:02}" for user in range(12)])
    dataset = Dataset.from_events(ids[["user", "item"]], users, time=ids["day"])
    for fold in made(kind).scored.split(dataset, repeats=True):
        assert pairs_of(dataset, fold.train) & pairs_of(dataset, fold.test)


@pytest.mark.parametrize("repeats", [False, True])
@pytest.mark.parametrize("kind", PAST_ONLY)
@few
@given(dataset=datasets(timed=True, repeated=True), **folds_and_seeds)
def test_no_future_event_is_visible(kind: str, repeats: bool, dataset: Dataset, folds: int, seed: int) -> None:
    """Of anybody: each visible event is earlier than each hidden one."""
    time = times_of(dataset)
    for fold in folds_of(made(kind, folds=folds, seed=seed), dataset, repeats):
        assert time[fold.train].max() < time[fold.test].min()


@pytest.mark.parametrize("kind", OWN_PAST)
@few
@given(dataset=datasets(timed=True, repeated=True), **folds_and_seeds)
def test_no_own_future_event_is_visible(kind: str, dataset: Dataset, folds: int, seed: int) -> None:
    """Of the user who is asked: each visible event is at most as late as each hidden one."""
    time, user = times_of(dataset), dataset.events.user
    for fold in folds_of(made(kind, folds=folds, seed=seed), dataset, repeats=True):
        for asked in np.unique(user[fold.test]):
            own = (time[part[user[part] == asked]] for part in (fold.train, fold.test))
            visible, hidden = own
            assert visible.max() <= hidden.min()


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_says_whether_it_looks_at_times(kind: str) -> None:
    """With times turned around it hides other events, unless it says that it passes over them."""
    rng = np.random.default_rng(0)
    ids = pd.DataFrame({"user": rng.integers(20, size=400), "item": rng.integers(300, size=400)}).drop_duplicates()
    users = pd.DataFrame({"updated": np.arange(20.0)}, index=np.arange(20))
    dataset = Dataset.from_events(ids, users, time=rng.permutation(len(ids)) / 10)
    turned = dataclasses.replace(dataset, events=dataclasses.replace(dataset.events, time=-times_of(dataset)))
    same = all(
        np.array_equal(left.test, right.test)
        for left, right in zip(made(kind).scored.split(dataset), made(kind).scored.split(turned), strict=True)
    )
    assert same == made(kind).timeless


@pytest.mark.parametrize("kind", KINDS)
def test_description_is_one_line(kind: str) -> None:
    """Reports put it behind the scheme's name, in either language; the date or numbers are in both."""
    described = made(kind).describe()
    for text in (described.en, described.ko):
        assert text.strip()
        assert "\n" not in text
    assert any("가" <= letter <= "힣" for letter in described.ko)
    numbers = [sorted(re.findall(r"\d+(?:[./]\d+)?", text)) for text in (described.en, described.ko)]
    assert numbers[0] == numbers[1]


@pytest.mark.parametrize("wrong", [{"folds": 0}, {"seed": -1}, {"foldz": 3}])
@pytest.mark.parametrize("kind", KINDS)
def test_parameters_are_checked(kind: str, wrong: dict[str, int]) -> None:
    """No fold, a negative seed and an unknown parameter are refused when the splitter is made."""
    with pytest.raises(ConfigError, match=rf"^validation scheme {kind}: .*{next(iter(wrong))}"):
        make_splitter(kind, {**REQUIRED.get(kind, {}), **wrong})


@pytest.mark.parametrize("kind", KINDS)
def test_a_scheme_is_made_by_its_name(kind: str) -> None:
    """competition.toml names the file and gives its parameters."""
    splitter = make_splitter(kind, {**REQUIRED.get(kind, {}), "folds": 4, "seed": 7})
    assert splitter.kind == kind
    assert (splitter.folds, splitter.seed) == (4, 7)


@pytest.mark.parametrize("kind", KINDS)
def test_a_splitter_cannot_be_changed(kind: str) -> None:
    """What a report says of a scheme must stay what was run."""
    with pytest.raises(dataclasses.FrozenInstanceError):
        made(kind).folds = 3  # type: ignore[misc]


@pytest.mark.parametrize(
    ("kind", "settings", "message"),
    [
        ("holdut", {}, "no validation scheme of the kind 'holdut'; there are cohort, holdout, kfold, last_days,"),
        ("holdout", {"hiden": 0.3}, r"holdout: unknown key 'hiden'; did you mean 'hidden'\?"),
        ("holdout", {"hidden": 0}, "holdout: hidden: .*greater than 0, got 0"),
        ("holdout", {"hidden": 1.5}, "holdout: hidden: must be a share below 1 or a whole number of pairs, got 1.5"),
        ("cohort", {"date": "updated", "rounding": "up"}, "cohort: rounding: .*'half_up'.* got 'up'"),
        ("kfold", {"folds": 1}, "kfold: folds: .*greater than or equal to 2, got 1"),
        ("cohort", {}, "cohort: key 'date' is missing; add it"),
        ("timeline", {"gap": -1}, 'timeline: gap: must be a length of time such as "14d", .*got -1'),
        ("last_days", {}, "last_days: key 'window' is missing; add it"),
        ("last_days", {"window": "two weeks"}, "last_days: window: must be a length of time .*got 'two weeks'"),
        ("last_days", {"window": 0}, "last_days: window: .*greater than 0, got 0"),
        ("last_events", {"hidden": 2.5}, "last_events: hidden: must be a share below 1 or a whole number"),
        ("last_events", {"period": "0d"}, "last_events: period: .*greater than 0"),
    ],
)  # fmt: skip
def test_a_scheme_that_cannot_be_used_is_named(kind: str, settings: dict[str, Any], message: str) -> None:
    """An unknown scheme or key and a value out of range are answered in one line."""
    with pytest.raises(ConfigError, match=message) as error:
        make_splitter(kind, settings)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("kind", KINDS)
def test_too_few_events_are_refused(kind: str) -> None:
    """A fold with nothing to score would give a mean of nothing: the message names the scheme and the numbers."""
    pairs = pd.DataFrame({"user": ["a", "b"], "item": ["x", "x"]})
    table = pd.DataFrame({"updated": pd.to_datetime(["2020-01-01", "2020-01-02"])}, index=["a", "b"])
    dataset = Dataset.from_events(pairs, table, time=[1.0, 1.0])
    wanted = rf"^scheme {kind}: (fold 1 of 3 has \d+ events to train on and \d+ to score|there are 1 distinct times)"
    with pytest.raises(DataError, match=wanted) as error:
        list(made(kind).scored.split(dataset))
    assert "\n" not in str(error.value)
    assert "1 distinct times" in str(error.value)


@pytest.mark.parametrize("kind", KINDS)
def test_a_missing_time_is_in_the_future_of_nobody(kind: str) -> None:
    """Events without a time are no failure, and no scheme that rests on times shows or asks for them."""
    rng = np.random.default_rng(1)
    ids = pd.DataFrame({"user": rng.integers(9, size=200), "item": rng.integers(30, size=200)})
    time = rng.integers(0, 40, 200).astype(float)
    time[::7] = np.nan
    users = pd.DataFrame({"updated": np.arange(9.0)}, index=np.arange(9))
    dataset = Dataset.from_events(ids, users, time=time)
    for fold in made(kind).scored.split(dataset, repeats=True):
        if kind in PAST_ONLY:
            assert not np.isnan(times_of(dataset)[[*fold.train, *fold.test]]).any()


@pytest.mark.parametrize("kind", KINDS)
@few
@given(dataset=datasets(timed=True, repeated=True), **folds_and_seeds)
def test_folds_to_learn_on_come_before_those_scored(kind: str, dataset: Dataset, folds: int, seed: int) -> None:
    """They are earlier, numbered after K, and leave the scored ones as they are; without an order there is none."""
    splitter = made(kind, folds=folds, seed=seed)
    try:
        found = list(splitter.split(dataset))
    except DataError:
        assume(False)
    assert [fold.number for fold in found] == splitter.numbers
    learnt, scored = found[: splitter.earlier], found[splitter.earlier :]
    assert [fold.scored for fold in found] == [False] * len(learnt) + [True] * len(scored)
    assert [fold.number for fold in scored] == list(range(1, splitter.folds + 1))
    assert splitter.scored.earlier == 0
    if learnt and kind != "timeline":  # whose quantiles are others with more windows
        for left, right in zip(scored, splitter.scored.split(dataset), strict=True):
            np.testing.assert_array_equal(left.test, right.test)
    newest = [times_of(dataset)[fold.test].max() for fold in found]
    if learnt:
        assert newest == sorted(newest)
