"""What features may see, and what they make of it once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier
from time import sleep
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.eventful import KINDS
from tests.rerank.worlds import world

from shortlist.data.dataset import Dataset
from shortlist.data.events import Events
from shortlist.rerank import features_of_pairs, likeness
from shortlist.rerank.evidence import Evidence
from shortlist.rerank.features import FEATURES
from shortlist.rerank.visible import Visible

MOMENT = 7
"""Of the made log's ten units of time; what comes from then on is hidden."""

LATER = st.lists(
    st.tuples(
        st.integers(0, 7), st.integers(0, 6), st.floats(MOMENT, 1e6), st.integers(0, len(KINDS) - 1), st.integers(1, 5)
    ),
    max_size=12,
)
"""Users, items, times, kinds and ratings."""


def going_on(dataset: Dataset, later: list[tuple[int, int, float, int, int]]) -> Dataset:
    """The log up to the moment, and then other events."""
    early = dataset.events
    assert early.time is not None
    early = early.take(np.flatnonzero(early.time < MOMENT))
    assert early.time is not None
    assert early.kind is not None
    assert early.rating is not None
    user, item, time, kind, rating = np.array(later, dtype=float).reshape(-1, 5).T
    events = Events(
        np.append(early.user, user.astype(np.int32)), np.append(early.item, item.astype(np.int32)),
        np.append(early.time, time), np.append(early.kind, kind.astype(np.int8)),
        rating=np.append(early.rating, rating.astype(np.float32)),
    )  # fmt: skip
    events.settle(*(np.arange(len(ids), dtype=np.int32) for ids in (dataset.users, dataset.items)))
    return replace(dataset, events=events)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 1000), later=LATER)
def test_no_later_event_changes_a_feature(seed: int, later: list[tuple[int, int, float, int, int]]) -> None:
    """Moved, altered, added or taken away: what is hidden from a moment on reaches none, to the last bit."""
    rows = world(seed)
    found = []
    for events in ([], later):
        log = going_on(rows.visible, events)
        assert log.events.time is not None
        visible = log.take(np.flatnonzero(log.events.time < MOMENT))
        seen = Evidence(visible, rows.users, rows.items, rows.lists)
        found.append({(group, name): values for group in FEATURES for name, values in FEATURES[group][1](seen)})
    without, with_later = found
    assert list(without) == list(with_later)
    for name, values in without.items():
        assert values.tobytes() == with_later[name].tobytes(), name


def test_events_before_the_moment_do_change_features() -> None:
    """Else the test above said nothing."""
    rows = world(1)
    log = going_on(rows.visible, [])
    assert log.events.time is not None
    less = log.take(np.flatnonzero(log.events.time < MOMENT - 1))
    for group in ("own_recency", "co_users", "co_visits", "tastes", "kind_shares"):
        one, two = (
            np.stack([values for _, values in FEATURES[group][1](Evidence(each, rows.users, rows.items))])
            for each in (log, less)
        )
        assert (np.nan_to_num(one) != np.nan_to_num(two)).any()


def test_what_is_dear_is_made_once_for_all_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks of users that are handed the same `shared` do not count a log again, and mean what one block means."""
    calls: list[str] = []

    def counted(module: Any, name: str) -> None:
        function: Callable[..., Any] = getattr(module, name)

        def counting(*given: Any, **named: Any) -> Any:
            calls.append(name)
            return function(*given, **named)

        monkeypatch.setattr(module, name, counting)

    for module, name in (
        (likeness, "covisits"), (likeness, "tastes"), (likeness, "_products"), (features_of_pairs, "equal_rows"),
        (features_of_pairs, "indicators"), (features_of_pairs, "parts"),
    ):  # fmt: skip
        counted(module, name)
    whole = world(3)
    columns = {(group, name): values for group in FEATURES for name, values in FEATURES[group][1](whole)}
    once = sorted(calls)
    assert {"covisits", "tastes", "_products"} <= set(once)
    shared = Visible(whole.visible, whole.lists)
    for block in np.array_split(np.arange(len(whole.users)), 4):
        rows = Evidence(whole.visible, whole.users[block], whole.items[block], whole.lists, shared)
        for group in FEATURES:
            for name, values in FEATURES[group][1](rows):
                np.testing.assert_allclose(values, columns[group, name][block], rtol=1e-5, atol=1e-6)
    assert sorted(calls) == sorted(once * 2)


def test_nothing_is_shared_with_another_dataset(made: Dataset) -> None:
    """Handed what was made of another one, the evidence makes its own."""
    users = np.arange(3, dtype=np.int32)
    rows = Evidence(made, users, users)
    fewer = replace(rows, visible=made.take(np.arange(100)))
    assert rows.matrix.nnz == len(made.pairs)
    assert fewer.matrix.nnz == 100
    assert replace(rows, users=users[::-1].copy()).shared is rows.shared


def test_threads_make_it_once(made: Dataset) -> None:
    """All that ask at the same time are given the same."""
    visible, calls, threads = Visible(made), [], 4
    together = Barrier(threads)

    def slow(of: Visible) -> object:
        calls.append(of)
        sleep(0.01)
        return object()

    def ask(_: int) -> object:
        together.wait()
        return visible.once(slow)

    with ThreadPoolExecutor(threads) as pool:
        found = set(pool.map(ask, range(threads)))
    assert len(calls) == len(found) == 1


def test_positions_of_pairs_are_those_of_all_visible_ones() -> None:
    """Whatever users the rows have: own features hand over values of all visible pairs."""
    rows = world(2)
    some = np.flatnonzero(rows.users >= 4)
    part = replace(rows, users=rows.users[some], items=rows.items[some])
    has = part.pair >= 0
    assert has.any()
    assert part.visible.pairs[part.pair[has]].tolist() == np.column_stack([part.users, part.items])[has].tolist()
    times = np.arange(len(part.visible.pairs))
    np.testing.assert_array_equal(part.of_pairs(times, -1), np.where(has, part.pair, -1))
