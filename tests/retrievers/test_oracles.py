"""EASE and the graph retrievers against closed forms, naive walks and dense definitions."""

import numpy as np
import pytest

from shortlist.data.dataset import Dataset
from shortlist.retrievers.registry import make_retriever


@pytest.fixture(scope="module")
def everybody(lonely: Dataset) -> np.ndarray:
    """All user codes; user 0 and item 0 have no pairs."""
    return np.arange(len(lonely.users), dtype=np.int32)


def _known(scores: np.ndarray) -> np.ndarray:
    return np.where(scores > -np.inf, scores, 0)


@pytest.mark.parametrize(("alpha", "beta"), [(1.0, 0.0), (0.5, 0.3), (1.4, 0.6)])
def test_rp3beta_is_the_walk_of_three_steps(lonely: Dataset, everybody: np.ndarray, alpha: float, beta: float) -> None:
    """Each path from the user over an item and another user counts with the powers of its steps' probabilities.

    An item is never reached from itself; the first step's probability is the same for all of a user's items: left out.
    """
    pairs = lonely.matrix().toarray()
    by_user, by_item = pairs.sum(axis=1), pairs.sum(axis=0)
    expected = np.zeros_like(pairs)
    for user, items in enumerate(pairs):
        for start in np.flatnonzero(items):
            for other in np.flatnonzero(pairs[:, start]):
                for end in np.flatnonzero(pairs[other]):
                    if end != start:
                        expected[user, end] += (by_item[start] * by_user[other]) ** -alpha / by_item[end] ** beta
    model = make_retriever("rp3beta", {"alpha": alpha, "beta": beta, "neighbours": None}).fit(lonely)
    np.testing.assert_allclose(_known(model.score(everybody)), expected, rtol=1e-4)


@pytest.mark.parametrize(
    ("damping", "rounds", "bias", "beta"), [(0.5, 1, 0.0, 0.0), (0.7, 4, 0.0, 0.5), (0.8, 3, 0.6, 0.2)]
)
def test_ppr_is_the_walk(
    lonely: Dataset, everybody: np.ndarray, damping: float, rounds: int, bias: float, beta: float
) -> None:
    """The walker's whereabouts, step by step on the whole graph, added up with the chance of having gone so far."""
    pairs = lonely.matrix().toarray().astype(np.float64)
    users, items = pairs.shape
    edges = np.zeros((users + items, users + items))
    edges[:users, users:], edges[users:, :users] = pairs, pairs.T
    degree = np.maximum(edges.sum(axis=0), 1)
    steps = edges * degree**bias
    steps /= np.maximum(steps.sum(axis=1, keepdims=True), 1e-300)
    expected = np.zeros_like(pairs)
    for user in range(users):
        at = np.zeros(users + items)
        at[user] = 1
        for step in range(2 * rounds):
            at = at @ steps * (damping if step else 1)
            expected[user] += at[users:] / degree[users:] ** beta
    settings = {"damping": damping, "steps": rounds, "bias": bias, "beta": beta}
    model = make_retriever("ppr", settings).fit(lonely)
    np.testing.assert_allclose(_known(model.score(everybody)), expected, rtol=1e-4, atol=1e-8)


@pytest.mark.parametrize(("user_power", "item_power"), [(0.5, 0.5), (0.25, 0.0)])
def test_gf_cf_is_its_dense_definition(
    lonely: Dataset, everybody: np.ndarray, user_power: float, item_power: float
) -> None:
    """Linear filter plus low-pass filter: the projection on the singular vectors, here on all of them."""
    pairs, scaled, of_items = _scaled(lonely, user_power, item_power)
    values, vectors = np.linalg.svd(scaled, full_matrices=False)[1:]
    vectors = vectors[values > 1e-9]
    low_pass = of_items @ vectors.T @ vectors @ np.linalg.inv(of_items)
    expected = pairs @ (scaled.T @ scaled + 0.4 * low_pass)
    settings = {"factors": len(vectors), "low_pass": 0.4, "user_power": user_power, "item_power": item_power}
    model = make_retriever("gf_cf", settings).fit(lonely)
    np.testing.assert_allclose(model.score(everybody), expected, rtol=1e-4, atol=1e-4)


def test_gf_cf_lets_the_strongest_pass(lonely: Dataset) -> None:
    """With few factors, the span of its vectors holds as much of the matrix as that of the exact ones, or 3 % less."""
    _, scaled, _ = _scaled(lonely, 0.5, 0.0)
    values = np.linalg.svd(scaled, compute_uv=False)
    model = make_retriever("gf_cf", {"factors": 12, "user_power": 0.5, "item_power": 0.0}).fit(lonely)
    kept = np.square(scaled @ model.into_).sum()  # type: ignore[attr-defined]
    assert 0.97 * np.square(values[:12]).sum() < kept <= np.square(values[:12]).sum() * (1 + 1e-6)


def _scaled(dataset: Dataset, user_power: float, item_power: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Pairs, pairs divided by powers of the degrees, and the items' part of these powers as a diagonal matrix."""
    pairs = dataset.matrix().toarray().astype(np.float64)
    of_items = np.diag(np.maximum(pairs.sum(axis=0), 1) ** -item_power)
    return pairs, np.diag(np.maximum(pairs.sum(axis=1), 1) ** -user_power) @ pairs @ of_items, of_items


@pytest.mark.parametrize("user_power", [0.0, 0.5])
def test_ease_is_the_closed_form(lonely: Dataset, everybody: np.ndarray, user_power: float) -> None:
    """B = I - P diag(1 / diag P) with P the inverse of the items' matrix, in float64."""
    pairs = lonely.matrix().toarray().astype(np.float64)
    weights = np.diag(np.maximum(pairs.sum(axis=1), 1) ** -user_power)
    inverse = np.linalg.inv(pairs.T @ weights @ pairs + 20 * np.eye(pairs.shape[1]))
    expected = pairs @ (np.eye(pairs.shape[1]) - inverse / np.diag(inverse))
    model = make_retriever("ease", {"regularization": 20.0, "user_power": user_power}).fit(lonely)
    np.testing.assert_allclose(model.score(everybody), expected, rtol=1e-3, atol=1e-5)
