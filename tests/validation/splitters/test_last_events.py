"""The last events of each user against a plain loop over users."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.validation.splitters.logs import by_user, datasets, few, folds_of, times_of

from shortlist.data.dataset import Dataset
from shortlist.errors import ConfigError, DataError
from shortlist.validation.holdout_rule import Hiding
from shortlist.validation.splitters.last_events import LastEvents

hidings = st.sampled_from([1, 2, 0.3, 0.5])


def check_own_last(dataset: Dataset, known: list[int], own_test: list[int], hidden: float, repeats: bool) -> None:
    """Of one user's `known` events, as many of the latest are hidden as the rule says: events, or whole pairs."""
    time, item = times_of(dataset), dataset.events.item
    unit = {row: row if repeats else int(item[row]) for row in known}
    last = {name: max(time[row] for row in known if unit[row] == name) for name in unit.values()}
    gone = {unit[row] for row in own_test}
    assert own_test == [row for row in known if unit[row] in gone]
    (wanted,) = Hiding(hidden=hidden).quota(np.array([len(last)])).tolist()
    assert len(gone) == wanted
    if gone:
        assert max(last[name] for name in last if name not in gone) <= min(last[name] for name in gone)


@pytest.mark.parametrize("repeats", [False, True])
@few
@given(
    dataset=datasets(timed=True, repeated=True), folds=st.integers(1, 3), hidden=hidings,
    period=st.sampled_from([2.0, 5.0, 12.0]), seed=st.integers(0, 99),
)  # fmt: skip
def test_those_active_in_a_period_are_asked_for_their_last(
    repeats: bool, dataset: Dataset, folds: int, hidden: float, period: float, seed: int
) -> None:
    """Fold K's period ends with the log; later events are left out, and everybody else's are visible."""
    time = times_of(dataset)
    splitter = LastEvents(folds=folds, hidden=hidden, period=period, seed=seed)
    for fold in folds_of(splitter, dataset, repeats):
        end = time.max() - (folds - fold.number) * period
        assert sorted([*fold.train, *fold.test]) == np.flatnonzero(time <= end).tolist()
        test = by_user(dataset, fold.test)
        for user, known in by_user(dataset, np.flatnonzero(time <= end)).items():
            if time[known].max() > end - period:
                check_own_last(dataset, known, test.get(user, []), hidden, repeats)
            else:
                assert user not in test


@pytest.mark.parametrize("repeats", [False, True])
@few
@given(dataset=datasets(timed=True, repeated=True), folds=st.integers(1, 3), hidden=hidings, seed=st.integers(0, 99))
def test_without_a_period_each_user_is_asked_once(
    repeats: bool, dataset: Dataset, folds: int, hidden: float, seed: int
) -> None:
    """Each fold asks a part of the users, all of them are asked in some fold, and everything else is visible."""
    asked: list[int] = []
    everybody = by_user(dataset, np.arange(len(dataset)))
    for fold in folds_of(LastEvents(folds=folds, hidden=hidden, seed=seed), dataset, repeats):
        assert sorted([*fold.train, *fold.test]) == list(range(len(dataset)))
        test = by_user(dataset, fold.test)
        for user, own in test.items():
            check_own_last(dataset, everybody[user], own, hidden, repeats)
        asked += test
    assert len(set(asked)) == len(asked)
    units = {u: len(own) if repeats else len(set(dataset.events.item[own])) for u, own in everybody.items()}
    assert set(asked) == {u for u, n in units.items() if Hiding(hidden=hidden).quota(np.array([n]))[0] > 0}


def test_what_others_do_at_that_time_stays_visible() -> None:
    """Sessions: the last event of each is hidden, though other sessions go on after it."""
    ids = pd.DataFrame({"user": [*"aaabbb"], "item": [*"xyzxyz"]})
    dataset = Dataset.from_events(ids, time=[1, 2, 3, 2, 4, 9])
    (fold,) = LastEvents(folds=1, period=100).scored.split(dataset)
    assert times_of(dataset)[fold.test].tolist() == [3, 9]
    assert sorted(times_of(dataset)[fold.train].tolist()) == [1, 2, 2, 4]


def test_of_several_at_one_time_any_can_be_the_last() -> None:
    """Which one is drawn by lot, not by its code, and by the seed."""
    ids = pd.DataFrame({"user": np.repeat(np.arange(100), 4), "item": np.tile(np.arange(4), 100)})
    dataset = Dataset.from_events(ids, time=np.ones(400))
    (fold,) = LastEvents(folds=1).scored.split(dataset)
    hidden = np.bincount(dataset.events.item[fold.test], minlength=4)
    assert hidden.sum() == 100
    assert hidden.min() > 10
    (other,) = LastEvents(folds=1, seed=1).scored.split(dataset)
    assert fold.test.tolist() != other.test.tolist()


def test_what_it_lacks_is_said() -> None:
    """No times, or a log that is over before the first period: one line with the numbers."""
    ids = pd.DataFrame({"user": [*"aabb"], "item": [*"xyxz"]})
    with pytest.raises(ConfigError, match=r"^scheme last_events: the log has no times"):
        list(LastEvents().scored.split(Dataset.from_events(ids)))
    short = Dataset.from_events(ids, time=[1, 2, 1, 2])
    with pytest.raises(DataError, match=r"^scheme last_events: there are 2 distinct times, .* 1 apart; 3 windows of 7"):
        list(LastEvents(folds=3, period=7).scored.split(short))
