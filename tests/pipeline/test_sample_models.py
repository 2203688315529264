"""On the made sample, scored on its hidden answers, every model beats popularity clearly."""

import numpy as np
import pandas as pd
import pytest

from shortlist.config.competition import load_competition
from shortlist.config.paths import Paths
from shortlist.data.dataset import Dataset
from shortlist.data.sample import SampleSize, write_sample
from shortlist.data.sources.dacon_jobs import DaconJobs
from shortlist.pipeline import rerank as stacking
from shortlist.pipeline.cross_validate import cross_validate
from shortlist.pipeline.train import load_final, train
from shortlist.retrievers.base import kinds, make_retriever
from shortlist.retrievers.topk import recommend
from shortlist.validation.metrics import recall_at_k

QUICK = {"two_tower": {"seeds": 1}, "lightgcn": {"epochs": 10}}
"""Settings that differ from the defaults, for time's sake."""


@pytest.fixture(scope="module")
def samples(tmp_path_factory):
    """Two samples of the default size: on one alone, chance moves recall@5 by 0.007, more than good methods differ."""
    return [_sample(tmp_path_factory.mktemp("sample"), seed) for seed in (0, 1)]


@pytest.fixture(scope="module")
def sample(samples):
    """The sample that `make sample` gives."""
    return samples[0]


def _sample(folder, seed):
    """A sample as a dataset, and its hidden answers as a matrix."""
    write_sample(folder, SampleSize(), seed=seed)
    dataset = DaconJobs().read(folder / "raw")
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


SETTINGS = """
title = "sample"
url = "make sample"
source = "dacon_jobs"
candidates = 50
[submission]
k = 5
user_column = "resume_seq"
item_column = "recruitment_seq"
[validation]
folds = 3
ks = [5]
[validation.schemes.kfold]
[retrievers.user_knn]
[retrievers.item_knn]
[retrievers.content]
[blend]
candidates = 30
[rerankers.lightgbm]
trees = 60
seeds = 1
"""


def test_the_reranker_beats_the_blend_and_every_retriever(samples, tmp_path):
    """Learnt on three folds, scored on the hidden answers, which no stage has seen; the blend is near the best list."""
    found = pd.DataFrame([_scores(one, Paths("sample", tmp_path / str(n))) for n, one in enumerate(samples)])
    scores = found.mean()
    assert scores["blend"] > 0.95 * scores[["user_knn", "item_knn", "content"]].max()
    assert scores["lightgbm"] > 1.05 * scores.drop("lightgbm").max()


def _scores(sample, paths):
    """recall@5 of every method's final lists."""
    dataset, hidden = sample
    paths.config.parent.mkdir(parents=True)
    paths.config.write_text(SETTINGS, encoding="utf-8")
    competition = load_competition(paths.config)
    dataset.save(paths.dataset)
    for name in competition.retrievers:
        cross_validate(paths, competition, name)
        train(paths, competition, name)
    stacking.cross_validate_blend(paths, competition)
    stacking.train_blend(paths, competition)
    for part in ("1", "2", "3", stacking.FINAL):
        stacking.make_table(paths, competition, part)
    stacking.train_reranker(paths, competition, "lightgbm")
    return {name: recall_at_k(load_final(paths, name), hidden, 5).mean for name in competition.methods}


def test_the_history_tower_is_the_best_of_all(samples):
    """What the two-tower learns beyond neighbours shows on the samples as it does on the real files."""
    kinds = ("two_tower", "user_knn", "item_knn", "content", "two_tower_id")
    best, *others = (np.mean([recall(kind, one).mean for one in samples]) for kind in kinds)
    assert best > max(others)
