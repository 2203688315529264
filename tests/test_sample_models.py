"""On the made sample, scored on its hidden answers, every model beats popularity clearly."""

import numpy as np
import pandas as pd
import pytest

from shortlist.dataset import Dataset
from shortlist.metrics import recall_at_k
from shortlist.retrievers.base import kinds, make_retriever
from shortlist.sample import SampleSize, write_sample
from shortlist.sources import find_source
from shortlist.topk import recommend

QUICK = {"two_tower": {"seeds": 1}, "lightgcn": {"epochs": 10}}
"""Settings that differ from the defaults, for time's sake."""


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    """The default sample as a dataset, and its hidden answers as a matrix."""
    folder = tmp_path_factory.mktemp("sample")
    write_sample(folder, SampleSize(), seed=0)
    dataset = find_source("dacon_jobs").read(folder / "raw")
    answers = pd.read_csv(folder / "answers.csv", encoding="utf-8-sig")
    hidden = Dataset.from_pairs(
        answers, pd.DataFrame(index=dataset.users.ids), pd.DataFrame(index=dataset.items.ids)
    ).matrix()
    return dataset, hidden


def recall(kind, sample):
    dataset, hidden = sample
    model = make_retriever(kind, QUICK.get(kind), seed=0).fit(dataset)
    users = np.flatnonzero(np.diff(hidden.indptr)).astype(np.int32)
    return recall_at_k(recommend(model, users, 5, dataset.matrix()), hidden, 5)


@pytest.mark.parametrize("kind", [kind for kind in kinds() if kind != "popular"])
def test_model_beats_popularity_clearly(kind, sample):
    """Its recall@5 is at least twice that of the most popular, far outside the errors."""
    popular, model = recall("popular", sample), recall(kind, sample)
    assert model.mean > 2 * popular.mean
    assert model.mean - popular.mean > 5 * (model.error + popular.error)


def test_the_history_tower_is_the_best_of_all(sample):
    """What the two-tower learns beyond neighbours shows on the sample as it does on the real files."""
    best = recall("two_tower", sample)
    assert all(best.mean > recall(kind, sample).mean for kind in ("user_knn", "item_knn", "content", "two_tower_id"))
