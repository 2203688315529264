"""Shortlist's own stages as contenders."""

from pathlib import Path
from typing import Self

import numpy as np
import scipy.sparse as sp

from shortlist.common.arrays import FloatArray
from shortlist.data.dataset import Dataset
from shortlist.retrievers.base import Retriever, VectorRetriever
from shortlist.retrievers.index import ItemIndex
from shortlist.retrievers.registry import make_retriever
from shortlist.retrievers.topk import recommend
from shortlist.validation.metrics import per_user
from speed.task import Outcome, Run, Task
from speed.vectors import recall

PACKAGES = ("shortlist", "numpy", "scipy")


class Vectors(VectorRetriever):
    """A retriever that was given its vectors."""

    def __init__(self, users: FloatArray, items: FloatArray) -> None:
        self.__dict__.update(user_vectors_=users, item_vectors_=items)

    def fit(self, dataset: Dataset) -> Self:
        """Nothing is learnt."""
        return self


def pairs_matrix(task: Task) -> sp.csr_matrix:
    """The task's pairs, (U, I) float32."""
    pairs, shape = task["pairs"], tuple(task["shape"])
    return sp.csr_matrix((np.ones(len(pairs), dtype=np.float32), (pairs[:, 0], pairs[:, 1])), shape=shape)


def top_n(task: Task) -> Run:
    """`topk.recommend` from vectors: each user's n best that are not seen."""
    source, seen = Vectors(task["users"], task["items"]), pairs_matrix(task)
    everybody = np.arange(seen.shape[0], dtype=np.int32)
    return lambda: {"items": recommend(source, everybody, task["n"], seen).items}


def scann(task: Task) -> Run:
    """`index.ItemIndex` with ScaNN; the outcome has its recall."""
    index = ItemIndex(task["items"], "scann")

    def run() -> Outcome:
        found, _ = index.search(task["queries"], task["n"])
        return {"recall": recall(found, task["truth"])}

    return run


def item_neighbours(task: Task) -> Run:
    """`ItemKNN.fit` and each user's n best."""
    return _lists(make_retriever("item_knn", {"neighbours": task["neighbours"]}), task)


def user_neighbours(task: Task) -> Run:
    """The organiser's baseline, `UserKNN`, and each user's n best."""
    return _lists(make_retriever("user_knn"), task)


def _lists(retriever: Retriever, task: Task) -> Run:
    dataset, seen = Dataset.load(Path(task["dataset"])), pairs_matrix(task)
    everybody = np.arange(seen.shape[0], dtype=np.int32)
    return lambda: {"items": recommend(retriever.fit(dataset), everybody, task["n"], seen).items}


def ease(task: Task) -> Run:
    """`EASE.fit` as in the paper; the outcome has a corner of the weights."""
    dataset = Dataset.load(Path(task["dataset"]))
    model = make_retriever("ease", {"regularization": task["regularization"], "user_power": 0.0})
    corner = np.ix_(task["corner"], task["corner"])
    return lambda: {"weights": vars(model.fit(dataset))["weights_"][corner]}


def evaluation(task: Task) -> Run:
    """`metrics.per_user`: recall with the denominator n, as others have it, and six more."""
    answers = pairs_matrix(task)

    def run() -> Outcome:
        values = per_user(task["lists"], task["scored"], answers, task["ks"])
        return {f"recall@{k}": values[f"recall_n@{k}"] for k in task["ks"]}

    return run
