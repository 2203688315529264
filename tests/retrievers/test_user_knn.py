"""With its defaults, user-kNN is the baseline that the organiser of Dacon 236170 published."""

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from sklearn.metrics.pairwise import cosine_similarity

from shortlist.data.dataset import Dataset
from shortlist.data.sources.dacon_jobs import DaconJobs
from shortlist.retrievers.base import Retriever
from shortlist.retrievers.registry import make_retriever
from shortlist.retrievers.topk import recommend


def _knn(neighbours: int | None = None) -> Retriever:
    return make_retriever("user_knn", {"neighbours": neighbours})


def _baseline(matrix: sp.csr_matrix, rows: slice) -> np.ndarray:
    """The published computation, dense: scores of the users in `rows`, -1 where they have the item."""
    similarity = cosine_similarity(matrix[rows], matrix)
    scores = similarity @ matrix / np.abs(similarity).sum(axis=1, keepdims=True)
    scores[matrix[rows].toarray() > 0] = -1
    return np.asarray(scores)


def _assert_same_postings(dataset: Dataset, users: int, block: int = 2000) -> None:
    """The first `users` users get the baseline's five postings, or others whose baseline scores are the same."""
    matrix = dataset.matrix().astype(np.float64)
    everybody = np.arange(len(dataset.users), dtype=np.int32)
    found = recommend(_knn().fit(dataset), everybody, 5, dataset.matrix())
    for start in range(0, users, block):
        rows = slice(start, min(start + block, users))
        scores = _baseline(matrix, rows)
        best = -np.sort(-scores, axis=1)[:, :5]
        enough = (best > 0).all(axis=1)  # else the baseline fills up with postings of score 0
        assert enough.mean() > 0.9
        ours = np.take_along_axis(scores, found.items[rows], axis=1)
        np.testing.assert_allclose(-np.sort(-ours[enough], axis=1), best[enough], rtol=1e-6)
        np.testing.assert_allclose(found.scores[rows][enough], best[enough], rtol=1e-6)


def test_it_is_the_published_baseline(made: Dataset) -> None:
    """On the synthetic sample everybody gets the same five postings, up to exact ties, with the same scores."""
    _assert_same_postings(made, len(made.users))


REAL = os.environ.get("SHORTLIST_REAL_DATA", "")


@pytest.mark.skipif(not REAL, reason="SHORTLIST_REAL_DATA does not name the folder of the organiser's CSV files")
def test_it_is_the_published_baseline_on_the_real_files() -> None:
    """So it is on the organiser's own files."""
    dataset = DaconJobs().read(Path(REAL))
    _assert_same_postings(dataset, len(dataset.users))


@pytest.mark.parametrize("neighbours", [1, 3, 25])
def test_only_the_nearest_are_listened_to(made: Dataset, neighbours: int) -> None:
    """The similarities to all but the nearest users, oneself among them, count as zero."""
    matrix = made.matrix().toarray().astype(np.float64)
    similarity = cosine_similarity(matrix)
    by_size = -np.sort(-similarity, axis=1)
    clear = by_size[:, neighbours - 1] - by_size[:, neighbours] > 1e-9  # no two that are as near where the cut is
    assert clear.sum() > 20
    similarity[similarity < by_size[:, [neighbours - 1]]] = 0
    expected = similarity @ matrix / similarity.sum(axis=1, keepdims=True)
    found = _knn(neighbours).fit(made).score(np.arange(len(made.users), dtype=np.int32))
    np.testing.assert_allclose(np.where(found > -np.inf, found, 0)[clear], expected[clear], rtol=1e-5)


def test_among_equal_neighbours_the_first_stay() -> None:
    """Two others are as near as can be told: the one with the lower code is listened to."""
    pairs = pd.DataFrame({"user": [*"aabbcc"], "item": [*"xyxpxq"]})
    dataset = Dataset.from_events(pairs)
    known = dataset.items.ids[_knn(2).fit(dataset).score(np.array([0], dtype=np.int32))[0] > -np.inf]
    assert known.tolist() == ["p", "x", "y"]


def test_more_neighbours_than_users_are_all(made: Dataset) -> None:
    """A limit that nobody reaches changes nothing."""
    users = np.arange(len(made.users), dtype=np.int32)
    every, limited = _knn().fit(made).score(users), _knn(len(made.users)).fit(made).score(users)
    np.testing.assert_allclose(limited, every, rtol=1e-6)


def test_what_no_neighbour_has_is_unknown() -> None:
    """An item of nobody alike, and every item for a user without pairs, has the score -inf, not a low one."""
    pairs = pd.DataFrame({"user": ["a", "a", "b", "c"], "item": ["x", "y", "x", "z"]})
    dataset = Dataset.from_events(pairs, pd.DataFrame(index=["a", "b", "c", "d"]))
    scores = _knn().fit(dataset).score(np.arange(4, dtype=np.int32))
    assert (scores > -np.inf).tolist() == [[True, True, False]] * 2 + [[False, False, True], [False] * 3]
