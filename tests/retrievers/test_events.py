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
from shortlist.retrievers.trending import CREDIT, TASTE_CREDIT, Trending

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
    """Sum of the pair's events by kind, age, order, times the repeat rate and a thousandth for the popular."""
    dataset = eventful(seed, times=times)
    events = plain_events(dataset)
    now = max(time for *_, time, _ in events)
    users_of: dict[int, set[int]] = defaultdict(set)
    events_of: dict[int, int] = defaultdict(int)
    expected = np.zeros((8, 7))
    for user, item, time, worth in events:
        users_of[item].add(user)
        events_of[item] += 1
        later = sum(one == user and then > time for one, _, then, _ in events)
        expected[user, item] += worth / (1 + (now - time) / 2) / (1 + later / 5)
    most = max(map(len, users_of.values()))
    for item, users in users_of.items():
        rate = (events_of[item] - len(users) + 1) / (events_of[item] + 5)
        expected[:, item] *= math.sqrt(rate) * (1 + 0.001 * len(users) / most)
    model = make_retriever("own_history", {"half_life": 2.0, "recency": 5.0, "repeats": 0.5}).fit(dataset)
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
    """Sum over the user's events, by order, of what they say about the item, by a power of the item's events."""
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
            for others in of_user.values():
                for one, (when, item, worth) in enumerate(others):
                    for other, (then, target, much) in enumerate(others):
                        if item == asking != target and 0 < abs(one - other) <= 3:
                            near = 1 if when == then else 0.5 ** (abs(one - other) - 1) * (1 if then > when else 0.25)
                            near /= 1 + abs(then - when) / 3
                            asked = weight / (1 + later / 2)
                            expected[user, target] += asked * near * worth * much / math.sqrt(size[target])
    given_ = {"window": 3, "decay": 0.5, "gap_half_life": 3.0, "backward": 0.25, "popularity": 0.5}
    model = make_retriever("covisitation", {**given_, "recency": 2.0, "counts": "full"}).fit(dataset)
    np.testing.assert_allclose(known(model.score(EVERYBODY)), expected, rtol=1e-5)


def test_covisitation_finds_what_follows() -> None:
    """Whoever took b took c right after it; what came before is worth less."""
    rows = [(f"u{n}", item, n + step) for n in range(0, 90, 10) for step, item in enumerate("abc")]
    dataset = log(*rows, ("asker", "a", 1.0), ("asker", "b", 2.0))
    asker = dataset.users.codes(["asker"])
    found = recommend(Covisitation().fit(dataset), asker, 1, dataset.matrix())
    assert dataset.items.ids[found.items[0, 0]] == "c"
    scores = make_retriever("covisitation", {"recency": 0.01, "popularity": 0.0}).fit(dataset).score(asker)[0]
    assert scores[2] > scores[0] > 0


@pytest.mark.parametrize("times", [True, False])
def test_covisitation_keeps_the_strongest(times: bool) -> None:
    """With one neighbour, each item speaks for one."""
    model = make_retriever("covisitation", {"neighbours": 1}).fit(eventful(4, times=times))
    assert isinstance(model, Covisitation)
    assert model.votes_.getnnz(axis=1).max() == 1


def test_covisitation_without_times_counts_users_in_common() -> None:
    """By how often they took both, of all the user's items: none is the latest."""
    dataset = eventful(5, times=False, kinds=False)
    pairs = np.zeros((8, 7))
    np.add.at(pairs, (dataset.events.user, dataset.events.item), 1)
    together = pairs.T @ pairs
    np.fill_diagonal(together, 0)
    expected = pairs @ together / np.maximum(pairs.sum(axis=0), 1) ** 0.4
    model = make_retriever("covisitation", {"counts": "full"}).fit(dataset)
    np.testing.assert_allclose(known(model.score(EVERYBODY)), expected, rtol=1e-5)


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


def test_trending_counts_within_the_window() -> None:
    """An event as old as the window is out, a younger one counts whole."""
    dataset = log(("u", "a", 0), ("v", "a", 7), ("u", "b", 7.5), ("v", "b", 9), ("w", "c", 10))
    model = make_retriever("trending", {"half_life": None, "window": 3}).fit(dataset)
    np.testing.assert_allclose(model.score(EVERYBODY[:1])[0], [0, 2 / 3, 1 / 3], rtol=1e-6)


def categorized() -> Dataset:
    """Six toys, six tools and an item of neither; u00 takes tools only, u09 nothing at all."""
    rng = np.random.default_rng(0)
    rows = [(f"u{user:02}", f"i{item:02}") for user in range(9) for item in rng.choice(13, 5)]
    rows += [("u00", f"i{item:02}") for item in (6, 7, 8, 8)]
    rows = [row for row in rows if row[0] != "u00" or "i06" <= row[1] <= "i11"]
    table = pd.DataFrame({"sort": ["toy"] * 6 + ["tool"] * 6 + [None]}, index=[f"i{n:02}" for n in range(13)])
    users = pd.DataFrame(index=[f"u{n:02}" for n in range(10)])
    return Dataset.from_events(pd.DataFrame(rows, columns=["user", "item"]), users, table.astype("category"))


def test_trending_leans_to_the_categories_of_the_user() -> None:
    """The share of a category in the user's events and TASTE_CREDIT usual ones, over the usual share; else as it is."""
    dataset = categorized()
    events = [(user, item, item // 6) for user, item, *_ in plain_events(dataset)]
    shares = np.array([sum(item == one for _, item, _ in events) for one in range(13)]) / len(events)
    sorted_ = [(user, sort) for user, _, sort in events if sort < 2]
    scores = make_retriever("trending", {"category": "sort"}).fit(dataset).score(np.arange(10, dtype=np.int32))
    for user in range(10):
        own = [sort for one, sort in sorted_ if one == user]
        for item in range(13):
            usual = sum(sort == item // 6 for _, sort in sorted_) / len(sorted_)
            share = (own.count(item // 6) + TASTE_CREDIT * usual) / (len(own) + TASTE_CREDIT)
            expected = shares[item] * (share / usual if item < 12 else 1)
            assert scores[user, item] == pytest.approx(expected, rel=1e-5)
    assert scores[0, 6:12].sum() > 1.2 * scores[9, 6:12].sum()


def test_a_column_that_is_not_there_is_named() -> None:
    """With the columns there are, in one line."""
    with pytest.raises(ConfigError, match=r"^retriever trending: the item table has no column 'sort'; it has: none$"):
        make_retriever("trending", {"category": "sort"}).fit(grouped(0))
    with pytest.raises(ConfigError, match=r"^retriever trending: the user table has no column 'ages'; it has: age$"):
        make_retriever("trending", {"group": "ages"}).fit(grouped(0))


@pytest.mark.parametrize("model", [OwnHistory(), Covisitation(), Trending()])
def test_they_need_not_have_an_event(model: OwnHistory | Covisitation | Trending) -> None:
    """An empty log gives no reason for anything, and no failure."""
    dataset = eventful(0)
    empty = dataset.take(np.empty(0, dtype=np.intp))
    for log_ in (empty, replace(empty, events=replace(empty.events, time=None, kind=None))):
        assert (known(model.fit(log_).score(EVERYBODY)) == 0).all()
