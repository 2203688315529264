"""Each retriever on each fold: fitted on the visible pairs, its candidates for the users with hidden ones."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from shortlist.common.files import write_text
from shortlist.common.progress import note, track
from shortlist.common.provenance import fingerprint, source_digest
from shortlist.data.dataset import Dataset
from shortlist.engine.base import running
from shortlist.pipeline.asking import asking, headline_of
from shortlist.pipeline.results import fold_made_from, save_fold
from shortlist.pipeline.run import Run
from shortlist.pipeline.schemes import splitters
from shortlist.pipeline.too_large import is_too_large
from shortlist.retrievers.registry import RETRIEVERS, make_retriever
from shortlist.validation.division import Fold
from shortlist.validation.folds import FoldResult, run_fold
from shortlist.validation.headline import fold_scores
from shortlist.validation.metrics import estimate
from shortlist.validation.question import Asking

COMPUTING = ("shortlist.validation.folds",)
"""The modules that decide a fold's result, beside the retriever's own: an edit of any other file runs no fold again."""


@dataclass(frozen=True)
class FoldTask:
    """A fold that a retriever is to be run on, a task of the engine.

    Attributes:
        scheme: the fold's.
        fold: see `validation.splitters`.
        folds: of the scheme, in all, those to learn on among them.
        made_from: the fingerprint of the result.
    """

    scheme: str
    fold: Fold
    folds: int
    made_from: str

    @property
    def name(self) -> str:
        """For people."""
        name = f"{self.scheme} fold {self.fold.number}/{self.folds}"
        return name if self.fold.scored else f"{name}, to learn on"


@dataclass(frozen=True)
class Unfitted:
    """A retriever that is not made yet, and what it is to learn from.

    Attributes:
        kind, settings, seed: see `retrievers.registry.make_retriever`.
        dataset: with all pairs.
        n: candidates for each user.
        asking: what is asked.
    """

    kind: str
    settings: Mapping[str, Any]
    seed: int
    dataset: Dataset
    n: int
    asking: Asking

    def on_folds(self) -> Callable[[FoldTask], FoldResult]:
        """What runs it on a fold."""
        return lambda task: run_fold(
            make_retriever(self.kind, self.settings, seed=self.seed), self.dataset, task.fold, self.n, self.asking
        )


def cross_validate(run: Run, name: str) -> None:
    """Run one retriever on all folds of all schemes; folds that are there from an interrupted run are kept."""
    paths, competition = run.paths, run.competition
    dataset = Dataset.load(paths.dataset)
    if not is_too_large(paths, competition, name, dataset):
        model = Unfitted(*competition.retriever(name), competition.seed, dataset, competition.candidates, asking(run))
        long = len(dataset.pairs) >= RETRIEVERS.model(model.kind).long_from
        folds = sum(len(splitter.numbers) for splitter in splitters(competition).values())
        with running(Unfitted.on_folds, model, _missing(run, name, model), long=long) as results:
            for task, result in track(results, f"validate {name}: folds", folds):
                save_fold(paths, name, task.scheme, task.fold, result, task.made_from)
                note_fold(run, name, task.name, dataset, task.fold, result)
    write_text(paths.folds_done(name), "")


def note_fold(run: Run, method: str, fold_name: str, dataset: Dataset, fold: Fold, result: FoldResult) -> None:
    """Say what a method has scored on a fold, and in what time."""
    headline, name = headline_of(run.competition), run.competition.headline
    scores = fold_scores(dataset, fold, result.candidates, [name], headline)
    score = estimate(scores.values[0], scores.users)
    note(f"validate {method}: {fold_name}: {name} {score.mean:.4f} +- {score.error:.4f} ({result.seconds:.1f} s)")


def _missing(run: Run, name: str, model: Unfitted) -> Iterator[FoldTask]:
    """The folds that are not there yet, one at a time: those of a large dataset are large too."""
    source = source_digest(*COMPUTING, RETRIEVERS.module(model.kind))
    for scheme, splitter in splitters(run.competition).items():
        for fold in model.asking.folds(splitter, model.dataset):
            made_from = fingerprint(
                model.dataset.digest,
                fold.train,
                fold.test,
                model.kind,
                model.settings,
                model.seed,
                model.n,
                model.asking.digest,
                source,
            )
            task = FoldTask(scheme, fold, len(splitter.numbers), made_from)
            if fold_made_from(run.paths, name, scheme, fold.number) == made_from:
                note(f"validate {name}: {task.name} is there already")
            else:
                yield task
