"""The methods that can learn without a part: the blend without a retriever, a reranker without features."""

from functools import cached_property
from typing import Any, Protocol

from shortlist.common.provenance import fingerprint, source_digest
from shortlist.config.competition import BLEND
from shortlist.data.candidates import Candidates
from shortlist.data.dataset import Dataset
from shortlist.pipeline.asking import headline_of
from shortlist.pipeline.results import fold_made_from, load_lists, load_table
from shortlist.pipeline.run import Run
from shortlist.pipeline.schemes import stacking_parts
from shortlist.rerank import blend
from shortlist.rerank.registry import RERANKERS
from shortlist.rerank.table import FeatureTable, groups_of
from shortlist.validation.division import Fold, teachers
from shortlist.validation.folds import hidden_pairs
from shortlist.validation.headline import fold_scores
from shortlist.validation.metrics import UserScores

ALL = "with.all"
"""Instead of the name of what is left out: nothing is. No retriever and no feature group is called so."""


class Experiment(Protocol):
    """A method that can learn without something."""

    method: str
    metrics: tuple[str, ...]
    folds: list[Fold]
    made_from: str

    def parts(self) -> list[str]:
        """What can be left out."""
        ...

    def without(self, part: str, place: int) -> UserScores:
        """The scores on the fold at `place`, learnt on its teachers without the part, or with `ALL`."""
        ...


class BlendExperiment:
    """The blend without one of its retrievers."""

    method = BLEND

    def __init__(self, run: Run, dataset: Dataset, folds: list[Fold]) -> None:
        self._run, self._dataset, self._names = run, dataset, run.methods.blended
        self.folds = folds
        self._depth = min(run.competition.blend.candidates, run.competition.candidates)
        self.metrics: tuple[str, ...] = (run.competition.headline, f"recall_n@{self._depth}")
        self.made_from = blend_made_from(run)

    def parts(self) -> list[str]:
        """See `Experiment`."""
        return list(self._names)

    @cached_property
    def _pools(self) -> list[blend.Pool]:
        return [blend.pool(self._lists(fold), blend.LEARN_DEPTH) for fold in self.folds]

    def without(self, part: str, place: int) -> UserScores:
        """See `Experiment`."""
        others = teachers(self.folds, place)
        weights = blend.learn(
            [self._remaining(self._pools[number], part) for number in others],
            [hidden_pairs(self._dataset, self.folds[number])[1] for number in others],
        )
        whole = self._remaining(blend.pool(self._lists(self.folds[place])), part)
        lists = blend.blended(whole, weights, max(self._depth, self._run.competition.question.k))
        return fold_scores(self._dataset, self.folds[place], lists, self.metrics, headline_of(self._run.competition))

    def _lists(self, fold: Fold) -> list[Candidates]:
        scheme = self._run.competition.first_scheme
        return list(load_lists(self._run.paths, self._names, scheme, fold).values())

    def _remaining(self, pool: blend.Pool, part: str) -> blend.Pool:
        return pool if part == ALL else pool.without(self._names.index(part))


class RerankerExperiment:
    """A reranker without a group of features or without what one retriever says; the candidates stay the same."""

    def __init__(self, run: Run, dataset: Dataset, folds: list[Fold], name: str) -> None:
        self._run, self._dataset = run, dataset
        self.folds = folds
        self.method = name
        self.metrics: tuple[str, ...] = (run.competition.headline,)
        self.made_from = reranker_made_from(run, name)

    @cached_property
    def _tables(self) -> list[FeatureTable]:
        return [
            load_table(self._run.paths, str(fold.number), self._run.competition.rerank.users) for fold in self.folds
        ]

    def parts(self) -> list[str]:
        """See `Experiment`."""
        names = self._tables[0].names
        lists = [f"retrievers.{name}" for name in self._run.methods.listed]
        groups = [*dict.fromkeys(name.partition(".")[0] for name in names), *lists]
        members = {group: sum(group in groups_of(name) for name in names) for group in groups}
        # Without its only group a reranker has nothing to learn from.
        return [group for group, number in members.items() if 0 < number < len(names)]

    def without(self, part: str, place: int) -> UserScores:
        """See `Experiment`."""
        kind, settings = self._run.competition.reranker(self.method)
        tables = self._tables if part == ALL else [table.without(part) for table in self._tables]
        model = RERANKERS.make(kind, settings, seed=self._run.competition.seed)
        model.fit([tables[number] for number in teachers(self.folds, place)])
        lists = tables[place].ordered(model.score(tables[place]))
        return fold_scores(self._dataset, self.folds[place], lists, self.metrics, headline_of(self._run.competition))


def blend_made_from(run: Run) -> str:
    """Fingerprint of all that the blend's figures rest on."""
    competition, blended = run.competition, run.methods.blended
    return fingerprint(
        BLEND, _lists_made_from(run, blended), competition.headline, competition.blend.candidates,
        competition.ablate.folds, source_digest(__name__),
    )  # fmt: skip


def reranker_made_from(run: Run, name: str) -> str:
    """Fingerprint of all that a reranker's figures rest on."""
    competition, methods = run.competition, run.methods
    kind, settings = competition.reranker(name)
    return fingerprint(
        name, _lists_made_from(run, methods.retrievers), methods.blended, competition.headline,
        competition.blend.candidates, competition.ablate.folds, kind, settings, competition.seed,
        source_digest(__name__, RERANKERS.module(kind)),
    )  # fmt: skip


def _lists_made_from(run: Run, names: tuple[str, ...]) -> list[list[Any]]:
    """What the lists that blend and features are made of were made from themselves, and in which order."""
    scheme, numbers = run.competition.first_scheme, [int(part) for part in stacking_parts(run.competition)]
    return [[name, *(fold_made_from(run.paths, name, scheme, number) for number in numbers)] for name in names]
