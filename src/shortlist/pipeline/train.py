"""Each retriever fitted on all pairs: the candidates that a submission is made of, and what else must be kept."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
import scipy.sparse as sp

from shortlist.common.files import atomic, write_text
from shortlist.common.progress import note
from shortlist.config.competition import Competition
from shortlist.config.paths import Paths
from shortlist.data.dataset import Dataset
from shortlist.engine.base import in_order
from shortlist.engine.threads import limited
from shortlist.pipeline.too_large import all_left_out
from shortlist.retrievers.base import Retriever, make_retriever
from shortlist.retrievers.topk import USERS, Candidates, joined, recommend

STATE = "state/"
"""Prefix of a model's own arrays in the file."""


def train(paths: Paths, competition: Competition, name: str) -> None:
    """Fit one retriever and save its candidates for every user; of one that is left out there is an empty file."""
    if name in all_left_out(paths, competition):
        write_text(paths.final(name), "")
        return
    dataset = Dataset.load(paths.dataset)
    kind, settings = competition.retriever(name)
    with limited(1):  # as on the folds
        retriever = make_retriever(kind, settings, seed=competition.seed).fit(dataset)
    found = for_everybody(retriever, dataset, competition.candidates)
    save_final(paths, name, found, retriever.state())


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


def save_final(
    paths: Paths, method: str, found: Candidates, state: Mapping[str, np.ndarray] = MappingProxyType({})
) -> None:
    """Write a method's candidates for every user, and what else of the model is needed later."""
    kept = {STATE + name: value for name, value in state.items()}
    with atomic(paths.final(method)) as path:
        np.savez(path, users=found.users, items=found.items, scores=found.scores, **kept)  # type: ignore[arg-type]
    note(f"train {method}: {len(found.users):,} users, {found.items.shape[1]} candidates each")


def load_final(paths: Paths, method: str) -> Candidates:
    """The candidates that `save_final` wrote."""
    with np.load(paths.final(method)) as arrays:
        return Candidates(arrays["users"], arrays["items"], arrays["scores"])


def load_state(paths: Paths, name: str) -> dict[str, np.ndarray]:
    """The state that was saved beside the candidates: a retriever's or a reranker's."""
    with np.load(paths.final(name)) as arrays:
        return {key.removeprefix(STATE): arrays[key] for key in arrays.files if key.startswith(STATE)}
