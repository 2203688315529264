"""The final lists: of those asked, some users at a time."""

import numpy as np
import pytest

from shortlist.data.dataset import Dataset
from shortlist.engine import local
from shortlist.pipeline import train as training
from shortlist.retrievers.registry import make_retriever
from shortlist.retrievers.topk import Bounds, recommend


@pytest.mark.parametrize("kind", ["popular", "user_knn", "ials"])
def test_users_in_parts_are_all_users(kind: str, made: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    """In their order, with the lists that they have when nobody divides them, from other processes too."""
    monkeypatch.setattr(training, "USERS", 50)
    monkeypatch.setattr(local, "WORTH", -100.0)
    monkeypatch.setattr(local, "room", lambda threads: 2)
    retriever = make_retriever(kind, seed=0).fit(made)
    everybody = np.arange(len(made.users), dtype=np.int32)
    whole = recommend(retriever, everybody, 7, made.matrix())
    parts = training.for_users(retriever, everybody, 7, Bounds(made.matrix()))
    np.testing.assert_array_equal(parts.users, everybody)
    np.testing.assert_array_equal(parts.items, whole.items)
    np.testing.assert_allclose(parts.scores, whole.scores, rtol=1e-5)
