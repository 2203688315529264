"""The score of a method with given parameters: on the folds that trials see, and on those of the report."""

from typing import Protocol

from shortlist.common.provenance import file_digest, source_digest
from shortlist.config.competition import Competition
from shortlist.config.paths import Paths
from shortlist.data.dataset import Dataset
from shortlist.pipeline.asking import asking, headline_of
from shortlist.pipeline.results import load_table
from shortlist.pipeline.run import Run
from shortlist.pipeline.schemes import stacking_folds
from shortlist.rerank.base import Reranker
from shortlist.rerank.registry import RERANKERS
from shortlist.rerank.table import FeatureTable
from shortlist.retrievers.base import Retriever
from shortlist.retrievers.registry import RETRIEVERS
from shortlist.studies.tuning.space import ParameterValues, Target
from shortlist.validation.division import Fold, teachers
from shortlist.validation.folds import run_fold
from shortlist.validation.headline import fold_scores
from shortlist.validation.metrics import UserScores
from shortlist.validation.question import Asking


class Scorer(Protocol):
    """Scores a method with other parameters; it can be sent to another process."""

    def fold(self, values: ParameterValues, place: int) -> UserScores:
        """The scores on the fold at a place among those that trials see."""
        ...

    def report(self, values: ParameterValues) -> UserScores:
        """The scores on all folds that they do not."""
        ...

    def made_of(self) -> list[str]:
        """Digests of what the scores of trials depend on, but for the configuration."""
        ...


def make_scorer(run: Run, target: Target) -> Scorer:
    """The scorer of a target."""
    paths, competition = run.paths, run.competition
    dataset = Dataset.load(paths.dataset)
    folds = stacking_folds(run, dataset)
    scored = sum(fold.scored for fold in folds)
    tuning, report = (
        [fold for fold in folds if fold.number in numbers] for numbers in competition.tune.division(scored)
    )
    if target.section == "retrievers":
        return RetrieverScorer(competition, asking(run), target, dataset, tuning, report)
    others = [fold for fold in folds if not fold.scored]
    return RerankerScorer(paths, competition, target, dataset, [*others, *tuning], report)


class RetrieverScorer:
    """Fits a retriever on the visible pairs of each fold."""

    def __init__(
        self, competition: Competition, asking: Asking, target: Target, dataset: Dataset, tuning: list[Fold],
        report: list[Fold],
    ) -> None:  # fmt: skip
        self._competition, self._asking, self._target, self._dataset = competition, asking, target, dataset
        self._tuning, self._report = tuning, report

    def fold(self, values: ParameterValues, place: int) -> UserScores:
        """See `Scorer`."""
        return self._fold(values, self._tuning[place])

    def report(self, values: ParameterValues) -> UserScores:
        """See `Scorer`."""
        return UserScores.joined([self._fold(values, fold) for fold in self._report])

    def made_of(self) -> list[str]:
        """See `Scorer`."""
        return [self._dataset.digest, source_digest(__name__, RETRIEVERS.module(self._target.kind))]

    def _fold(self, values: ParameterValues, fold: Fold) -> UserScores:
        retriever = self._target.make(values)
        assert isinstance(retriever, Retriever)
        k = self._competition.question.k
        candidates = run_fold(retriever, self._dataset, fold, k, self._asking).candidates
        return fold_scores(
            self._dataset, fold, candidates, [self._competition.headline], headline_of(self._competition)
        )


class RerankerScorer:
    """Learns a reranker on the candidates of other folds: those of the report are never learnt on.

    The tables are those of the rerankers: the blend whose columns they hold has learnt its few weights on all folds but
    the table's own, those of the report among them.
    """

    def __init__(
        self, paths: Paths, competition: Competition, target: Target, dataset: Dataset, tuning: list[Fold],
        report: list[Fold],
    ) -> None:  # fmt: skip
        """Folds to learn on only are among those of `tuning`."""
        self._paths, self._competition, self._target, self._dataset = paths, competition, target, dataset
        self._tuning, self._report = tuning, report
        self._tables = [self._table(fold) for fold in tuning]
        self._scored = [place for place, fold in enumerate(tuning) if fold.scored]

    def fold(self, values: ParameterValues, place: int) -> UserScores:
        """See `Scorer`; by a model that has learnt on the fold's teachers, but for those of the report."""
        own = self._scored[place]
        model = self._learnt(values, [self._tables[number] for number in teachers(self._tuning, own)])
        return self._scores(model, self._tables[own], self._tuning[own])

    def report(self, values: ParameterValues) -> UserScores:
        """See `Scorer`; by a model that has learnt on all folds of the trials."""
        model = self._learnt(values, self._tables)
        return UserScores.joined([self._scores(model, self._table(fold), fold) for fold in self._report])

    def made_of(self) -> list[str]:
        """See `Scorer`."""
        tables = [file_digest(self._paths.features(str(fold.number))) for fold in self._tuning]
        return [*tables, source_digest(__name__, RERANKERS.module(self._target.kind))]

    def _table(self, fold: Fold) -> FeatureTable:
        return load_table(self._paths, str(fold.number), self._competition.rerank.users)

    def _learnt(self, values: ParameterValues, tables: list[FeatureTable]) -> Reranker:
        model = self._target.make(values)
        assert isinstance(model, Reranker)
        return model.fit(tables)

    def _scores(self, model: Reranker, table: FeatureTable, fold: Fold) -> UserScores:
        lists, headline = table.ordered(model.score(table)), headline_of(self._competition)
        return fold_scores(self._dataset, fold, lists, [self._competition.headline], headline)
