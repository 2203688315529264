"""One fold: a retriever learns from its visible events and is asked for the hidden ones."""

import time
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from shortlist.common.arrays import IntArray
from shortlist.data.candidates import Candidates
from shortlist.data.dataset import Dataset
from shortlist.retrievers.base import Retriever
from shortlist.retrievers.topk import recommend_within
from shortlist.validation.division import Fold
from shortlist.validation.question import ANYTHING, Asking


@dataclass(frozen=True)
class FoldResult:
    """What a retriever gave on one fold.

    Attributes:
        candidates: of the users with hidden pairs.
        figures: the retriever's further figures on the hidden pairs.
        seconds: to fit and to predict, wall clock.
    """

    candidates: Candidates
    figures: dict[str, float]
    seconds: float


def hidden_pairs(dataset: Dataset, fold: Fold) -> tuple[IntArray, sp.csr_matrix]:
    """The users with hidden pairs, (m,) int32, and those pairs as a matrix (U, I)."""
    answers = dataset.take(fold.test).matrix()
    return np.flatnonzero(np.diff(answers.indptr)).astype(np.int32), answers


def run_fold(retriever: Retriever, dataset: Dataset, fold: Fold, n: int, asking: Asking = ANYTHING) -> FoldResult:
    """Fit on the fold's visible events; n candidates for each user with hidden ones."""
    start = time.perf_counter()
    visible = dataset.take(fold.train)
    users, _ = hidden_pairs(dataset, fold)
    retriever.fit(visible)
    candidates = recommend_within(retriever, users, n, asking.bounds(visible))
    seconds = time.perf_counter() - start
    return FoldResult(candidates, retriever.figures(dataset.take(fold.test).pairs), seconds)
