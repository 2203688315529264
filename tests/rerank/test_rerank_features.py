"""Every group of features against plain loops over users and items, on tables of every role with gaps in them."""

import math
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.eventful import KINDS
from tests.rerank.loops_of_time import LOOPS, Log

from shortlist.data.candidates import NO_ITEM, Candidates
from shortlist.data.dataset import Dataset
from shortlist.rerank import evidence
from shortlist.rerank.evidence import Evidence
from shortlist.rerank.features import FEATURES
from shortlist.rerank.ratings import FACTORS, ITEM_SHRINKAGE, USER_SHRINKAGE
from shortlist.rerank.table import Known, describe

NAN = math.nan
Values = dict[str, list[float]]


def table(rng: np.random.Generator, prefix: str, rows: int) -> pd.DataFrame:
    """A column of each role, a third of its values missing, and the last row a copy of the first."""
    gaps = lambda values: pd.Series(values, dtype=object).where(rng.random(rows) > 1 / 3)  # noqa: E731
    days = pd.Timestamp("2020-01-30") + pd.to_timedelta(rng.integers(0, 90, rows), unit="D")
    columns = {
        "kind": gaps(rng.choice(["x", "y", "z"], rows)).astype("category"),
        "words": gaps([";".join(rng.choice(["안녕", "b", "c d"], n)) for n in rng.integers(1, 4, rows)]).astype("str"),
        "size": gaps(rng.integers(0, 5, rows)).astype(float),
        "date": pd.to_datetime(gaps(days)),
    }
    made = pd.DataFrame(columns).iloc[[*range(rows - 1), 0]]
    return made.set_axis([f"{prefix}{n}" for n in range(rows)])


def world(seed: int, users: int = 8, items: int = 7) -> Evidence:
    """A small dataset, every pair as a candidate, whether seen or not, and two retrievers' lists for most users."""
    rng = np.random.default_rng(seed)
    seen = rng.random((users, items)) < 0.3
    seen[2], seen[:, 3] = False, False  # a user and an item that nothing is known about
    seen[0, 0] = True
    pairs = pd.DataFrame([(f"u{u}", f"i{i}") for u, i in np.argwhere(seen)], columns=["user", "item"])
    events = pairs.loc[np.repeat(np.arange(len(pairs)), rng.integers(1, 4, len(pairs)))]
    marks = {
        "time": rng.integers(0, 40, len(events)) / 4, "rating": rng.integers(1, 6, len(events)),
        "kind": rng.choice(list(KINDS), len(events)),
    }  # fmt: skip
    dataset = Dataset.from_events(events, table(rng, "u", users), table(rng, "i", items), kinds=KINDS, **marks)
    rows = np.argwhere(np.ones_like(seen)).astype(np.int32)
    some = np.array([u for u in range(users) if u != 1], dtype=np.int32)
    lists = {}
    for name in ("one", "two"):
        found = np.argsort(rng.random((len(some), items)), axis=1)[:, :4].astype(np.int32)
        scores = -np.sort(-rng.normal(size=found.shape), axis=1).astype(np.float32)
        for row, length in enumerate(rng.integers(0, 5, len(some))):
            found[row, length:], scores[row, length:] = NO_ITEM, -np.inf
        lists[name] = Candidates(some, found, scores)
    return Evidence(dataset, rows[:, 0], rows[:, 1], lists)


def mean(values: list[float]) -> float:
    known = [value for value in values if not math.isnan(value)]
    return sum(known) / len(known) if known else NAN


def most(values: list[float]) -> float:
    return max((value for value in values if not math.isnan(value)), default=NAN)


class Plain:
    """The same evidence as Python's own lists and sets."""

    def __init__(self, rows: Evidence) -> None:
        data = rows.visible
        self.rows = list(zip(rows.users.tolist(), rows.items.tolist(), strict=True))
        self.items_of = [{i for v, i in data.pairs.tolist() if v == u} for u in range(len(data.users))]
        self.users_of = [{u for u, j in data.pairs.tolist() if j == i} for i in range(len(data.items))]
        self.dataset, self.pairs = data, [tuple(pair) for pair in data.pairs.tolist()]
        self.lists = rows.lists
        self.tables = {"user": data.user_table, "item": data.item_table}

    def each(self, value: Callable[[int, int], float]) -> list[float]:
        return [value(user, item) for user, item in self.rows]

    def words(self, side: str, column: str) -> list[set[str]]:
        """The values that each row of a column has, those that enough and not too many rows have."""
        values = self.tables[side][column]
        made = []
        for value in values:
            if isinstance(value, pd.Timestamp):
                found = {value.strftime("%Y-%m")}
            elif isinstance(value, float) and not math.isnan(value):
                found = {f"{value:.12g}"}
            elif pd.isna(value):
                found = {""}
            else:
                found = set(re.findall(r"[^;\s]+", value)) if column == "words" else {value}
            made.append(found)
        number = {one: sum(one in found for found in made) for found in made for one in found}
        return [{one for one in found if 2 <= number[one] <= 0.95 * len(values)} for found in made]

    def numbers(self, side: str, column: str) -> list[float]:
        values = self.tables[side][column]
        if column == "date":
            return [(value - values.min()).days if not pd.isna(value) else NAN for value in values]
        return [float(value) for value in values]

    def text(self, side: str) -> list[dict[str, float]]:
        """TF-IDF vectors of length 1 over all columns, smoothed as scikit-learn's."""
        columns = [(str(name), self.words(side, str(name))) for name in self.tables[side]]
        rows = [{f"{name}={one}" for name, words in columns for one in words[row]} for row in range(len(columns[0][1]))]
        weight = {
            one: math.log((1 + len(rows)) / (1 + sum(one in row for row in rows))) + 1 for row in rows for one in row
        }
        length = [math.sqrt(sum(weight[one] ** 2 for one in row)) for row in rows]
        return [{one: weight[one] / length[n] for one in row} for n, row in enumerate(rows)]


def overlap(left: set[int], right: set[int]) -> float:
    return len(left & right) / math.sqrt(len(left) * len(right)) if left and right else 0.0


def product(left: dict[str, float], right: dict[str, float]) -> float:
    return sum(value * right.get(one, 0.0) for one, value in left.items())


def retrievers(plain: Plain) -> Values:
    found: Values = {}
    for name, one in plain.lists.items():
        for part in ("rank", "score", "margin"):
            found[f"{name}-{part}"] = []
        for user, item in plain.rows:
            row = one.users.tolist().index(user) if user in one.users else None
            scores = [] if row is None else [float(s) for s in one.scores[row] if s > -np.inf]
            place = -1 if row is None or item not in one.items[row] else one.items[row].tolist().index(item)
            known = place >= 0
            deviation = max(float(np.std(np.array(scores, np.float32))), 1e-9) if scores else NAN
            found[f"{name}-rank"].append(place + 1 if known else NAN)
            found[f"{name}-score"].append(scores[place] if known else NAN)
            found[f"{name}-margin"].append((scores[place] - scores[0]) / deviation if known else NAN)
    return found


def counts(plain: Plain) -> Values:
    return {
        "user": plain.each(lambda user, item: len(plain.items_of[user])),
        "item": plain.each(lambda user, item: len(plain.users_of[item])),
    }


def history_shares(plain: Plain) -> Values:
    found: Values = {}
    for column in ("kind", "words"):
        words = plain.words("item", column)
        if not any(words):  # no value that tells rows apart
            continue

        def share(user: int, item: int, words: list[set[str]] = words) -> float:
            history = plain.items_of[user]
            parts = [sum(one in words[other] for other in history) / len(history) for one in words[item] if history]
            return sum(parts) / max(len(words[item]), 1)

        found[column] = plain.each(share)
    return found


def audience_shares(plain: Plain) -> Values:
    found: Values = {}
    for column in ("kind", "words"):
        words = plain.words("user", column)
        if not any(words):  # no value that tells rows apart
            continue

        def share(user: int, item: int, words: list[set[str]] = words) -> float:
            audience = plain.users_of[item]
            parts = [sum(one in words[other] for other in audience) / len(audience) for one in words[user] if audience]
            return sum(parts) / max(len(words[user]), 1)

        found[column] = plain.each(share)
    return found


def history_distances(plain: Plain) -> Values:
    found: Values = {}
    for column in ("size", "date"):
        values = plain.numbers("item", column)
        means = [mean([values[item] for item in history]) for history in plain.items_of]
        found[column] = [values[item] for _, item in plain.rows]
        found[f"{column}-distance"] = [abs(values[item] - means[user]) for user, item in plain.rows]
    return found


def audience_distances(plain: Plain) -> Values:
    found: Values = {}
    for column in ("size", "date"):
        values = plain.numbers("user", column)
        means = [mean([values[user] for user in audience]) for audience in plain.users_of]
        found[column] = [values[user] - means[item] for user, item in plain.rows]
    return found


def nearest_dates(plain: Plain) -> Values:
    days = plain.numbers("user", "date")
    away = [[abs(days[other] - days[user]) for other in plain.users_of[item]] for user, item in plain.rows]
    return {"date-nearest": [-most([-one for one in row]) for row in away], "date-mean": [mean(row) for row in away]}


def over(plain: Plain, members: Callable[[int, int], set[int]], alike: Callable[[int, int, int], float]) -> Values:
    rows = [[alike(user, item, one) for one in members(user, item)] for user, item in plain.rows]
    return {"mean": [mean(row) for row in rows], "max": [most(row) for row in rows]}


def co_users(plain: Plain) -> Values:
    of = plain.users_of
    return over(plain, lambda user, item: plain.items_of[user], lambda user, item, one: overlap(of[one], of[item]))


def co_items(plain: Plain) -> Values:
    of = plain.items_of
    return over(plain, lambda user, item: plain.users_of[item], lambda user, item, one: overlap(of[one], of[user]))


def item_texts(plain: Plain) -> Values:
    text = plain.text("item")
    return over(plain, lambda user, item: plain.items_of[user], lambda user, item, one: product(text[one], text[item]))


def user_texts(plain: Plain) -> Values:
    text = plain.text("user")
    return over(plain, lambda user, item: plain.users_of[item], lambda user, item, one: product(text[one], text[user]))


def copies(plain: Plain) -> Values:
    rows = [tuple("" if pd.isna(value) else str(value) for value in row) for row in plain.tables["item"].to_numpy()]
    same = [[other for other in range(len(rows)) if rows[other] == row] for row in rows]
    return {
        "items": plain.each(lambda user, item: len(same[item])),
        "users": plain.each(lambda user, item: sum(len(plain.users_of[other]) for other in same[item])),
        "of_user": plain.each(lambda user, item: len(plain.items_of[user] & set(same[item]))),
    }


def ratings(plain: Plain) -> Values:
    """Deviations of the item and, from what it leaves, of the user, and the best matrix of rank F for the rest."""
    data = plain.dataset
    assert data.ratings is not None
    rest = {pair: float(rating - data.ratings.mean()) for pair, rating in zip(plain.pairs, data.ratings, strict=True)}
    moved = {}
    for side, name, shrinkage, number in (
        (1, "item", ITEM_SHRINKAGE, data.items),
        (0, "user", USER_SHRINKAGE, data.users),
    ):
        lists = [[value for pair, value in rest.items() if pair[side] == code] for code in range(len(number))]
        moved[name] = [sum(values) / (len(values) + shrinkage) for values in lists]
        rest = {pair: value - moved[name][pair[side]] for pair, value in rest.items()}
    dense = np.zeros((len(data.users), len(data.items)))
    for pair, value in rest.items():
        dense[pair] = value
    u, s, v = np.linalg.svd(dense)
    kept = min(FACTORS, min(dense.shape) - 1)
    taste = u[:, :kept] * s[:kept] @ v[:kept]
    return {
        "user": plain.each(lambda user, item: moved["user"][user]),
        "item": plain.each(lambda user, item: moved["item"][item]),
        "taste": plain.each(lambda user, item: float(taste[user, item])),
    }


OF_PAIRS: dict[str, Callable[[Plain], Values]] = {
    function.__name__: function
    for function in (
        retrievers, counts, history_shares, history_distances, audience_shares, audience_distances, nearest_dates,
        co_users, co_items, item_texts, user_texts, copies, ratings,
    )
}  # fmt: skip

OF_TIME: dict[str, Callable[[Log], Values]] = {function.__name__: function for function in LOOPS}


def looped(group: str, rows: Evidence) -> Values:
    return OF_PAIRS[group](Plain(rows)) if group in OF_PAIRS else OF_TIME[group](Log(rows))


def test_every_group_has_its_loop_here() -> None:
    """A new feature needs an entry above."""
    assert [*OF_PAIRS, *OF_TIME] == list(FEATURES)


@pytest.mark.parametrize("group", FEATURES)
@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_a_group_is_what_a_loop_gives(group: str, seed: int) -> None:
    """The same columns in the same order and the same values for every candidate, missing where there are none."""
    rows = world(seed)
    found = dict(FEATURES[group][1](rows))
    expected = looped(group, rows)
    assert sorted(found) == sorted(expected)
    for name, values in found.items():
        assert values.shape == rows.users.shape
        np.testing.assert_allclose(values, expected[name], rtol=2e-4, atol=2e-5, err_msg=name)


@pytest.mark.parametrize(
    "group", ["co_users", "co_items", "item_texts", "user_texts", "nearest_dates", "counts", "co_visits"]
)
def test_parts_of_the_work_change_nothing(group: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Compared a few pairs at a time, to bound the memory, the values are the same."""
    whole = dict(FEATURES[group][1](world(3)))
    monkeypatch.setattr(evidence, "CHUNK", 5)
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
    events = everything.events
    assert events.time is not None
    later = events.time >= 7
    assert later.any()
    described = []
    for moved in (0, 1000):
        other = replace(
            events.take(np.arange(len(events))),
            time=events.time + moved * later,
            item=np.where(later, (events.item + moved) % 7, events.item),
        )
        other.settle(*(np.arange(len(ids), dtype=np.int32) for ids in (everything.users, everything.items)))
        log = replace(everything, events=other)
        assert log.events.time is not None
        hidden = log.take(np.flatnonzero(log.events.time >= 7))
        known = Known(hidden, np.ones(len(candidates.users), np.float32))
        described.append(describe(log.take(np.flatnonzero(log.events.time < 7)), candidates, rows.lists, known))
    described.append(describe(everything.take(np.flatnonzero(~later)), candidates, rows.lists))
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
    made = describe(checkerboard, found, {"one": found})
    groups = {name.partition(".")[0] for name in made.names}
    assert {"retrievers", "counts", "co_users", "co_items"} <= groups
    assert not groups & {"history_shares", "history_distances", "audience_shares", "nearest_dates", "copies"}
    assert not np.isinf(made.features).any()


def test_a_retriever_that_found_nothing_says_nothing(made: Dataset) -> None:
    """Its columns are there and missing throughout; the other retriever's are as they are without it."""
    users = np.array([3, 1], dtype=np.int32)
    one = Candidates(users, np.array([[4, 5], [6, 7]], np.int32), np.array([[2, 1], [2, 1]], np.float32))
    none = Candidates(users, np.full((2, 2), NO_ITEM, dtype=np.int32), np.full((2, 2), -np.inf, dtype=np.float32))
    both, alone = (describe(made, one, lists) for lists in ({"one": one, "none": none}, {"one": one}))
    assert np.isnan(both.select(["retrievers.none"]).features).all()
    assert both.select(["retrievers.none"]).features.shape == (4, 3)
    kept = both.select(["retrievers.one", *(group for group in FEATURES if group != "retrievers")])
    assert kept.names == alone.names
    np.testing.assert_array_equal(kept.features, alone.features)


def test_features_of_the_made_sample_are_plain_numbers(made: Dataset) -> None:
    """Every column that tells rows apart gives features; none is infinite, and each says something of some row."""
    users = np.repeat(np.arange(100, dtype=np.int32)[:, None], 1, axis=1).ravel()
    items = np.array([np.random.default_rng(user).permutation(90)[:5] for user in users], dtype=np.int32)
    found = Candidates(users, items, np.tile(-np.arange(5, dtype=np.float32), (100, 1)))
    made_table = describe(made, found, {"one": found})
    assert not np.isinf(made_table.features).any()
    assert not np.isnan(made_table.features).all(axis=0).any()
    columns: Any = [*made.item_table.columns, *made.user_table.columns]
    silent = {column for column in columns if not any(str(column) in name for name in made_table.names)}
    assert silent <= {"address_seq1", "address_seq2", "address_seq3", "job_code_seq3", "univ_transfer"}
