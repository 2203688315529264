"""Every group of features against plain loops over users and items, on tables of every role with gaps in them."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.rerank import loops_of_pairs, loops_of_repeats, loops_of_time
from tests.rerank.loops_of_pairs import Plain, Values
from tests.rerank.loops_of_time import Log
from tests.rerank.worlds import world

from shortlist.data.candidates import NO_ITEM, Candidates
from shortlist.data.dataset import Dataset
from shortlist.rerank import members
from shortlist.rerank.evidence import Evidence
from shortlist.rerank.features import FEATURES
from shortlist.rerank.table import FeatureTable, Known, describe

OF_PAIRS: dict[str, Callable[[Plain], Values]] = {each.__name__: each for each in loops_of_pairs.LOOPS}

OF_LOG: dict[str, Callable[[Log], Values]] = {
    each.__name__: each for each in (*loops_of_time.LOOPS, *loops_of_repeats.LOOPS)
}

MOMENT = 7
"""Of the made log's ten units of time; what comes from then on is hidden."""


UNTIMED = {"demand"}
"""Groups of logs without times; with times they have no column."""


def looped(group: str, rows: Evidence) -> Values:
    return OF_PAIRS[group](Plain(rows)) if group in OF_PAIRS else OF_LOG[group](Log(rows))


def test_every_group_has_its_loop() -> None:
    """A new feature needs one beside it."""
    assert {*OF_PAIRS, *OF_LOG} == {*FEATURES}


@pytest.mark.parametrize("group", FEATURES)
@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_a_group_is_what_a_loop_gives(group: str, seed: int) -> None:
    """The same columns in the same order and the same values for every candidate, missing where there are none."""
    rows = world(seed, timed=group not in UNTIMED)
    found = dict(FEATURES[group][1](rows))
    expected = looped(group, rows)
    assert sorted(found) == sorted(expected)
    for name, values in found.items():
        assert values.shape == rows.users.shape
        np.testing.assert_allclose(values, expected[name], rtol=2e-4, atol=2e-5, err_msg=name)


def test_groups_of_logs_without_times_say_nothing_with_times() -> None:
    """No column, whatever the lists are."""
    assert [name for group in UNTIMED for name, _ in FEATURES[group][1](world(3))] == []


@pytest.mark.parametrize(
    "group",
    ["co_users", "co_items", "followers", "tastes", "item_texts", "history_shares", "nearest_dates", "co_visits"],
)
def test_parts_of_the_work_change_nothing(group: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Compared a few pairs at a time, to bound the memory, the values are the same."""
    whole = dict(FEATURES[group][1](world(3)))
    for bound in ("CHUNK", "DENSE", "FETCHED", "VECTORS"):
        monkeypatch.setattr(members, bound, 5)
    for name, values in FEATURES[group][1](world(3)):
        np.testing.assert_array_equal(values, whole[name])


@pytest.mark.parametrize("group", FEATURES)
def test_every_group_says_why(group: str) -> None:
    """One line of reason in each language, which is not what the function's docstring says it computes."""
    reason, function = FEATURES[group]
    for text in (reason.en, reason.ko):
        assert 10 < len(text) <= 120
        assert "\n" not in text
    assert reason.en not in (function.__doc__ or reason.en)
    assert any("가" <= letter <= "힣" for letter in reason.ko)


def as_candidates(rows: Evidence) -> Candidates:
    """The rows as lists; users have different numbers of them."""
    users, length = np.unique(rows.users, return_counts=True)
    items = np.full((len(users), int(length.max())), NO_ITEM, dtype=np.int32)
    items[np.arange(items.shape[1]) < length[:, None]] = rows.items
    return Candidates(users, items, np.where(items == NO_ITEM, -np.inf, 0).astype(np.float32))


@pytest.mark.parametrize("seed", range(3))
def test_no_hidden_event_changes_a_feature(seed: int) -> None:
    """With hidden events labelled, moved to other times, turned into others, or nowhere, the features are the same."""
    rows = world(seed)
    everything, candidates = rows.visible, as_candidates(rows)
    lists = {"rows": candidates}
    events = everything.events
    assert events.time is not None
    later = events.time >= MOMENT
    assert later.any()
    described: list[FeatureTable] = []
    for moved in (0, 1000):
        other = replace(
            events.take(np.arange(len(events))),
            time=events.time + moved * later,
            item=np.where(later, (events.item + moved) % 7, events.item),
        )
        other.settle(*(np.arange(len(ids), dtype=np.int32) for ids in (everything.users, everything.items)))
        log = replace(everything, events=other)
        assert log.events.time is not None
        hidden = log.take(np.flatnonzero(log.events.time >= MOMENT))
        known = Known(hidden, np.ones(len(candidates.users), np.float32), np.ones(5, np.float32))
        described += describe(log.take(np.flatnonzero(log.events.time < MOMENT)), candidates, lists, known)
    described += describe(everything.take(np.flatnonzero(~later)), candidates, lists)
    one, two, without = described
    assert one.labels.any()
    assert (one.labels != two.labels).any()
    assert one.names == two.names == without.names
    assert one.features.tobytes() == two.features.tobytes() == without.features.tobytes()


def test_tables_without_columns_are_no_failure(checkerboard: Dataset) -> None:
    """A log of pairs alone: what needs a table says nothing, the rest is there, and nothing is infinite."""
    users = np.arange(20, dtype=np.int32)
    items = np.stack([users, (users + 1) % 20], axis=1).astype(np.int32)
    found = Candidates(users, items, np.tile(np.array([1, 0], dtype=np.float32), (20, 1)))
    made = next(describe(checkerboard, found, {"one": found}))
    groups = {name.partition(".")[0] for name in made.names}
    assert {"retrievers", "counts", "co_users", "co_items"} <= groups
    assert not groups & {"history_shares", "history_distances", "audience_shares", "nearest_dates", "copies"}
    assert not np.isinf(made.features).any()


def test_a_retriever_that_found_nothing_says_nothing(made: Dataset) -> None:
    """Its columns are there and missing throughout; the other retriever's are as they are without it."""
    users = np.array([3, 1], dtype=np.int32)
    one = Candidates(users, np.array([[4, 5], [6, 7]], np.int32), np.array([[2, 1], [2, 1]], np.float32))
    none = Candidates(users, np.full((2, 2), NO_ITEM, dtype=np.int32), np.full((2, 2), -np.inf, dtype=np.float32))
    both, alone = (next(describe(made, one, lists)) for lists in ({"one": one, "none": none}, {"one": one}))
    assert np.isnan(both.select(["retrievers.none"]).features).all()
    assert both.select(["retrievers.none"]).features.shape == (4, 3)
    of_lists = {"retrievers", "demand"}
    kept = both.select([*(f"{group}.one" for group in of_lists), *(set(FEATURES) - of_lists)])
    assert kept.names == alone.names
    np.testing.assert_array_equal(kept.features, alone.features)


def test_features_of_the_made_sample_are_plain_numbers(made: Dataset) -> None:
    """Every column that tells rows apart gives features; none is infinite, and each says something of some row."""
    users = np.repeat(np.arange(100, dtype=np.int32)[:, None], 1, axis=1).ravel()
    items = np.array([np.random.default_rng(user).permutation(90)[:5] for user in users], dtype=np.int32)
    found = Candidates(users, items, np.tile(-np.arange(5, dtype=np.float32), (100, 1)))
    made_table = next(describe(made, found, {"one": found}))
    assert not np.isinf(made_table.features).any()
    assert not np.isnan(made_table.features).all(axis=0).any()
    columns: Any = [*made.item_table.columns, *made.user_table.columns]
    silent = {column for column in columns if not any(str(column) in name for name in made_table.names)}
    assert silent <= {"address_seq1", "address_seq2", "address_seq3", "job_code_seq3", "univ_transfer"}
