"""The two-tower model learns, does not look at what it is to predict, and averages its seeds."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from shortlist.data.dataset import Dataset
from shortlist.errors import ConfigError
from shortlist.retrievers.registry import make_retriever

SMALL: dict[str, Any] = {"dimensions": 8, "epochs": 2, "batch_size": 150, "seed": 5}


def _make(**settings: Any) -> Any:
    return make_retriever("two_tower", {**SMALL, **settings})


@pytest.fixture(scope="module")
def towers() -> Any:
    """The module, imported only where needed: it imports TensorFlow."""
    from shortlist.retrievers import towers

    return towers


@pytest.fixture(scope="module")
def tf() -> Any:
    """TensorFlow as Shortlist sets it up."""
    from shortlist.engine.tensorflow import tf

    return tf


@pytest.fixture(scope="module")
def pair_of_seeds(lonely: Dataset) -> Any:
    """Fitted from two seeds on the synthetic sample, where user 0 and item 0 have no pairs."""
    return _make(seeds=2).fit(lonely)


def _inputs(towers: Any, dataset: Dataset, *, features: bool = True, history: int = 64, audience: int = 64) -> Any:
    return towers.Inputs.of(dataset, history=history, audience=audience, features=features, min_count=3, dates="month")


def _settings(**settings: Any) -> Any:
    from shortlist.retrievers.tower_training import TowerSettings

    small = {"dimensions": 4, "epochs": 1, "batch_size": 100, "learning_rate": 0.01, "temperature": 0.1}
    return TowerSettings(**{**small, "dropout": 0.1, "history_dropout": 0.1, "examples": 10**6, **settings})


def _towers(towers: Any, inputs: Any) -> Any:
    """Towers with random weights."""
    rng = np.random.default_rng(0)
    sizes = zip(towers.WEIGHTS, inputs.sizes, strict=True)
    return towers.Towers(inputs, {name: rng.normal(size=(size, 8)).astype(np.float32) for name, size in sizes})


@pytest.mark.parametrize(("most", "large"), [(64, 65_536), (2, 65_536), (2, 10)])
def test_training_lowers_the_loss(
    made: Dataset, towers: Any, monkeypatch: pytest.MonkeyPatch, most: int, large: int
) -> None:
    """The mean loss of an epoch falls from one to the next; a second seed starts anew, at the height of the first.

    With whole lists, with members drawn from them, and with tables that are learnt lazily.
    """
    monkeypatch.setattr(towers, "LARGE", large)
    from shortlist.retrievers.tower_training import Trainer

    trainer = Trainer(
        _inputs(towers, made, history=most, audience=most), made.pairs, _settings(dimensions=16, epochs=4)
    )
    first, second = (list(trainer.train(np.random.default_rng(seed))) for seed in (0, 1))
    for losses in (first, second):
        assert len(losses) == 4
        assert np.isfinite(losses).all()
        assert (np.diff(losses) < 0).all()
        assert losses[-1] < 0.8 * losses[0]
    assert second[0] == pytest.approx(first[0], rel=0.1)
    assert second[0] != first[0]


def test_every_seed_starts_from_nothing(made: Dataset, towers: Any) -> None:
    """What a trainer gives for a seed does not depend on the seeds that it trained before."""
    from shortlist.retrievers.tower_training import Trainer

    trainer = Trainer(_inputs(towers, made, features=False, history=2), made.pairs, _settings())
    weights = []
    for seed in (7, 8, 7):
        list(trainer.train(np.random.default_rng(seed)))
        weights.append(trainer.weights()["items"])
    np.testing.assert_array_equal(weights[0], weights[2])
    assert np.abs(weights[0] - weights[1]).max() > 0.1


def test_a_large_log_is_learnt_from_in_part(made: Dataset, towers: Any) -> None:
    """`examples` ends the epochs, the last of them in its middle; never before the first step."""
    from shortlist.retrievers.tower_training import Trainer

    number = len(made.pairs)
    for examples, epochs in ((10 * number, 3), (number + 150, 2), (50, 1)):
        trainer = Trainer(_inputs(towers, made, features=False), made.pairs, _settings(epochs=3, examples=examples))
        assert len(list(trainer.train(np.random.default_rng(0)))) == epochs


@pytest.mark.parametrize("drawn", [False, True])
def test_either_side_of_a_pair_is_left_out_of_the_other(
    towers: Any, tf: Any, monkeypatch: pytest.MonkeyPatch, drawn: bool
) -> None:
    """Vectors in training are the same whether or not the pair is visible, and move with all else that is.

    So it is where a draw of the members, shared by the pairs of a user or an item, happens to be of all of them.
    """
    if drawn:
        monkeypatch.setattr(towers, "LARGE", 0)
    pairs = pd.DataFrame({"user": ["a", "a", "a", "b", "c"], "item": ["x", "y", "z", "x", "x"]})
    items = pd.DataFrame(index=["w", "x", "y", "z"])
    with_target = Dataset.from_events(pairs, None, items)
    without = with_target.take(np.array([1, 2, 3, 4]))
    other = with_target.take(np.array([1, 3]))  # a took y, b took x
    user, target = tf.constant([0, 0]), tf.constant([1, 1])  # a, x

    def vectors(dataset: Dataset) -> tuple[tuple[np.ndarray, ...], tuple[np.ndarray, ...]]:
        model = _towers(towers, _inputs(towers, dataset))
        trained = model.training_pair(user, target, tf.constant([1, 2]), 0.0, 0.0)
        return tuple(side.numpy() for side in trained), (model.user(user).numpy(), model.item(target).numpy())

    everything, nothing_more, fewer = vectors(with_target), vectors(without), vectors(other)
    for side in (0, 1):
        np.testing.assert_allclose(everything[0][side], nothing_more[0][side], rtol=1e-6)
        np.testing.assert_allclose(everything[0][side], nothing_more[1][side], rtol=1e-6)
        assert np.abs(everything[1][side] - nothing_more[1][side]).max() > 0.01
        assert np.abs(everything[0][side] - fewer[0][side]).max() > 0.01


@pytest.mark.parametrize("audience", [64, 0])
def test_towers_are_what_they_say(made: Dataset, towers: Any, tf: Any, audience: int) -> None:
    """An item is l2(embedding + audience + features), a user l2(history + features), sums over the root of the number.

    Without an audience there are no embeddings of users, and the item is what is left.
    """
    inputs = _inputs(towers, made, audience=audience)
    model = _towers(towers, inputs)
    weights = {name: value.numpy() for name, value in model.weights.items()}
    assert len(weights["users"]) == (len(made.users) if audience else 0)

    def bag(name: str, bags: Any, row: int) -> np.ndarray:
        start = bags.lengths[:row].sum()
        codes = bags.values[start : start + bags.lengths[row]]  # noqa: PD011  # no table
        return weights[name][codes].sum(axis=0) / np.sqrt(max(len(codes), 1))

    for row in (0, 3, 50):
        user = bag("items", inputs.history, row) + bag("user_features", inputs.user_features, row)
        item = weights["items"][row] + bag("item_features", inputs.item_features, row)
        item += bag("users", inputs.audience, row)
        for tower, vector in ((model.user, user), (model.item, item)):
            np.testing.assert_allclose(tower(tf.constant([row])).numpy()[0], vector / np.linalg.norm(vector), atol=1e-5)


def test_long_lists_are_what_draws_are_on_average(made: Dataset, towers: Any) -> None:
    """The mean of all members * sqrt(bound); a shorter list is its sum / sqrt(number)."""
    inputs = _inputs(towers, made, features=False, history=4, audience=3)
    model = _towers(towers, inputs)
    for side, bound in (("history", 4), ("audience", 3)):
        lengths = getattr(inputs, side).lengths
        assert lengths.min() < bound < lengths.max()
        rows = np.arange(len(lengths), dtype=np.int32)
        table = model.weights[towers.MEMBERS[side]].numpy()
        members = np.split(table[inputs.arrays()[f"{side}_values"]], np.cumsum(lengths)[:-1])
        expected = [one.sum(axis=0) / np.sqrt(max(len(one), 1)) for one in members]
        expected = [one * np.sqrt(min(1, bound / max(n, 1))) for one, n in zip(expected, lengths, strict=True)]
        np.testing.assert_allclose(model._others(side, rows).numpy(), expected, atol=1e-5)


def test_with_times_a_user_is_the_latest_items(towers: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Outside of training: `LATEST` of a history, by the last event of each; an audience is whole."""
    monkeypatch.setattr(towers, "LATEST", 2)
    log = pd.DataFrame({"user": list("aaaabb"), "item": list("xyzxxz")})
    time = np.array([1.0, 2, 3, 4, 5, 6])  # a took x again, and last
    timed = Dataset.from_events(log, time=time)
    models = [_towers(towers, _inputs(towers, one)) for one in (timed, Dataset.from_events(log))]
    items = models[0].weights["items"].numpy()
    x, y, z = timed.items.codes(["x", "y", "z"])
    for model, history in zip(models, ([x, z], [x, y, z]), strict=True):
        expected = items[history].sum(axis=0) / np.sqrt(len(history))
        np.testing.assert_allclose(model._others("history", [0]).numpy()[0], expected, atol=1e-6)
    np.testing.assert_array_equal(*(model._others("audience", [x]).numpy() for model in models))


def test_drawn_members_are_within_the_bound(made: Dataset, towers: Any, tf: Any) -> None:
    """Without dropout each user is the sum / root of so many of the other items of the user, drawn by the seed."""
    inputs = _inputs(towers, made, features=False, history=2)
    model = _towers(towers, inputs)
    items = model.weights["items"].numpy()
    longest = np.flatnonzero(inputs.history.lengths > 3)[:20]
    pairs = np.array([(user, made.matrix()[user].indices[0]) for user in longest], np.int32)
    users, excluded = (tf.constant(side) for side in pairs.T)
    drawn = [
        model._learnt_from("history", users, excluded, (tf.constant([0, 0]), tf.constant([seed, 1])), 0.0).numpy()
        for seed in (1, 1, 2)
    ]
    np.testing.assert_array_equal(drawn[0], drawn[1])
    assert (np.abs(drawn[0] - drawn[2]).max(axis=1) > 1e-3).mean() > 0.3
    for (user, target), vector in zip(pairs, drawn[0], strict=True):
        others = items[[code for code in made.matrix()[user].indices if code != target]]
        sums = [others[i] + others[j] for i in range(len(others)) for j in range(i)]
        possible = np.concatenate([others, np.array(sums) / np.sqrt(2)])
        assert np.abs(possible - vector).max(axis=1).min() < 1e-5


def test_a_batch_without_any_member_or_feature_has_no_gradient_for_them(towers: Any, tf: Any) -> None:
    """Of items that one user alone has taken, nothing is left of the audience; its weights stay."""
    pairs = Dataset.from_events(pd.DataFrame({"user": list("ab"), "item": list("xy")}))
    model = _towers(towers, _inputs(towers, pairs))
    for _ in range(20):
        junk = [tf.fill((2, 8), float("nan")) for _ in range(50)]  # what the memory may hold
        del junk
        with tf.GradientTape() as tape:
            sides = model.training_pair(tf.constant([0, 1]), tf.constant([0, 1]), tf.constant([1, 2]), 0.0, 0.0)
            loss = tf.reduce_sum(sides[1][:, 0])
        gradient = tf.convert_to_tensor(tape.gradient(loss, model.weights["users"]))
        np.testing.assert_array_equal(gradient.numpy(), 0)


def test_the_bound_may_be_a_truth_value() -> None:
    """As in files that were written before there was one; a negative number is none."""
    assert [_make(audience=given).audience for given in (True, False, 7)] == [64, 0, 7]
    with pytest.raises(ConfigError, match="audience"):
        _make(audience=-1)


def test_dropout_thins_what_is_learnt_from(made: Dataset, towers: Any, tf: Any) -> None:
    """Either dropout changes both vectors in training, by the seed alone."""
    model = _towers(towers, _inputs(towers, made))
    users, items = (tf.constant(side) for side in made.pairs[:50].T)
    drawn = [
        model.training_pair(users, items, tf.constant([4, 2]), *dropouts)
        for dropouts in ((0.0, 0.0), (0.5, 0.0), (0.5, 0.0), (0.0, 0.5))
    ]
    for side in (0, 1):
        plain, dropped, again, thinned = (pair[side].numpy() for pair in drawn)
        np.testing.assert_array_equal(dropped, again)
        assert ((dropped == 0).mean(axis=1) > 0).mean() > 0.9
        assert np.abs(thinned - plain).max() > 0.01
        assert (thinned != 0).all()


def test_vectors_have_unit_length(pair_of_seeds: Any, lonely: Dataset) -> None:
    """So a score is a cosine; a user without pairs still has a description, and an item without pairs an embedding."""
    for vectors, number in (
        (pair_of_seeds.user_vectors_, len(lonely.users)),
        (pair_of_seeds.item_vectors_, len(lonely.items)),
    ):
        assert vectors.shape == (number, 2 * SMALL["dimensions"])
        assert vectors.dtype == np.float32
        np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, rtol=1e-5)


def test_seeds_are_averaged(pair_of_seeds: Any, lonely: Dataset, tf: Any) -> None:
    """The score is the mean of what each seed's model gives alone; the first is the model of one seed."""
    users = np.arange(len(lonely.users), dtype=np.int32)
    scores = pair_of_seeds.score(users)
    codes = tf.range(len(lonely.users)), tf.range(len(lonely.items))
    members = pair_of_seeds.servable(pair_of_seeds.state()).members
    alone = [(member.user(codes[0]) @ tf.transpose(member.item(codes[1]))).numpy() for member in members]
    assert len(alone) == 2
    assert np.abs(alone[0] - alone[1]).max() > 0.1
    np.testing.assert_allclose(scores, (alone[0] + alone[1]) / 2, atol=1e-5)
    np.testing.assert_allclose(_make(seeds=1).fit(lonely).score(users), alone[0], atol=1e-5)


def test_factorized_top_k_is_a_hit_rate_of_pairs(towers: Any) -> None:
    """The share of pairs whose item fewer than k of all the items beat, as a count over every product gives it."""
    rng = np.random.default_rng(0)
    users, items = rng.normal(size=(300, 64)).astype(np.float32), rng.normal(size=(70, 64)).astype(np.float32)
    scores = users.astype(np.float64) @ items.T.astype(np.float64)
    best = np.argsort(-scores, axis=1)
    place = rng.choice([0, 0, 0, 3, 4, 7, 9, 10, 30, 49, 60], 300)  # many first ones: there rounding does the most harm
    pairs = np.column_stack([np.arange(300), best[np.arange(300), place]]).astype(np.int32)
    expected = {f"factorized_top_k@{k}": (place < k).mean() for k in (1, 5, 10, 50)}
    assert towers.factorized_top_k(users, items, pairs) == pytest.approx(expected, abs=1e-6)


def test_figures_are_given_when_asked_for(pair_of_seeds: Any, lonely: Dataset, towers: Any) -> None:
    """`factorized_top_k = true` puts them beside recall; by default they cost nothing."""
    pairs = lonely.pairs[:20]
    assert pair_of_seeds.figures(pairs) == {}
    asked = _make(factorized_top_k=True)
    asked.user_vectors_, asked.item_vectors_ = pair_of_seeds.user_vectors_, pair_of_seeds.item_vectors_
    expected = towers.factorized_top_k(pair_of_seeds.user_vectors_, pair_of_seeds.item_vectors_, pairs)
    assert asked.figures(pairs) == expected
    assert set(expected) == {f"factorized_top_k@{k}" for k in (1, 5, 10, 50)}
