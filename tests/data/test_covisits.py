"""Co-visitation and the latest events against loops over pairs of events."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.eventful import eventful, plain_events

from shortlist.data import covisits as module
from shortlist.data.covisits import Steps, covisits, later_events, latest
from shortlist.data.dataset import Dataset


def counted(dataset: Dataset, steps: Steps) -> np.ndarray:
    """Every pair of events of a user, in the order of time, then item."""
    found = np.zeros((len(dataset.items), len(dataset.items)))
    for user in range(len(dataset.users)):
        own = [(time, item, worth) for u, item, time, worth in plain_events(dataset) if u == user]
        events = sorted(own, key=lambda event: event[:2])
        for one, (time, item, worth) in enumerate(events):
            for other, (then, target, weight) in enumerate(events):
                if item == target or abs(one - other) > steps.window:
                    continue
                near = steps.decay ** (abs(one - other) - 1) * (steps.after if then > time else steps.before)
                if then == time:
                    near = max(steps.after, steps.before)
                if steps.half_life is not None:
                    near /= 1 + abs(then - time) / steps.half_life
                found[item, target] += near * worth * weight
    return found


def whole(dataset: Dataset, steps: Steps) -> np.ndarray:
    return np.vstack([rows.toarray() for _, rows in covisits(dataset, steps)])


SETTINGS = [Steps(), Steps(window=2, decay=0.5, before=0.0), Steps(window=50, decay=1.0, half_life=1.5, before=2.0)]


@pytest.mark.parametrize("steps", SETTINGS)
@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_it_is_what_a_loop_counts(steps: Steps, seed: int) -> None:
    """By step, time, direction and kind; an item says nothing about itself, and nobody's events meet another's."""
    dataset = eventful(seed)
    np.testing.assert_allclose(whole(dataset, steps), counted(dataset, steps), rtol=1e-9)


@pytest.mark.parametrize("steps", SETTINGS)
def test_reversed_steps_give_the_transposed(steps: Steps) -> None:
    """So the rows of what is asked for can be had without the whole."""
    dataset = eventful(1)
    np.testing.assert_allclose(whole(dataset, steps.reversed), whole(dataset, steps).T, rtol=1e-9)


@pytest.mark.parametrize("at_once", [1, 60, 300])
def test_blocks_change_nothing(monkeypatch: pytest.MonkeyPatch, at_once: int) -> None:
    """They bound the memory: their rows are those of the whole, in order, the first of each is said."""
    dataset = eventful(2)
    expected = whole(dataset, Steps())
    monkeypatch.setattr(module, "AT_ONCE", at_once)
    blocks = list(covisits(dataset, Steps()))
    assert len(blocks) > 1
    assert [first for first, _ in blocks] == np.cumsum([0, *(rows.shape[0] for _, rows in blocks)])[:-1].tolist()
    np.testing.assert_array_equal(np.vstack([rows.toarray() for _, rows in blocks]), expected)


@pytest.mark.parametrize("times", [True, False])
@pytest.mark.parametrize("last", [1, 4, 1000])
@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_the_latest_have_fewer_later_ones(times: bool, last: int, seed: int) -> None:
    """An event counts if fewer than `last` of its user are later; all without times, where none is."""
    dataset = eventful(seed, times=times)
    expected = np.zeros((len(dataset.users), len(dataset.items)))
    events = plain_events(dataset)
    for user, item, time, worth in events:
        later = sum(u == user and then > time for u, _, then, _ in events)
        if later < last:
            expected[user, item] += worth
    np.testing.assert_allclose(latest(dataset, last).toarray(), expected, rtol=1e-9)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_later_events_are_counted(seed: int) -> None:
    """Those of the same user at a later time, in the order of the dataset; of the same time none is later."""
    dataset = eventful(seed)
    events = plain_events(dataset)
    expected = [sum(u == user and then > time for u, _, then, _ in events) for user, _, time, _ in events]
    assert later_events(dataset).tolist() == expected
    assert not later_events(eventful(seed, times=False)).any()


def test_without_times_there_is_no_order() -> None:
    """Asked all the same, it refuses rather than to take the order of the codes for one."""
    with pytest.raises(ValueError, match="needs events with times"):
        next(covisits(eventful(0, times=False), Steps()))
