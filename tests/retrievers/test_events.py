"""The retrievers that read more than pairs: own_history, covisitation and trending, against loops over events."""

import math
from collections import defaultdict
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.eventful import eventful, plain_events

from shortlist.data.candidates import NO_ITEM
from shortlist.data.dataset import Dataset
from shortlist.errors import ConfigError
from shortlist.retrievers.covisitation import Covisitation
from shortlist.retrievers.own_history import OwnHistory
from shortlist.retrievers.registry import make_retriever
from shortlist.retrievers.topk import recommend
from shortlist.retrievers.trending import CREDIT, Trending

EVERYBODY = np.arange(8, dtype=np.int32)


def known(scores: np.ndarray) -> np.ndarray:
    return np.where(scores > -np.inf, scores, 0)


def log(*rows: tuple[str, str, float]) -> Dataset:
    table = pd.DataFrame(rows, columns=["user", "item", "time"])
    return Dataset.from_events(table[["user", "item"]], time=table["time"])


@pytest.mark.parametrize("times", [True, False])
@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_own_history_is_decayed_frequency(times: bool, seed: int) -> None:
    """Sum of the pair's events by kind and age, times the item's repeat rate and a thousandth for the popular."""
    dataset = eventful(seed, times=times)
    events = plain_events(dataset)
    now = max(time for *_, time, _ in events)
    users_of: dict[int, set[int]] = defaultdict(set)
    events_of: dict[int, int] = defaultdict(int)
    expected = np.zeros((8, 7))
    for user, item, time, worth in events:
        users_of[item].add(user)
        events_of[item] += 1
        expected[user, item] += worth / (1 + (now - time) / 2)
    most = max(map(len, users_of.values()))
    for item, users in users_of.items():
        rate = (events_of[item] - len(users) + 1) / (events_of[item] + 5)
        expected[:, item] *= math.sqrt(rate) * (1 + 0.001 * len(users) / most)
    model = make_retriever("own_history", {"half_life": 2.0, "repeats": 0.5}).fit(dataset)
    np.testing.assert_allclose(known(model.score(EVERYBODY)), expected, rtol=1e-5)


def test_own_history_orders_by_number_then_by_age_then_by_popularity() -> None:
    """Twice before once, of equals the later, and at the same time the one that more users have."""
    dataset = log(("u", "a", 9), ("u", "b", 9), ("v", "b", 1), ("u", "c", 8), ("u", "d", 9), ("u", "d", 8))
    items, _ = make_retriever("own_history", {"repeats": 0.0}).fit(dataset).candidates(np.array([0], dtype=np.int32), 5)
    assert dataset.items.ids[items[0, :4]].tolist() == ["d", "b", "a", "c"]
    assert items[0, 4] == NO_ITEM


def test_own_history_says_nothing_where_seen_items_are_left_out() -> None:
    """Then its lists are empty, which the blend passes over."""
    dataset = eventful(1)
    assert (recommend(OwnHistory().fit(dataset), EVERYBODY, 5, dataset.matrix()).items == NO_ITEM).all()


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_covisitation_is_asked_with_the_latest(seed: int) -> None:
    """Sum over the user's last events of what they say about the item, by a power of the item's events."""
    dataset = eventful(seed)
    events = plain_events(dataset)
    size: dict[int, float] = defaultdict(float)
    for _, item, _, worth in events:
        size[item] += worth
    expected = np.zeros((8, 7))
    of_user = {
        user: sorted(((time, item, worth) for u, item, time, worth in events if u == user), key=lambda event: event[:2])
        for user in range(8)
    }
    for user in range(8):
        for time, asking, weight in of_user[user]:
            later = sum(then > time for then, *_ in of_user[user])
            if later >= 4:
                continue
            for others in of_user.values():
                for one, (when, item, worth) in enumerate(others):
                    for other, (then, target, much) in enumerate(others):
                        if item == asking != target and 0 < abs(one - other) <= 3:
                            near = 1 if when == then else 0.5 ** (abs(one - other) - 1) * (1 if then > when else 0.25)
                            expected[user, target] += (
                                weight * 0.8**later * near * worth * much / math.sqrt(size[target])
                            )
    given_ = {"window": 3, "decay": 0.5, "backward": 0.25, "popularity": 0.5, "last": 4, "recency": 0.8}
    model = make_retriever("covisitation", given_).fit(dataset)
    np.testing.assert_allclose(known(model.score(EVERYBODY)), expected, rtol=1e-5)


def test_covisitation_finds_what_follows() -> None:
    """Whoever took b took c right after it; what came before is worth less, and long ago no part of the question."""
    rows = [(f"u{n}", item, n + step) for n in range(0, 90, 10) for step, item in enumerate("abc")]
    dataset = log(*rows, ("asker", "a", 1.0), ("asker", "b", 2.0))
    asker = dataset.users.codes(["asker"])
    found = recommend(Covisitation().fit(dataset), asker, 1, dataset.matrix())
    assert dataset.items.ids[found.items[0, 0]] == "c"
    scores = make_retriever("covisitation", {"last": 1, "popularity": 0.0}).fit(dataset).score(asker)[0]
    assert scores[2] > scores[0] > 0


@pytest.mark.parametrize("times", [True, False])
def test_covisitation_keeps_the_strongest(times: bool) -> None:
    """With one neighbour, each item speaks for one."""
    model = make_retriever("covisitation", {"neighbours": 1}).fit(eventful(4, times=times))
    assert isinstance(model, Covisitation)
    assert model.votes_.getnnz(axis=1).max() == 1


def test_covisitation_without_times_counts_users_in_common() -> None:
    """Of all the user's items: none is the latest."""
    dataset = eventful(5, times=False, kinds=False)
    pairs = dataset.matrix().toarray()
    together = pairs.T @ pairs
    np.fill_diagonal(together, 0)
    size = np.maximum(np.bincount(dataset.events.item, minlength=7), 1)
    expected = dataset.strength_matrix().toarray() @ together / size**0.4
    np.testing.assert_allclose(
        known(make_retriever("covisitation", {"last": 1}).fit(dataset).score(EVERYBODY)), expected, rtol=1e-5
    )


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_trending_is_the_share_of_recent_events(seed: int) -> None:
    """The same for everybody; an item without events has a score too, the last."""
    dataset = eventful(seed)
    events = plain_events(dataset)
    now = max(time for *_, time, _ in events)
    expected = np.zeros(7)
    for _, item, time, worth in events:
        expected[item] += worth / (1 + (now - time) / 3)
    model = make_retriever("trending", {"half_life": 3.0}).fit(dataset)
    np.testing.assert_allclose(model.score(EVERYBODY), np.tile(expected / expected.sum(), (8, 1)), rtol=1e-5)
    assert (model.candidates(EVERYBODY, 7)[0] != NO_ITEM).all()


def test_trending_reads_a_length_of_time() -> None:
    """As the rest of competition.toml does."""
    assert make_retriever("trending", {"half_life": "2w"}) == make_retriever("trending", {"half_life": 14})


def grouped(seed: int) -> Dataset:
    """Two groups of ten users and one user of neither; the last ones took nothing."""
    rng = np.random.default_rng(seed)
    rows = [(f"u{user:02}", f"i{item}") for user in range(18) for item in rng.choice(6, 3)]
    table = pd.DataFrame({"age": ["young"] * 10 + ["old"] * 10 + [None]}, index=[f"u{n:02}" for n in range(21)])
    table["age"] = table["age"].astype("category")
    return Dataset.from_events(pd.DataFrame(rows, columns=["user", "item"]), table)


def test_trending_within_groups_leans_on_everybody() -> None:
    """A group's counts and CREDIT events of everybody, for its users without history too; others get everybody's."""
    dataset = grouped(0)
    events = plain_events(dataset)
    shares = np.array([sum(item == one for _, item, *_ in events) for one in range(6)]) / len(events)
    scores = make_retriever("trending", {"group": "age"}).fit(dataset).score(np.array([0, 19, 20], dtype=np.int32))
    for row, users in ((0, range(10)), (1, range(10, 20))):
        own = np.array([sum(item == one and user in users for user, item, *_ in events) for one in range(6)])
        np.testing.assert_allclose(scores[row], (own + CREDIT * shares) / (own.sum() + CREDIT), rtol=1e-5)
    np.testing.assert_allclose(scores[2], shares, rtol=1e-5)


def test_a_group_that_is_no_column_is_named() -> None:
    """With the columns there are, in one line."""
    with pytest.raises(ConfigError, match=r"^retriever trending: the user table has no column 'ages'; it has: age$"):
        make_retriever("trending", {"group": "ages"}).fit(grouped(0))


@pytest.mark.parametrize("model", [OwnHistory(), Covisitation(), Trending()])
def test_they_need_not_have_an_event(model: OwnHistory | Covisitation | Trending) -> None:
    """An empty log gives no reason for anything, and no failure."""
    dataset = eventful(0)
    empty = dataset.take(np.empty(0, dtype=np.intp))
    for log_ in (empty, replace(empty, events=replace(empty.events, time=None, kind=None))):
        assert (known(model.fit(log_).score(EVERYBODY)) == 0).all()
