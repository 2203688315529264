"""On the synthetic sample, scored on its hidden answers, every model beats popularity clearly."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from tests.builder import competition, configuration, stages

from shortlist.data.dataset import Dataset
from shortlist.data.sample import SampleSize, write_sample
from shortlist.data.sources.dacon_jobs import DaconJobs
from shortlist.pipeline.results import load_final
from shortlist.pipeline.run import Run
from shortlist.retrievers.registry import kinds, make_retriever
from shortlist.retrievers.topk import recommend
from shortlist.validation.metrics import Estimate, recall_at_k

QUICK = {"two_tower": {"seeds": 1}, "lightgcn": {"epochs": 10}}
"""Settings that differ from the defaults, for time's sake."""

TABLES = """
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


@dataclass(frozen=True)
class Sample:
    """A competition of which nothing has run yet, its dataset, and its hidden answers as a matrix."""

    run: Run
    dataset: Dataset
    hidden: sp.csr_matrix

    @classmethod
    def new(cls, root: Path, seed: int) -> "Sample":
        run = competition(root, configuration(TABLES, seed=0, candidates=50, folds=3, ks=(5,)))
        folder = run.paths.config.parent
        write_sample(folder, SampleSize(), seed=seed)
        dataset = DaconJobs().read(run.paths.raw)
        answers = pd.read_csv(folder / "answers.csv", encoding="utf-8-sig")
        users, items = (pd.DataFrame(index=ids) for ids in (dataset.users.ids, dataset.items.ids))
        return cls(run, dataset, Dataset.from_events(answers, users, items).matrix())


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> list[Sample]:
    """Two samples of the default size: on one alone, chance moves recall@5 by 0.007, more than good methods differ."""
    return [Sample.new(tmp_path_factory.mktemp("sample"), seed) for seed in (0, 1)]


@pytest.fixture(scope="module")
def sample(samples: list[Sample]) -> Sample:
    """The sample that `make sample` gives."""
    return samples[0]


def recall(kind: str, sample: Sample) -> Estimate:
    model = make_retriever(kind, QUICK.get(kind, {}), seed=0).fit(sample.dataset)
    users = np.flatnonzero(np.diff(sample.hidden.indptr)).astype(np.int32)
    return recall_at_k(recommend(model, users, 5, sample.dataset.matrix()), sample.hidden, 5)


ANOTHER_QUESTION = ("popular", "own_history", "trending")
"""What is popular, also lately, and what the users have: on a log without times or repeats they can win nothing."""


@pytest.mark.parametrize("kind", [kind for kind in kinds() if kind not in ANOTHER_QUESTION])
def test_model_beats_popularity_clearly(kind: str, sample: Sample) -> None:
    """Its recall@5 is at least twice that of the most popular, far outside the errors."""
    popular, model = recall("popular", sample), recall(kind, sample)
    assert model.mean > 2 * popular.mean
    assert model.mean - popular.mean > 5 * (model.error + popular.error)


def test_the_reranker_beats_the_blend_and_every_retriever(samples: list[Sample]) -> None:
    """Learnt on three folds, scored on the hidden answers, which no stage has seen; the blend is near the best list."""
    scores = pd.DataFrame([final_scores(sample) for sample in samples]).mean()
    assert scores["blend"] > 0.95 * scores[["user_knn", "item_knn", "content"]].max()
    assert scores["lightgbm"] > 1.05 * scores.drop("lightgbm").max()


def final_scores(sample: Sample) -> dict[str, float]:
    """recall@5 of every method's final lists."""
    run = stages(sample.run, "train-reranker")
    return {name: recall_at_k(load_final(run.paths, name), sample.hidden, 5).mean for name in run.methods.all}


def test_the_history_tower_is_the_best_of_all(samples: list[Sample]) -> None:
    """What the two-tower learns beyond neighbours shows on the samples as it does on the real files."""
    kinds = ("two_tower", "user_knn", "item_knn", "content", "two_tower_id")
    best, *others = (np.mean([recall(kind, sample).mean for sample in samples]) for kind in kinds)
    assert best > max(others)
