"""What each retriever and each feature adds: the blend and a reranker once more without it, one thing at a time.

Both are nested: what is scored on a fold has learnt on others only, see `division.teachers`. A score without something
is compared with the score with everything on the same users.
"""

from collections.abc import Sequence
from contextlib import suppress

import numpy as np

from shortlist.common.array_files import open_arrays, write_arrays
from shortlist.common.files import write_text
from shortlist.common.progress import note, track
from shortlist.common.provenance import fingerprint
from shortlist.common.seals import Damaged
from shortlist.data.dataset import Dataset
from shortlist.errors import ConfigError
from shortlist.pipeline.run import Run
from shortlist.pipeline.schemes import stacking_folds
from shortlist.studies.ablation.experiments import (
    ALL,
    BlendExperiment,
    Experiment,
    RerankerExperiment,
    blend_made_from,
    reranker_made_from,
)
from shortlist.studies.ablation.result import AblatedMethod, Ablation, Without, read_ablation, write_ablation
from shortlist.studies.ablation.table import ablation_table
from shortlist.validation.folds import hidden_pairs
from shortlist.validation.metrics import UserScores, paired_bootstrap


def ablate(run: Run) -> None:
    """Score everything that can be left out; units that are there from an interrupted run are kept.

    Raises:
        ConfigError: there is one retriever and no reranker, so nothing can be left out.
    """
    dataset = Dataset.load(run.paths.dataset)
    folds = stacking_folds(run, dataset)
    experiments: list[Experiment] = []
    if len(run.methods.blended) > 1:
        experiments.append(BlendExperiment(run, dataset, folds))
    if (name := run.ablated_reranker) is not None:
        experiments.append(RerankerExperiment(run, dataset, folds, name))
    if not experiments:
        raise ConfigError("ablate: one retriever and no reranker: there is nothing to leave out; add a table of either")
    places = [place for place, fold in enumerate(folds) if fold.scored][: run.competition.ablate.folds]
    scored = [folds[place] for place in places]
    ablation = Ablation(
        scheme=run.competition.first_scheme,
        folds=tuple(fold.number for fold in scored),
        of=sum(fold.scored for fold in folds),
        users=len(np.unique(np.concatenate([hidden_pairs(dataset, fold)[0] for fold in scored]))),
        methods=tuple(_ablated(run, experiment, places) for experiment in experiments),
    )
    write_text(run.paths.ablation_table, ablation_table(ablation))
    write_ablation(run.paths, ablation)
    write_text(run.paths.ablation_done, "")


def load_ablation(run: Run) -> Ablation | None:
    """What `ablate` wrote of the methods that fit the present configuration and folds; None if none does."""
    configured = Run.of(run.paths, run.competition)  # rerankers that take no part today may have been ablated
    fitting = {blend_made_from(configured)}
    if (name := configured.ablated_reranker) is not None:
        fitting.add(reranker_made_from(configured, name))
    return read_ablation(run.paths, fitting)


def _ablated(run: Run, experiment: Experiment, places: Sequence[int]) -> AblatedMethod:
    """Every part left out on each of some folds, compared with nothing left out."""
    parts = [ALL, *experiment.parts()]
    scores: dict[str, list[UserScores]] = {part: [] for part in parts}
    units = [(part, place) for part in parts for place in places]
    for part, place in track(units, f"ablate {experiment.method}", len(units)):
        scores[part].append(_unit(run, experiment, part, place))
    everything = UserScores.joined(scores.pop(ALL))
    without = [
        _compared(part, UserScores.joined(folds), everything, experiment.metrics) for part, folds in scores.items()
    ]
    return AblatedMethod(
        method=experiment.method,
        made_from=experiment.made_from,
        metrics=experiment.metrics,
        everything=dict(zip(experiment.metrics, everything.means.tolist(), strict=True)),
        without=tuple(sorted(without, key=lambda left: left.differences[experiment.metrics[0]].mean)),
    )


def _unit(run: Run, experiment: Experiment, part: str, place: int) -> UserScores:
    """One part left out on one fold, kept or made."""
    number = experiment.folds[place].number
    path = run.paths.ablated(experiment.method, part, number)
    made_from = fingerprint(experiment.made_from, part, number)
    with suppress(Damaged), open_arrays(path) as arrays:  # none yet, or one to be made again
        if str(arrays["made_from"]) == made_from:
            return UserScores(arrays["users"], arrays["values"])
    scores = experiment.without(part, place)
    kept = (("users", scores.users), ("values", scores.values), ("made_from", np.array(made_from)))
    write_arrays(path, kept)
    label = "with everything" if part == ALL else f"without {part}"
    note(f"ablate {experiment.method}: {label}, fold {number}: {experiment.metrics[0]} {scores.means[0]:.4f}")
    return scores


def _compared(part: str, without: UserScores, everything: UserScores, metrics: Sequence[str]) -> Without:
    rows = zip(metrics, without.values, everything.values, strict=True)
    differences = {metric: paired_bootstrap(left, whole, everything.users) for metric, left, whole in rows}
    return Without(part, dict(zip(metrics, without.means.tolist(), strict=True)), differences)
