"""The models of RecTools: EASE, and a two-stage model built as its documentation shows."""

from collections.abc import Callable

import numpy as np
import pandas as pd
from catboost import CatBoostClassifier
from implicit.als import AlternatingLeastSquares
from implicit.nearest_neighbours import CosineRecommender
from rectools import Columns
from rectools.dataset import Dataset
from rectools.model_selection import RandomSplitter
from rectools.model_selection.splitter import Splitter
from rectools.models import EASEModel, ImplicitALSWrapperModel, ImplicitItemKNNWrapperModel, PopularModel
from rectools.models.base import ModelBase
from rectools.models.ranking import (
    CandidateGenerator,
    CandidateRankingModel,
    CatBoostReranker,
    PerUserNegativeSampler,
)

from peers.exchange import IntArray, Peer, Task

PACKAGES = ("rectools", "pm-implicit", "catboost", "numpy")


def ease(task: Task) -> ModelBase:
    """EASE with the regularization that is best on this competition."""
    return EASEModel(regularization=100, recommend_n_threads=task.threads)


def two_stage(task: Task, splitter: Splitter | None = None, *, dense: bool = True) -> ModelBase:
    """Candidates, ranks and scores of four models, reranked by CatBoost, which learns on 30 % of the pairs.

    Args:
        task: what it is for.
        splitter: what the reranker learns on instead.
        dense: whether EASE, whose matrices are dense, is among the four.
    """
    als = AlternatingLeastSquares(
        factors=128, regularization=5, alpha=40, num_threads=task.threads, random_state=task.seed
    )
    stage: list[ModelBase] = [
        *([ease(task)] if dense else []),
        ImplicitALSWrapperModel(als, recommend_n_threads=task.threads),
        ImplicitItemKNNWrapperModel(CosineRecommender(K=100, num_threads=task.threads)),
        PopularModel(),
    ]
    # With CatBoost's defaults and 3 negatives a user it overfits the 2,000 candidates that are hits.
    classifier = CatBoostClassifier(
        iterations=200,
        depth=4,
        learning_rate=0.05,
        verbose=False,
        allow_writing_files=False,
        random_state=task.seed,
        thread_count=task.threads,
    )
    return CandidateRankingModel(
        candidate_generators=[
            CandidateGenerator(model, task.n, keep_ranks=True, keep_scores=True, ranks_fillna_value=task.n + 1)
            for model in stage
        ],
        splitter=splitter or RandomSplitter(test_fold_frac=0.3, n_splits=1, random_state=task.seed),
        reranker=CatBoostReranker(classifier),
        sampler=PerUserNegativeSampler(n_negatives=30, random_state=task.seed),
    )


MODELS: dict[str, Callable[[Task], ModelBase]] = {"ease": ease, "two_stage": two_stage}

FILTERS_ITSELF = ("two_stage",)
"""Models that learn to order unseen items only: seen ones among its candidates would take the places of others."""


class RecToolsPeer:
    """A model of RecTools."""

    def __init__(self, name: str, task: Task) -> None:
        self.model, self.task, self.filters = MODELS[name](task), task, name in FILTERS_ITSELF
        pairs = pd.DataFrame(task.pairs, columns=Columns.UserItem)
        # The log has no times, which RecTools demands.
        self.dataset = Dataset.construct(pairs.assign(weight=1.0, datetime=pd.Timestamp("2024-01-01")))

    def fit(self) -> None:
        """See `Peer.fit`."""
        self.model.fit(self.dataset)

    def predict(self) -> IntArray:
        """See `Peer.predict`."""
        length = self.task.n if self.filters else self.task.length
        known = np.intersect1d(self.task.users, self.task.pairs[:, 0])
        found = self.model.recommend(known, self.dataset, k=length, filter_viewed=self.filters)
        items = np.full((self.task.shape[0], length), -1, dtype=np.int32)
        items[found[Columns.User], found[Columns.Rank] - 1] = found[Columns.Item]
        return items[self.task.users]


def make(name: str, task: Task) -> Peer:
    """See `Adapter.make`."""
    return RecToolsPeer(name, task)
