"""What holds for every retriever; a new one is covered by having its file in `shortlist/retrievers`."""

import pickle
import re
from dataclasses import fields
from typing import Any

import numpy as np
import pytest
from tests.eventful import eventful
from tests.retrievers.settings import FAST

from shortlist.data.candidates import NO_ITEM
from shortlist.data.dataset import Dataset
from shortlist.errors import ConfigError
from shortlist.retrievers.base import NotFittedError, Retriever
from shortlist.retrievers.registry import kinds, make_retriever
from shortlist.retrievers.topk import recommend

CHECKERBOARD: dict[str, dict[str, Any]] = {
    "lightgcn": {"dimensions": 16, "epochs": 30, "batch_size": 60},
    "two_tower": {"dimensions": 16, "epochs": 20, "seeds": 1, "batch_size": 45},
    "two_tower_id": {"dimensions": 16, "epochs": 60, "batch_size": 30},
}
"""Parameters with which so small a data set can be learnt."""

CANNOT_KNOW = ("popular", "trending", "content", "own_history")
"""Kinds that cannot solve the checkerboard: two know no users, one only tables, and one only what users have."""

USERS = np.array([5, 0, 17, 119], dtype=np.int32)
"""Some users of the synthetic sample; user 0 has no pairs."""


def _make(kind: str, **settings: Any) -> Retriever:
    return make_retriever(kind, {**FAST.get(kind, {}), **settings}, seed=3)


@pytest.fixture(scope="module", params=kinds())
def kind(request: pytest.FixtureRequest) -> str:
    """Every kind there is."""
    return str(request.param)


@pytest.fixture(scope="module")
def fitted(kind: str, lonely: Dataset) -> Retriever:
    """Fitted on the synthetic sample, where user 0 and item 0 have no pairs."""
    return _make(kind).fit(lonely)


def test_scores_have_their_shape(fitted: Retriever, lonely: Dataset) -> None:
    """A row for each user asked for, in their order, a column for each item, float32, and no NaN."""
    everybody = np.arange(len(lonely.users), dtype=np.int32)
    scores, every = fitted.score(USERS), fitted.score(everybody)
    assert scores.shape == (len(USERS), len(lonely.items))
    assert scores.dtype == np.float32
    assert not np.isnan(scores).any()
    assert (scores < np.inf).all()
    np.testing.assert_allclose(scores, every[USERS], rtol=1e-5, atol=1e-6)


def test_it_can_be_sent_to_another_process(fitted: Retriever) -> None:
    """What comes out of a pickle gives the same lists, also of one that has been asked before."""
    asked = fitted.candidates(USERS, 5)
    for sent, stayed in zip(pickle.loads(pickle.dumps(fitted)).candidates(USERS, 5), asked, strict=True):
        assert sent.tobytes() == stayed.tobytes()


def test_fit_returns_self_and_leaves_the_dataset(kind: str, lonely: Dataset) -> None:
    """`make(...).fit(dataset)` can be written in one go, and the next retriever sees the same pairs."""
    before = lonely.pairs.copy()
    retriever = _make(kind)
    assert retriever.fit(lonely) is retriever
    np.testing.assert_array_equal(lonely.pairs, before)


def test_the_same_seed_gives_the_same_bytes(kind: str, fitted: Retriever, lonely: Dataset) -> None:
    """A second fit scores bit by bit alike, even one of an object that was fitted to something else before."""
    again = _make(kind).fit(lonely.take(np.arange(0, len(lonely), 2)))
    again.candidates(np.array([0], dtype=np.int32), 3)
    again.fit(lonely)
    assert again.score(USERS).tobytes() == fitted.score(USERS).tobytes()
    for left, right in zip(again.candidates(USERS, 20), fitted.candidates(USERS, 20), strict=True):
        assert left.tobytes() == right.tobytes()


@pytest.mark.parametrize("method", ["score", "candidates"])
def test_not_fitted_is_said(kind: str, method: str) -> None:
    """Asked before `fit`, it says so, with an error that scikit-learn's callers catch too."""
    arguments = (USERS,) if method == "score" else (USERS, 5)
    with pytest.raises(NotFittedError, match=r"is not fitted yet; call fit\(\.\.\.\) first") as error:
        getattr(_make(kind), method)(*arguments)
    assert isinstance(error.value, ValueError)
    assert isinstance(error.value, AttributeError)


@pytest.mark.parametrize("n", [1, 10, 95])
def test_candidates_are_the_best_scores(fitted: Retriever, lonely: Dataset, n: int) -> None:
    """Distinct items, best first, that no other item beats; where there are too few the rest is `NO_ITEM`."""
    items, scores = fitted.candidates(USERS, n)
    every = fitted.score(USERS)
    assert items.shape == scores.shape == (len(USERS), n)
    assert items.dtype == np.int32
    assert scores.dtype == np.float32
    for row, value, all_scores in zip(items, scores, every, strict=True):
        found = row[row != NO_ITEM]
        assert len(set(found.tolist())) == len(found) == min(n, int((all_scores > -np.inf).sum()))
        assert (row[len(found) :] == NO_ITEM).all()
        assert (value[len(found) :] == -np.inf).all()
        np.testing.assert_allclose(value[: len(found)], all_scores[found], rtol=1e-4, atol=1e-6)
        np.testing.assert_allclose(value[: len(found)], -np.sort(-all_scores)[: len(found)], rtol=1e-4, atol=1e-6)


def test_recommendations_leave_out_what_is_seen(fitted: Retriever, lonely: Dataset) -> None:
    """Through `recommend` nobody gets an item twice, or one they have."""
    users = np.arange(len(lonely.users), dtype=np.int32)
    seen = lonely.matrix()
    for user, row in zip(users, recommend(fitted, users, 60, seen).items, strict=True):
        found = set(row[row != NO_ITEM].tolist())
        assert len(found) == (row != NO_ITEM).sum()
        assert not found & set(seen[int(user)].indices.tolist())


def test_an_unknown_parameter_is_named(kind: str) -> None:
    """The message names the kind, the wrong key, and the nearest right one if the kind has parameters; in one line."""
    names = [field.name for field in fields(_make(kind)) if field.init]  # type: ignore[arg-type]
    wrong, near = (f"{names[0]}x", rf"; did you mean '{names[0]}'\?$") if names else ("neighbours", "")
    with pytest.raises(ConfigError, match=f"^retriever {kind}: unknown key '{wrong}'{near}") as error:
        make_retriever(kind, {wrong: 1})
    assert "\n" not in str(error.value)


def test_its_defaults_are_allowed(kind: str) -> None:
    """An empty table in competition.toml is enough; the competition's seed reaches those that use one."""
    assert make_retriever(kind) == make_retriever(kind, {})
    if type(make_retriever(kind)).uses_seed:
        assert make_retriever(kind, seed=11).seed == 11  # type: ignore[attr-defined]
        assert make_retriever(kind, {"seed": 4}, seed=11).seed == 4  # type: ignore[attr-defined]
    else:
        assert make_retriever(kind, seed=11) == make_retriever(kind)


def test_it_works_without_tables(kind: str, checkerboard: Dataset) -> None:
    """A log of pairs and nothing else is a dataset too: scores come, though there may be no reason for any item."""
    scores = _make(kind).fit(checkerboard).score(np.arange(5, dtype=np.int32))
    assert scores.shape == (5, len(checkerboard.items))
    assert not np.isnan(scores).any()


@pytest.mark.parametrize("times", [True, False])
def test_it_works_on_events(kind: str, times: bool) -> None:
    """Repeats, times that tie and kinds are in the log; a user and an item have no event."""
    users, data = np.arange(8, dtype=np.int32), eventful(0, times=times)
    retriever = _make(kind).fit(data)
    scores = retriever.score(users)
    assert scores.shape == (8, 7)
    assert not np.isnan(scores).any()
    assert scores.tobytes() == _make(kind).fit(data).score(users).tobytes()
    found = recommend(retriever, users, 7, data.matrix()).items
    assert not (data.matrix().toarray()[np.repeat(users, 7)[found.ravel() >= 0], found[found >= 0]]).any()


@pytest.mark.parametrize("kind", [kind for kind in kinds() if kind not in CANNOT_KNOW], scope="module")
def test_the_withheld_item_comes_first(kind: str, checkerboard: Dataset) -> None:
    """On the checkerboard, the item of their own number is what users lack, and nine of ten get it first."""
    users = np.arange(len(checkerboard.users), dtype=np.int32)
    retriever = make_retriever(kind, CHECKERBOARD.get(kind), seed=0).fit(checkerboard)
    found = recommend(retriever, users, 3, checkerboard.matrix())
    assert (found.items[:, 0] == users).mean() >= 0.9


def test_an_unknown_kind_is_named() -> None:
    """The message lists the kinds there are."""
    with pytest.raises(
        ConfigError, match=f"no retriever of the kind 'usr_knn'; there are {', '.join(kinds())}"
    ) as error:
        make_retriever("usr_knn")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("kind", "settings", "message"),
    [
        ("user_knn", {"neighbours": 0}, "neighbours: .*greater than or equal to 1, got 0"),
        ("content", {"user_weight": 1.5}, "user_weight: .*less than or equal to 1, got 1.5"),
        ("user_knn", {"weighting": "tfidf"}, "weighting: .*'none', 'idf' or 'bm25', got 'tfidf'"),
        ("ease", {"regularization": 0}, "regularization: .*greater than 0, got 0"),
        ("two_tower", {"dropout": 1.0}, "dropout: .*less than or equal to 0.99, got 1.0"),
        ("two_tower", {"dates": "week"}, "dates: .*'month', 'quantile' or 'none', got 'week'"),
        ("two_tower_id", {"search": "annoy"}, "search: .*'auto', 'exact' or 'scann', got 'annoy'"),
    ],
)
def test_a_value_out_of_range_is_named(kind: str, settings: dict[str, Any], message: str) -> None:
    """The message says which parameter, what is allowed and what was given, in one line."""
    with pytest.raises(ConfigError, match=f"^retriever {re.escape(kind)}: {message}$") as error:
        make_retriever(kind, settings)
    assert "\n" not in str(error.value)
