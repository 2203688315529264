"""Each retriever fitted on all pairs: the candidates that a submission is made of, and what else must be kept."""

from collections.abc import Callable

import numpy as np
import scipy.sparse as sp

from shortlist.common.files import write_text
from shortlist.common.progress import note
from shortlist.data.candidates import USERS, Candidates, joined
from shortlist.data.dataset import Dataset
from shortlist.engine.base import in_order
from shortlist.engine.threads import limited
from shortlist.pipeline.results import save_final
from shortlist.pipeline.run import Run
from shortlist.retrievers.base import Retriever
from shortlist.retrievers.registry import make_retriever
from shortlist.retrievers.topk import recommend


def train(run: Run, name: str) -> None:
    """Fit one retriever and save its candidates for every user; of one that is too large there is an empty file."""
    paths, competition = run.paths, run.competition
    if name in run.too_large:
        write_text(paths.final(name), "")
        return
    dataset = Dataset.load(paths.dataset)
    kind, settings = competition.retriever(name)
    with limited(1):  # as on the folds
        retriever = make_retriever(kind, settings, seed=competition.seed).fit(dataset)
    lists = for_everybody(retriever, dataset, competition.candidates)
    save_final(paths, name, lists, retriever.state())
    note_final(name, lists)


def note_final(method: str, lists: Candidates) -> None:
    """Say that a method's final lists are there."""
    note(f"train {method}: {len(lists.users):,} users, {lists.items.shape[1]} candidates each")


def for_everybody(retriever: Retriever, dataset: Dataset, n: int) -> Candidates:
    """The n best items of each user that the dataset does not hold, some users at a time."""
    starts = range(0, len(dataset.users), USERS)
    return joined(in_order(_recommender, (retriever, dataset.matrix(), n, USERS), starts))


def _recommender(shared: tuple[Retriever, sp.csr_matrix, int, int]) -> Callable[[int], Candidates]:
    retriever, seen, n, size = shared

    def from_user(start: int) -> Candidates:
        users = np.arange(start, min(start + size, seen.shape[0]), dtype=np.int32)
        return recommend(retriever, users, n, seen)

    return from_user
