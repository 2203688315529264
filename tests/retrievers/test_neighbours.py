"""Weighted neighbours, hybrids and near copies against naive loops."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.feature_extraction.text import TfidfTransformer

from shortlist.data.columns import indicators
from shortlist.data.dataset import Dataset
from shortlist.retrievers import neighbours
from shortlist.retrievers.neighbours import (
    LENGTH_SHARE,
    SATURATION,
    Weighting,
    comparable,
    item_similarities,
    nearest_products,
)
from shortlist.retrievers.registry import make_retriever


def _scores(kind: str, dataset: Dataset, **settings: Any) -> np.ndarray:
    """Scores of everybody, 0 where there is no reason."""
    scores = make_retriever(kind, settings).fit(dataset).score(np.arange(len(dataset.users), dtype=np.int32))
    return np.where(scores > -np.inf, scores, 0)


def _similarity(rows: np.ndarray, asking: int, answering: int, weighting: Weighting) -> float:
    """The similarity by its definition, column after column."""
    idf = [np.log1p(len(rows) / max(1, count)) for count in rows.sum(axis=0)]
    common = np.flatnonzero(rows[asking] * rows[answering])
    if weighting == "bm25":
        length = max(1, rows[answering].sum()) / np.maximum(1, rows.sum(axis=1)).mean()
        saturated = (SATURATION + 1) / (1 + SATURATION * (1 - LENGTH_SHARE + LENGTH_SHARE * length))
        return float(sum(idf[column] for column in common) * saturated)
    weights = np.ones(rows.shape[1]) if weighting == "none" else np.square(idf)
    norms = [np.sqrt((rows[row] * weights).sum()) for row in (asking, answering)]
    return float(weights[common].sum() / (norms[0] * norms[1])) if len(common) else 0.0


@pytest.mark.parametrize("weighting", ["none", "idf", "bm25"])
def test_weights_are_those_of_the_definition(lonely: Dataset, weighting: Weighting) -> None:
    """Every similarity of two users is what the formula says, also for the one without pairs."""
    matrix = lonely.matrix()
    asking, answering = comparable(matrix, weighting)
    rows = matrix.toarray().astype(np.float64)
    expected = [[_similarity(rows, one, other, weighting) for other in range(len(rows))] for one in range(len(rows))]
    np.testing.assert_allclose((asking @ answering.T).toarray(), expected, rtol=1e-6)


@pytest.mark.parametrize("weighting", ["idf", "bm25"])
def test_weights_reach_both_neighbourhoods(made: Dataset, weighting: Weighting) -> None:
    """User-kNN averages over the weighted neighbours, item-kNN adds up the weighted similarities."""
    rows = made.matrix().toarray().astype(np.float64)
    asking, answering = comparable(made.matrix(), weighting)
    users = (asking @ answering.T).toarray()
    expected = users @ rows / users.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(_scores("user_knn", made, weighting=weighting), expected, rtol=1e-5)
    items = item_similarities(made.matrix(), weighting, None).toarray()
    assert not items.diagonal().any()
    found = _scores("item_knn", made, weighting=weighting, neighbours=None)
    np.testing.assert_allclose(found, rows @ items.T, rtol=1e-5)


# ---------------------------------------------------------------- hybrid


@pytest.mark.parametrize(("weight", "nearest"), [(0.3, 4), (1.0, 90)])
def test_hybrid_adds_up_both_similarities(made: Dataset, weight: float, nearest: int) -> None:
    """The score is the sum over the user's items of the weighted sum of the two, each of the nearest only."""
    # Single precision and sparse, as there: which of several equal cosines are cut must not depend on rounding.
    vectors = TfidfTransformer().fit_transform(indicators(made.item_table, min_count=2).matrix).astype(np.float32)
    cosines = (vectors @ vectors.T).toarray()
    np.fill_diagonal(cosines, 0)
    for row in cosines:
        row[np.argsort(-row, kind="stable")[nearest:]] = 0
    by_users = item_similarities(made.matrix(), "bm25", None).toarray()
    expected = made.matrix().toarray() @ ((1 - weight) * by_users + weight * cosines).T
    scores = _scores("hybrid_knn", made, content_weight=weight, content_neighbours=nearest, weighting="bm25")
    np.testing.assert_allclose(scores, expected, rtol=1e-4, atol=1e-6)


def test_hybrid_without_content_is_item_knn(made: Dataset) -> None:
    """With no weight for the descriptions nothing of them is left."""
    hybrid = _scores("hybrid_knn", made, content_weight=0.0, weighting="idf", neighbours=30)
    np.testing.assert_allclose(hybrid, _scores("item_knn", made, weighting="idf", neighbours=30), rtol=1e-6)


# ---------------------------------------------------------------- near copies


@pytest.fixture(scope="module")
def copies() -> Dataset:
    """Items x, y and z are alike, a missing value included; p and q differ from all; nobody has z."""
    table = pd.DataFrame(
        {"kind": ["1", "1", "1", "2", "3"], "size": [np.nan, np.nan, np.nan, np.nan, 1.0]}, index=[*"xyzpq"]
    ).astype({"kind": "category"})
    pairs = pd.DataFrame({"user": [*"aabbcc"], "item": [*"xpypqp"]})
    return Dataset.from_events(pairs, item_table=table)


def test_votes_count_for_copies(copies: Dataset) -> None:
    """A third of the pooled weight of each vote for x and y goes to the other two of their group of three."""
    votes = copies.matrix().toarray().astype(np.float64)
    group = np.array([list(copies.items.ids).index(name) for name in "xyz"])
    pooled = votes.copy()
    for user, row in enumerate(votes):
        for item in group:
            pooled[user, item] += 0.6 / 3 * (row[group].sum() - row[item])
    unit = votes / np.linalg.norm(votes, axis=1, keepdims=True)
    similarity = unit @ unit.T
    expected = similarity @ pooled / similarity.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(_scores("near_copies", copies, pooling=0.6), expected, rtol=1e-6)
    assert (expected[:, list(copies.items.ids).index("z")] > 0).all()


def test_without_pooling_or_table_it_is_user_knn(made: Dataset) -> None:
    """Nothing pooled, or nothing known about the items: the votes are those of the users alone."""
    expected = _scores("user_knn", made, neighbours=20)
    np.testing.assert_array_equal(_scores("near_copies", made, pooling=0.0, neighbours=20), expected)
    bare = replace(made, item_table=made.item_table.iloc[:, :0])
    np.testing.assert_array_equal(_scores("near_copies", bare, neighbours=20), expected)


# ---------------------------------------------------------------- large products


@pytest.mark.parametrize("products", [1, 40, 700])
@pytest.mark.parametrize("nearest", [1, 7, None])
def test_products_in_blocks_are_those_in_one(
    made: Dataset, products: int, nearest: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However few entries are computed at once, the nearest of each row are the same, bit by bit."""
    rows, columns = made.matrix().T.tocsr(), made.matrix()
    whole = nearest_products(rows, columns, nearest)
    monkeypatch.setattr(neighbours, "PRODUCTS", products)
    parts = nearest_products(rows, columns, nearest)
    np.testing.assert_array_equal(parts.toarray(), whole.toarray())
    assert not whole.toarray().diagonal().any()
    assert whole.getnnz(axis=1).max() <= (nearest or len(made.items))


def test_all_neighbours_are_no_more_than_memory_holds(made: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a number of neighbours, of many items each listens to as many as keep the total within bounds."""
    monkeypatch.setattr(neighbours, "ENTRIES", 5 * len(made.items))
    bounded, asked = (item_similarities(made.matrix(), "none", nearest) for nearest in (None, 5))
    np.testing.assert_array_equal(bounded.toarray(), asked.toarray())
