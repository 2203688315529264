"""How much an event of the past counts."""

import numpy as np
import pytest
from tests.eventful import eventful, plain_events

from shortlist.data.decay import aged, event_weights


def test_a_half_is_left_after_the_half_life() -> None:
    """And a third after two, and something after any number of them."""
    np.testing.assert_allclose(aged(np.array([0, 30, 60, 3e9]), 30), [1, 1 / 2, 1 / 3, 1e-8], rtol=1e-6)


@pytest.mark.parametrize("kinds", [True, False])
@pytest.mark.parametrize("times", [True, False])
def test_events_weigh_by_kind_and_age(times: bool, kinds: bool) -> None:
    """Age is that before the newest event; what the log does not have does not matter."""
    dataset = eventful(3, times=times, kinds=kinds)
    events = plain_events(dataset)
    now = max(time for *_, time, _ in events)
    expected = [worth / (1 + (now - time) / 2) for *_, time, worth in events]
    np.testing.assert_allclose(event_weights(dataset, 2.0), expected)
    np.testing.assert_allclose(event_weights(dataset), [worth for *_, worth in events])
