"""The sequence model predicts from the order, the times and the kinds of what came before, and from nothing else."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.eventful import KINDS, eventful

from shortlist.common.arrays import DoubleArray
from shortlist.data.dataset import Dataset
from shortlist.retrievers.registry import make_retriever
from shortlist.retrievers.sequence_events import ENTRY, NOBODY, UNITS, Stream
from shortlist.retrievers.topk import recommend

SMALL: dict[str, Any] = {"dimensions": 8, "epochs": 2, "length": 6, "batch_size": 60, "negatives": 5, "seed": 5}

LEARNT: dict[str, Any] = {"dimensions": 16, "epochs": 12, "length": 5, "batch_size": 100, "learning_rate": 0.02}
"""Enough for a log of some hundred events."""


def _make(**given_: Any) -> Any:
    return make_retriever("sequence", {**SMALL, **given_})


@pytest.fixture(scope="module")
def tf() -> Any:
    """TensorFlow as Shortlist sets it up."""
    from shortlist.engine.tensorflow import tf

    return tf


def _towers(dataset: Dataset, **given_: Any) -> Any:
    """Towers with random weights, none of them 0."""
    from shortlist.retrievers.sequence_attention import draw
    from shortlist.retrievers.sequence_towers import SequenceTowers

    model = _make(**given_)
    inputs, shape = model._inputs(dataset), model._shape()
    layout = shape.layout(inputs.sizes)
    spread = {name: (size, 0.5 if deviation == 0 else deviation) for name, (size, deviation) in layout.items()}
    return SequenceTowers(inputs, draw(spread, np.random.default_rng(0)), shape)


@pytest.fixture(scope="module")
def pair_of_seeds(lonely: Dataset) -> Any:
    """Fitted from two seeds on the synthetic sample, where user 0 and item 0 have no events."""
    return _make(seeds=2).fit(lonely)


def _log(rows: list[tuple[Any, ...]], **further: Any) -> Dataset:
    """From rows of user, item, time and, if there are `kinds`, kind."""
    table = pd.DataFrame(rows, columns=["user", "item", "time", "kind"][: len(rows[0])])
    return Dataset.from_events(table[["user", "item"]], time=table["time"], kind=table.get("kind"), **further)


def _times(dataset: Dataset) -> DoubleArray:
    assert dataset.events.time is not None
    return dataset.events.time


def _followers(rng: np.random.Generator) -> list[tuple[str, str, float]]:
    """Items at random, of which p is by far the most taken; whoever took a takes b right after it."""
    rows = []
    for user in range(40):
        items: list[str] = []
        while len(items) < 10:
            drawn = str(rng.choice(["a", "p", "p", "p", "c", "d", "e"]))
            items += [drawn, "b"] if drawn == "a" else [drawn]
        rows += [(f"u{user:02}", item, 100.0 * user + step) for step, item in enumerate(items)]
    return rows


def test_what_always_follows_comes_first() -> None:
    """After a comes b, whatever is popular; and it is the order that tells: after b nothing says so."""
    rows = _followers(np.random.default_rng(0))
    dataset = _log(
        [*rows, *((f"x{n}", item, n + step) for n, end in enumerate("ab") for step, item in enumerate("cd" + end))]
    )
    asking = dataset.users.codes(["x0", "x1"])
    model = make_retriever("sequence", LEARNT, seed=0).fit(dataset)
    first = dataset.items.ids[model.candidates(asking, 1)[0][:, 0]]
    assert first[0] == "b"
    assert first[1] == "p"
    popular = make_retriever("popular").fit(dataset)
    assert set(dataset.items.ids[popular.candidates(asking, 1)[0][:, 0]]) == {"p"}


def test_kinds_and_gaps_tell_what_comes_next() -> None:
    """After an ordered a comes b, after a clicked one c; soon after x comes y, and after a long wait z."""
    rng = np.random.default_rng(1)
    rows = []
    for user in range(160):
        start, filler, much = float(rng.integers(1000)), str(rng.choice(list("defg"))), bool(user % 2)
        if user % 4 < 2:
            events = [("a", start + 1, "order" if much else "click"), ("b" if much else "c", start + 2, "click")]
        else:
            wait = 50.0 if much else 1.0
            events = [("x", start + wait, "click"), ("z" if much else "y", start + wait + 1, "click")]
        events = [(filler, start, "click"), *events[: 1 if user < 4 else 2]]
        rows += [(f"u{user:03}", *event) for event in events]
    dataset = _log(rows, kinds=KINDS)
    found = make_retriever("sequence", LEARNT, seed=0).fit(dataset).candidates(np.arange(4, dtype=np.int32), 1)[0]
    assert dataset.items.ids[found[:, 0]].tolist() == ["c", "b", "y", "z"]


def test_a_position_sees_nothing_later(tf: Any) -> None:
    """Other events after it, of the same user or of another, leave its vector as it is; events before it do not."""
    from shortlist.retrievers.sequence_attention import Dropout

    towers = _towers(eventful(3))
    rng = np.random.default_rng(0)
    items, kinds = rng.integers(0, 7, (1, 6)), rng.integers(0, 3, (1, 6))
    ages, users = np.cumsum(rng.integers(0, 2000, (1, 6)), axis=1), np.array([[0, 0, 0, 0, 1, 1]])

    def states(*parts: np.ndarray) -> np.ndarray:
        read, *others = (tf.constant(part, dtype=tf.int32) for part in parts)
        found: np.ndarray = towers.states(towers.read(read), *others, Dropout()).numpy()[0]
        return found

    before = states(items, users, kinds, ages)
    for at in range(6):
        changed = [part.copy() for part in (items, kinds, ages)]
        changed[0][0, at] = (items[0, at] + 1) % 7
        changed[1][0, at] = (kinds[0, at] + 1) % 3
        changed[2][0, at:] += 5000
        after = states(changed[0], users, *changed[1:])
        moved = np.abs(after - before).max(axis=1) > 1e-3
        assert moved.tolist() == [at <= position and (at < 4) == (position < 4) for position in range(6)]


def test_a_user_is_what_training_saw_there(tf: Any) -> None:
    """The vector of somebody whose log ends at an event is that of the position in the middle of a longer row."""
    from shortlist.retrievers.sequence_attention import Dropout

    rows = [("u", f"i{step % 4}", float(step**3)) for step in range(5)]
    whole = _log([*rows, ("z", "i0", 0.0), ("z", "i1", 1000.0)])
    towers = _towers(whole)
    stream = Stream.of(whole)
    entries = [tf.constant([part[:6]]) for part in (stream.item, stream.user, stream.kind, stream.time)]
    row = towers.states(towers.read(entries[0]), *entries[1:], Dropout())[0]
    user = tf.constant([0])
    for events in range(6):
        kept = np.flatnonzero((whole.events.user == 1) | (_times(whole) < events**3))
        alone = _towers(whole.take(kept)).user(user)
        np.testing.assert_allclose(alone.numpy(), towers.asking(row[events : events + 1], user).numpy(), atol=1e-5)


def test_training_lowers_the_loss_from_each_seed_anew() -> None:
    """The mean loss falls; what a trainer gives for a seed does not depend on the seeds before."""
    trainer = _make(dropout=0.0, epochs=6).trainer(_log(_followers(np.random.default_rng(3))))
    weights = []
    for seed in (7, 8, 7):
        losses = list(trainer.train(np.random.default_rng(seed)))
        assert np.isfinite(losses).all()
        assert losses[-1] < 0.95 * losses[0]
        weights.append(trainer.weights()["items"])
    np.testing.assert_array_equal(weights[0], weights[2])
    assert np.abs(weights[0] - weights[1]).max() > 0.1


def test_what_weighs_more_is_learnt_better() -> None:
    """Of two items that follow equally often, the one that is ordered comes before the one that is clicked."""
    rows = [
        (f"u{user:02}", *event)
        for user in range(60)
        for event in (("a", 1.0, "click"), *([("b", 2.0, "click"), ("c", 2.0, "order")][user % 2 :][:1] * (user > 0)))
    ]
    scores = (
        make_retriever("sequence", LEARNT, seed=0).fit(_log(rows, kinds=KINDS)).score(np.array([0], dtype=np.int32))
    )
    assert scores[0, 2] > scores[0, 1]


@pytest.mark.parametrize("times", [True, False])
@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), length=st.integers(2, 9))
def test_rows_hold_every_event_after_what_was_before_it(times: bool, seed: int, length: int) -> None:
    """In rows of `length` each event follows, once, an earlier one of its user, one of its time, or the opening."""
    dataset = eventful(seed, times=times)
    events = dataset.events
    rows = Stream.of(dataset).rows(length, np.random.default_rng(seed))
    assert rows.shape[1:] == (length + 1, len(ENTRY))
    assert rows.shape[0] * length <= len(events) + len(dataset.users) + 2 * length
    before, after = rows[:, :-1].reshape(-1, 4), rows[:, 1:].reshape(-1, 4)
    follows = (before[:, 0] == after[:, 0]) & (before[:, 0] != NOBODY)
    found = after[follows][:, :3]
    assert events.kind is not None
    expected = np.column_stack([events.user, events.item, events.kind + 1])
    np.testing.assert_array_equal(found[np.lexsort(found.T)], expected[np.lexsort(expected.T)])
    assert (before[follows][:, 3] <= after[follows][:, 3]).all()
    opened = before[follows][before[follows][:, 1] == 7]
    assert sorted(opened[:, 0].tolist()) == sorted(set(events.user.tolist()))
    assert (opened[:, 2] == 0).all()


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), length=st.integers(2, 30))
def test_the_latest_entries_are_the_last_in_time(seed: int, length: int) -> None:
    """Of each user the last `length`, the opening among them where there are fewer events; time keeps its order."""
    dataset = eventful(seed)
    times, stream = _times(dataset), Stream.of(dataset)
    late = stream.latest(length)
    for user in range(8):
        own = np.sort(times[dataset.events.user == user])
        units = np.floor((own - times.min()) / np.ptp(times) * UNITS)
        found = stream.time[late & (stream.user == user)]
        assert len(found) == min(length, len(units) + 1)
        np.testing.assert_array_equal(found[max(len(found) - len(units), 0) :], units[-length:])


def test_events_of_one_moment_have_no_order() -> None:
    """Shuffling moves an event within its user's moment only."""
    stream = Stream.of(eventful(2))
    new = stream.shuffled(np.random.default_rng(0))
    assert (new.item != stream.item).any()
    for moment in np.unique(stream.moment):
        here = stream.moment == moment
        assert len(set(stream.user[here])) == len(set(stream.time[here])) == 1
        assert sorted(new.item[here]) == sorted(stream.item[here])


def test_vectors_have_unit_length(pair_of_seeds: Any, lonely: Dataset) -> None:
    """Also of user 0 and item 0, who have no event."""
    for vectors, number in (
        (pair_of_seeds.user_vectors_, len(lonely.users)),
        (pair_of_seeds.item_vectors_, len(lonely.items)),
    ):
        assert vectors.shape == (number, 2 * SMALL["dimensions"])
        assert vectors.dtype == np.float32
        np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, rtol=1e-5)


def test_features_tell_apart_those_without_events(lonely: Dataset, tf: Any) -> None:
    """Users who have no event differ by their features alone; without features they are one and the same."""
    nobody = lonely.take(np.flatnonzero(lonely.events.user > 2))
    for features in (True, False):
        users = _towers(nobody, features=features).user(tf.range(3)).numpy()
        assert (np.abs(users[0] - users[1:]).max(axis=1) > 1e-3).tolist() == [features] * 2


def test_seeds_are_averaged(pair_of_seeds: Any, lonely: Dataset, tf: Any) -> None:
    """The score is the mean of what each seed's model gives alone."""
    codes = tf.range(len(lonely.users)), tf.range(len(lonely.items))
    members = pair_of_seeds.servable(pair_of_seeds.state()).members
    alone = [(member.user(codes[0]) @ tf.transpose(member.item(codes[1]))).numpy() for member in members]
    assert np.abs(alone[0] - alone[1]).max() > 0.1
    np.testing.assert_allclose(pair_of_seeds.score(codes[0].numpy()), (alone[0] + alone[1]) / 2, atol=1e-5)


def test_what_is_exported_gives_the_same_lists(tmp_path: Path, pair_of_seeds: Any, lonely: Dataset, tf: Any) -> None:
    """Saved, loaded without us and asked by id, as `pipeline.export` does it."""
    from shortlist.retrievers import saved_towers

    towers = _make(seeds=2).servable(pair_of_seeds.state())
    modules = saved_towers.modules(towers, lonely.users.ids, lonely.items.ids, 5, scann=False)
    saved_towers.save(modules["brute_force"], tmp_path / "brute_force")
    asked = lonely.users.ids[:20][::-1].copy()
    scores, items = tf.saved_model.load(str(tmp_path / "brute_force"))(tf.constant(asked))
    expected, best = pair_of_seeds.candidates(lonely.users.codes(asked), 5)
    assert items.numpy().astype(str).tolist() == lonely.items.ids[expected].tolist()
    np.testing.assert_allclose(scores.numpy(), best, atol=1e-5)


@pytest.mark.parametrize(("log", "negatives"), [("empty", 0), ("one event", 4), ("one event each", 0)])
def test_a_log_may_be_next_to_nothing(log: str, negatives: int) -> None:
    """Finite scores for everybody, with times and kinds or without."""
    dataset = eventful(6)
    each = np.sort(np.unique(dataset.events.user, return_index=True)[1])
    few = dataset.take(each[: {"empty": 0, "one event": 1, "one event each": len(each)}[log]])
    if log == "empty":
        few = replace(few, events=replace(few.events, time=None, kind=None))
    assert np.isfinite(_make(negatives=negatives).fit(few).score(np.arange(8, dtype=np.int32))).all()


def test_without_times_it_completes_sets() -> None:
    """Baskets of two kinds of items, in no order: what is left of the own kind comes first, also after a later code."""
    rng = np.random.default_rng(0)
    rows = []
    for user in range(60):
        own = [f"i{item}" for item in range(8) if item % 2 == user % 2]
        rows += [(f"u{user:02}", item) for item in rng.permutation(own)[:3]]
    dataset = Dataset.from_events(pd.DataFrame(rows, columns=["user", "item"]))
    everybody = np.arange(60, dtype=np.int32)
    found = recommend(make_retriever("sequence", LEARNT, seed=0).fit(dataset), everybody, 1, dataset.matrix()).items
    assert (found[:, 0] % 2 == everybody % 2).mean() > 0.9


def test_its_memory_grows_with_what_it_holds() -> None:
    """A million users, 200,000 items and 20 million pairs fit into 8 GB; more of anything needs more."""
    model = _make()
    assert 2e9 < make_retriever("sequence").memory(10**6, 200_000, 20_000_000) < 8e9
    sizes = (1000, 1000, 10_000)
    for place in range(3):
        more = tuple(size * (10 if place == number else 1) for number, size in enumerate(sizes))
        assert model.memory(*more) > model.memory(*sizes)
