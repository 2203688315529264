"""Each retriever on each fold: fitted on the visible pairs, its candidates for the users with hidden ones."""

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp

from shortlist.common.arrays import DoubleArray, IntArray
from shortlist.common.files import atomic, write_text
from shortlist.common.progress import note, track
from shortlist.common.provenance import fingerprint, source_digest
from shortlist.config.competition import Competition
from shortlist.config.paths import Paths
from shortlist.data.dataset import Dataset
from shortlist.engine.base import running
from shortlist.pipeline.too_large import leave_out
from shortlist.retrievers.base import RETRIEVERS, Retriever, make_retriever
from shortlist.retrievers.topk import NO_ITEM, Candidates, recommend
from shortlist.validation.metrics import per_user, recall_at_k
from shortlist.validation.splits import Fold, Splitter, make_splitter


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

    def save(self, path: Path, made_from: str) -> None:
        """Write it whole or not at all, with the fingerprint of what it was made from."""
        about = json.dumps({"made_from": made_from, "figures": self.figures, "seconds": self.seconds})
        found = self.candidates
        with atomic(path) as temporary:
            np.savez(temporary, users=found.users, items=found.items, scores=found.scores, about=np.array(about))


def splitters(competition: Competition) -> dict[str, Splitter]:
    """The validation schemes of competition.toml by name.

    Raises:
        ConfigError: unknown scheme or parameter, or a value out of range.
    """
    return {name: make_splitter(*competition.scheme(name)) for name in competition.validation.schemes}


def hidden_pairs(dataset: Dataset, fold: Fold) -> tuple[IntArray, sp.csr_matrix]:
    """The users with hidden pairs, (m,) int32, and those pairs as a matrix (U, I)."""
    answers = dataset.take(fold.test).matrix()
    return np.flatnonzero(np.diff(answers.indptr)).astype(np.int32), answers


@dataclass(frozen=True)
class Unit:
    """A fold that a retriever is to be run on, a task of the engine.

    Attributes:
        scheme: the fold's.
        fold: see `splits`.
        folds: of the scheme, in all.
        made_from: the fingerprint of the result.
    """

    scheme: str
    fold: Fold
    folds: int
    made_from: str

    @property
    def name(self) -> str:
        """For people."""
        return f"{self.scheme} fold {self.fold.number}/{self.folds}"


@dataclass(frozen=True)
class Model:
    """A retriever that is not made yet, and what it is to learn from.

    Attributes:
        kind, settings, seed: see `retrievers.base.make_retriever`.
        dataset: with all pairs.
        n: candidates for each user.
    """

    kind: str
    settings: Mapping[str, Any]
    seed: int
    dataset: Dataset
    n: int

    def on_folds(self) -> Callable[[Unit], FoldResult]:
        """What runs it on a fold."""
        return lambda unit: run_fold(
            make_retriever(self.kind, self.settings, seed=self.seed), self.dataset, unit.fold, self.n
        )


def cross_validate(paths: Paths, competition: Competition, name: str) -> None:
    """Run one retriever on all folds of all schemes; folds that are there from an interrupted run are kept."""
    dataset = Dataset.load(paths.dataset)
    if leave_out(paths, competition, name, dataset):
        write_text(paths.folds_done(name), "")
        return
    model = Model(*competition.retriever(name), competition.seed, dataset, competition.candidates)
    units = _missing(paths, competition, name, model)
    schemes = splitters(competition)
    with running(Model.on_folds, model, units) as results:
        for unit, result in track(results, f"validate {name}: folds", sum(one.folds for one in schemes.values())):
            result.save(paths.fold(name, unit.scheme, unit.fold.number), unit.made_from)
            _, answers = hidden_pairs(model.dataset, unit.fold)
            recall = recall_at_k(result.candidates, answers, competition.submission.k)
            note(
                f"validate {name}: {unit.name}: recall@{competition.submission.k} {recall.mean:.4f} +- "
                f"{recall.error:.4f} ({result.seconds:.1f} s)"
            )
    write_text(paths.folds_done(name), "")


def _missing(paths: Paths, competition: Competition, name: str, model: Model) -> Iterator[Unit]:
    """The folds that are not there yet, one at a time: those of a large dataset are large too."""
    source = source_digest("shortlist.pipeline.cross_validate", RETRIEVERS.module(model.kind))
    for scheme, splitter in splitters(competition).items():
        for fold in splitter.split(model.dataset):
            made_from = fingerprint(
                model.dataset.digest, fold.train, fold.test, model.kind, model.settings, model.seed, model.n, source
            )
            unit = Unit(scheme, fold, splitter.folds, made_from)
            if kept_fold(paths.fold(name, scheme, fold.number), made_from):
                note(f"validate {name}: {unit.name} is there already")
            else:
                yield unit


def run_fold(retriever: Retriever, dataset: Dataset, fold: Fold, n: int) -> FoldResult:
    """Fit on the fold's visible pairs; n candidates for each user with hidden ones."""
    start = time.perf_counter()
    visible = dataset.take(fold.train)
    users, _ = hidden_pairs(dataset, fold)
    retriever.fit(visible)
    candidates = recommend(retriever, users, n, visible.matrix())
    seconds = time.perf_counter() - start
    return FoldResult(candidates, retriever.figures(dataset.pairs[fold.test]), seconds)


def load_fold(paths: Paths, method: str, scheme: str, fold: Fold) -> FoldResult:
    """What a method's cross-validation saved of one fold."""
    with np.load(paths.fold(method, scheme, fold.number)) as arrays:
        candidates = Candidates(arrays["users"], arrays["items"], arrays["scores"])
        about = json.loads(str(arrays["about"]))
    return FoldResult(candidates, about["figures"], about["seconds"])


def fold_values(dataset: Dataset, fold: Fold, found: Candidates, metrics: Sequence[str]) -> DoubleArray:
    """Some metrics of each user with hidden pairs.

    Args:
        dataset: with all pairs.
        fold: of it.
        found: the lists of the fold's users; one shorter than a k of `metrics` finds nothing in the places it lacks.
        metrics: as `metrics.per_user` names them.

    Returns:
        (metrics, users) float64.
    """
    ks = [int(metric.rpartition("@")[2]) for metric in metrics]
    missing = max(0, max(ks) - found.items.shape[1])
    items = np.pad(found.items, ((0, 0), (0, missing)), constant_values=NO_ITEM)
    values = per_user(items, found.users, hidden_pairs(dataset, fold)[1], ks)
    return np.stack([values[metric] for metric in metrics])


def kept_fold(path: Path, made_from: str) -> bool:
    """Whether a fold's result is there already from an interrupted run, made from the same."""
    return fold_made_from(path) == made_from


def fold_made_from(path: Path) -> str | None:
    """The fingerprint that a fold's result was saved with; None where there is no result."""
    if not path.exists():
        return None
    with np.load(path) as arrays:
        return str(json.loads(str(arrays["about"]))["made_from"])
