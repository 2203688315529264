"""What each retriever and each feature adds: the blend and a reranker once more without it, one thing at a time.

Both are nested: what is scored on a fold has learnt on the other folds only. A score without something is compared with
the score with everything on the same users.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import numpy as np

from shortlist.common.arrays import DoubleArray, IntArray
from shortlist.common.files import atomic, write_text
from shortlist.common.progress import note, track
from shortlist.common.provenance import fingerprint, source_digest
from shortlist.config.competition import BLEND, Competition, load_competition
from shortlist.config.paths import Paths
from shortlist.data.dataset import Dataset
from shortlist.errors import ConfigError
from shortlist.pipeline.cross_validate import fold_made_from, fold_values, hidden_pairs, load_fold, splitters
from shortlist.pipeline.rerank import LEARN_DEPTH, stacking_folds
from shortlist.rerank import blend
from shortlist.rerank.base import RERANKERS
from shortlist.rerank.table import FeatureTable, groups_of
from shortlist.retrievers.topk import Candidates
from shortlist.studies.ablation.table import render
from shortlist.validation.metrics import paired_bootstrap
from shortlist.validation.splits import Fold

ALL = "with.all"
"""Instead of the name of what is left out: nothing is. No retriever and no feature group is called so."""


@dataclass(frozen=True)
class Scores:
    """The metrics of each scored user.

    Attributes:
        users: (r,) user codes.
        values: (M, r) float64, a row for each metric.
    """

    users: IntArray
    values: DoubleArray


class Experiment(Protocol):
    """A method that can learn without something."""

    method: str
    metrics: tuple[str, ...]
    folds: list[Fold]
    made_from: str

    def parts(self) -> list[str]:
        """What can be left out."""
        ...

    def without(self, part: str, place: int) -> Scores:
        """The scores on the fold at `place`, learnt on the others without the part, or with `ALL`."""
        ...


def ablate(paths: Paths, competition: Competition) -> None:
    """Score everything that can be left out; units that are there from an interrupted run are kept.

    Raises:
        ConfigError: there is one retriever and no reranker, so nothing can be left out.
    """
    dataset = Dataset.load(paths.dataset)
    folds = stacking_folds(competition, dataset)
    experiments: list[Experiment] = []
    if len(competition.blend_retrievers) > 1:
        experiments.append(BlendExperiment(paths, competition, dataset, folds))
    if (name := competition.ablated_reranker) is not None:
        experiments.append(RerankerExperiment(paths, competition, dataset, folds, name))
    if not experiments:
        raise ConfigError("ablate: one retriever and no reranker: there is nothing to leave out; add a table of either")
    scored = min(competition.ablate.folds, len(folds))
    found = [_run(paths, experiment, scored) for experiment in experiments]
    about = {
        "scheme": competition.first_scheme,
        "folds": [fold.number for fold in folds[:scored]],
        "of": len(folds),
        "users": len(np.unique(np.concatenate([hidden_pairs(dataset, fold)[0] for fold in folds[:scored]]))),
        "parts": found,
    }
    write_text(paths.ablation_table, render(about))
    write_text(paths.ablation, json.dumps(about, indent=1, ensure_ascii=False) + "\n")
    write_text(paths.ablation_done, "")


def load_ablation(paths: Paths) -> dict[str, Any] | None:
    """What `ablate` wrote, but for the parts that do not fit the present configuration and folds; None if none does."""
    if not paths.ablation.exists():
        return None
    found = dict(json.loads(paths.ablation.read_text(encoding="utf-8")))
    competition = load_competition(paths.config)
    fitting = {_blend_made_from(paths, competition)}
    if (name := competition.ablated_reranker) is not None:
        fitting.add(_reranker_made_from(paths, competition, name))
    found["parts"] = [part for part in found["parts"] if part["made_from"] in fitting]
    return found if found["parts"] else None


class BlendExperiment:
    """The blend without one of its retrievers."""

    method = BLEND

    def __init__(self, paths: Paths, competition: Competition, dataset: Dataset, folds: list[Fold]) -> None:
        self._paths, self._competition, self._dataset = paths, competition, dataset
        self.folds = folds
        self._depth = min(competition.blend.candidates, competition.candidates)
        self.metrics: tuple[str, ...] = (competition.headline, f"recall_n@{self._depth}")
        self.made_from = _blend_made_from(paths, competition)

    def parts(self) -> list[str]:
        """See `Experiment`."""
        return list(self._competition.blend_retrievers)

    @cached_property
    def _pools(self) -> list[blend.Pool]:
        return [blend.pool(self._lists(fold), LEARN_DEPTH) for fold in self.folds]

    def without(self, part: str, place: int) -> Scores:
        """See `Experiment`."""
        others = [number for number in range(len(self.folds)) if number != place]
        weights = blend.learn(
            [self._left(self._pools[number], part) for number in others],
            [hidden_pairs(self._dataset, self.folds[number])[1] for number in others],
        )
        whole = self._left(blend.pool(self._lists(self.folds[place])), part)
        found = blend.blended(whole, weights, max(self._depth, self._competition.submission.k))
        return Scores(found.users, fold_values(self._dataset, self.folds[place], found, self.metrics))

    def _lists(self, fold: Fold) -> list[Candidates]:
        scheme = self._competition.first_scheme
        return [load_fold(self._paths, name, scheme, fold).candidates for name in self._competition.blend_retrievers]

    def _left(self, pool: blend.Pool, part: str) -> blend.Pool:
        return pool if part == ALL else pool.without(self._competition.blend_retrievers.index(part))


class RerankerExperiment:
    """A reranker without a group of features or without what one retriever says; the candidates stay the same."""

    def __init__(self, paths: Paths, competition: Competition, dataset: Dataset, folds: list[Fold], name: str) -> None:
        self._paths, self._competition, self._dataset = paths, competition, dataset
        self.folds = folds
        self.method = name
        self.metrics: tuple[str, ...] = (competition.headline,)
        self.made_from = _reranker_made_from(paths, competition, name)

    @cached_property
    def _tables(self) -> list[FeatureTable]:
        return [FeatureTable.load(self._paths.features(str(fold.number))) for fold in self.folds]

    def parts(self) -> list[str]:
        """See `Experiment`."""
        names = self._tables[0].names
        lists = [f"retrievers.{name}" for name in (*self._competition.retrievers, BLEND)]
        groups = [*dict.fromkeys(name.partition(".")[0] for name in names), *lists]
        members = {group: sum(group in groups_of(name) for name in names) for group in groups}
        # Without its only group a reranker has nothing to learn from.
        return [group for group, number in members.items() if 0 < number < len(names)]

    def without(self, part: str, place: int) -> Scores:
        """See `Experiment`."""
        kind, settings = self._competition.reranker(self.method)
        tables = self._tables if part == ALL else [table.without(part) for table in self._tables]
        model = RERANKERS.make(kind, settings, seed=self._competition.seed)
        model.fit(tables[:place] + tables[place + 1 :])
        found = tables[place].ordered(model.score(tables[place]))
        return Scores(found.users, fold_values(self._dataset, self.folds[place], found, self.metrics))


def _run(paths: Paths, experiment: Experiment, scored: int) -> dict[str, Any]:
    """Every part left out on each of the first `scored` folds, compared with nothing left out."""
    parts = [ALL, *experiment.parts()]
    found: dict[str, list[Scores]] = {part: [] for part in parts}
    units = [(part, place) for part in parts for place in range(scored)]
    for part, place in track(units, f"ablate {experiment.method}", len(units)):
        found[part].append(_unit(paths, experiment, part, place))
    everything = _joined(found.pop(ALL))
    without = [_compared(part, _joined(scores), everything, experiment.metrics) for part, scores in found.items()]
    return {
        "method": experiment.method,
        "made_from": experiment.made_from,
        "metrics": list(experiment.metrics),
        "with": dict(zip(experiment.metrics, everything.values.mean(axis=1).tolist(), strict=True)),
        "without": sorted(without, key=lambda one: one["scores"][experiment.metrics[0]]["difference"]["mean"]),
    }


def _unit(paths: Paths, experiment: Experiment, part: str, place: int) -> Scores:
    """One part left out on one fold, kept or made."""
    number = experiment.folds[place].number
    path = paths.ablated(experiment.method, part, number)
    made_from = fingerprint(experiment.made_from, part, number)
    if path.exists():
        with np.load(path) as arrays:
            if str(arrays["made_from"]) == made_from:
                return Scores(arrays["users"], arrays["values"])
    scores = experiment.without(part, place)
    with atomic(path) as temporary:
        np.savez(temporary, users=scores.users, values=scores.values, made_from=np.array(made_from))
    left = "with everything" if part == ALL else f"without {part}"
    note(f"ablate {experiment.method}: {left}, fold {number}: {experiment.metrics[0]} {scores.values[0].mean():.4f}")
    return scores


def _compared(part: str, without: Scores, everything: Scores, metrics: Sequence[str]) -> dict[str, Any]:
    scores = {}
    for metric, left, whole in zip(metrics, without.values, everything.values, strict=True):
        found = paired_bootstrap(left, whole, everything.users)
        difference = {"mean": found.mean, "low": found.low, "high": found.high, "significant": found.significant}
        scores[metric] = {"mean": float(left.mean()), "difference": difference}
    return {"name": part, "scores": scores}


def _joined(folds: list[Scores]) -> Scores:
    return Scores(np.concatenate([one.users for one in folds]), np.concatenate([one.values for one in folds], axis=1))


def _blend_made_from(paths: Paths, competition: Competition) -> str:
    return fingerprint(
        BLEND, _lists_made_from(paths, competition, competition.blend_retrievers), competition.headline,
        competition.blend.candidates, competition.ablate.folds, source_digest(__name__),
    )  # fmt: skip


def _reranker_made_from(paths: Paths, competition: Competition, name: str) -> str:
    kind, settings = competition.reranker(name)
    return fingerprint(
        name, _lists_made_from(paths, competition, tuple(competition.retrievers)), competition.blend_retrievers,
        competition.headline, competition.blend.candidates, competition.ablate.folds, kind, settings, competition.seed,
        source_digest(__name__, RERANKERS.module(kind)),
    )  # fmt: skip


def _lists_made_from(paths: Paths, competition: Competition, names: tuple[str, ...]) -> list[list[Any]]:
    """What the lists that blend and features are made of were made from themselves, and in which order."""
    scheme = competition.first_scheme
    numbers = range(1, splitters(competition)[scheme].folds + 1)
    return [[name, *(fold_made_from(paths.fold(name, scheme, number)) for number in numbers)] for name in names]
