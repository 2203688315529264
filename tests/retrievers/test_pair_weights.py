"""Weights of pairs against loops over events, and what the retrievers make of them."""

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.eventful import eventful, plain_events

from shortlist.data.dataset import Dataset
from shortlist.retrievers.pair_weights import Counts, PairWeights
from shortlist.retrievers.registry import kinds, make_retriever
from shortlist.retrievers.topk import recommend

WEIGHING = [kind for kind in kinds() if isinstance(make_retriever(kind), PairWeights)]
EVERYBODY = np.arange(8, dtype=np.int32)


def _weighing(**given_: Any) -> PairWeights:
    model = make_retriever("item_knn", given_)
    assert isinstance(model, PairWeights)
    return model


@pytest.mark.parametrize("counts", ["none", "log", "full"])
@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000), times=st.booleans(), kinds=st.booleans())
def test_weights_are_those_of_the_definition(counts: Counts, seed: int, times: bool, kinds: bool) -> None:
    """By kind, age and, if asked for, order; together the weightiest, the logarithm of the sum, or the sum."""
    dataset = eventful(seed, times=times, kinds=kinds)
    events = plain_events(dataset)
    now = max(time for *_, time, _ in events)
    of_pairs: dict[tuple[int, int], tuple[list[float], list[float]]] = {}
    for user, item, time, worth in events:
        weight = worth / (1 + (now - time) / 2)
        later = sum(one == user and then > time for one, _, then, _ in events)
        plain, recent = of_pairs.setdefault((user, item), ([], []))
        plain.append(weight)
        recent.append(weight / (1 + later / 3))
    ways: dict[Counts, Callable[[list[float]], float]]
    ways = {"none": max, "full": sum, "log": lambda weights: math.log2(1 + sum(weights))}
    expected = np.zeros((2, 8, 7))
    for (user, item), weights in of_pairs.items():
        expected[:, user, item] = [ways[counts](some) for some in weights]
    model = _weighing(counts=counts, half_life=2.0, recency=3.0)
    np.testing.assert_allclose(model.weights(dataset).toarray(), expected[0], rtol=1e-6)
    np.testing.assert_allclose(model.recent_weights(dataset).toarray(), expected[1], rtol=1e-6)


@pytest.mark.parametrize("counts", ["none", "log", "full"])
def test_plain_pairs_weigh_one(made: Dataset, counts: Counts) -> None:
    """Without repeats, times and kinds, bit by bit: the retrievers are those of binary rows there."""
    model = _weighing(counts=counts)
    for weights in (model.weights(made), model.recent_weights(made)):
        assert weights.dtype == made.matrix().dtype
        assert weights.toarray().tobytes() == made.matrix().toarray().tobytes()


@pytest.mark.parametrize("kind", WEIGHING)
@pytest.mark.parametrize("setting", [{"half_life": 1.0}, {"recency": 3.0}, {"counts": "none"}])
def test_each_parameter_reaches_each_retriever(kind: str, setting: dict[str, Any]) -> None:
    """Another age, order or count is another score."""
    log = eventful(3)
    default, other = (make_retriever(kind, given_).fit(log).score(EVERYBODY) for given_ in ({}, setting))
    assert default.tobytes() != other.tobytes()


def _chains(rows: Sequence[tuple[str, str, float]]) -> Dataset:
    """Ten users who have all of a, ten who have all of b, and an asker."""
    others = [(f"{letter}{n}", f"{letter}{item}", item) for letter in "ab" for n in range(10) for item in range(4)]
    table = pd.DataFrame([*others, *rows], columns=["user", "item", "time"])
    return Dataset.from_events(table[["user", "item"]], time=table["time"])


@pytest.mark.parametrize("kind", [kind for kind in WEIGHING if kind not in ("own_history", "hybrid_knn")])
def test_the_recent_and_the_frequent_ask_more(kind: str) -> None:
    """Who took b last, or b more often, is shown more of b, and else more of a, the lower codes."""
    for rows, first in (
        ([("x", "a0", 8), ("x", "a1", 8), ("x", "b0", 9), ("x", "b1", 9)], "b"),
        ([("x", "a0", 9), ("x", "a1", 9), ("x", "b0", 8), ("x", "b1", 8)], "a"),
        ([("x", "a0", 9), ("x", "b0", 9), ("x", "b0", 9), ("x", "b0", 9)], "b"),
        ([("x", "a0", 9), ("x", "b0", 9), ("x", "a0", 9), ("x", "a0", 9)], "a"),
    ):
        log = _chains(rows)
        asker = log.users.codes(["x"])
        found = recommend(make_retriever(kind, {"recency": 20.0}).fit(log), asker, 1, log.matrix())
        assert str(log.items.ids[found.items[0, 0]])[0] == first, (kind, rows)
