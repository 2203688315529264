"""Every method's scores at one point: the stages up to the final lists, run on less than all events."""

import shutil
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np

from shortlist.common.array_files import open_arrays, write_arrays
from shortlist.common.files import write_text
from shortlist.common.provenance import fingerprint
from shortlist.common.seals import Damaged
from shortlist.config.paths import Paths
from shortlist.data.asked import Asked
from shortlist.data.dataset import Dataset
from shortlist.pipeline.asking import headline_of
from shortlist.pipeline.blend import cross_validate_blend, train_blend
from shortlist.pipeline.cross_validate import cross_validate
from shortlist.pipeline.features import make_table
from shortlist.pipeline.rerank import train_reranker
from shortlist.pipeline.results import FINAL, load_final
from shortlist.pipeline.run import Run
from shortlist.pipeline.schemes import stacking_parts
from shortlist.pipeline.too_large import is_too_large
from shortlist.pipeline.train import train
from shortlist.studies.learning_curve.points import Point
from shortlist.validation.folds import hidden_pairs
from shortlist.validation.headline import fold_scores
from shortlist.validation.metrics import UserScores


def scores_at(run: Run, dataset: Dataset, point: Point, made_of: str) -> dict[str, UserScores]:
    """The official metric of each method, kept or made.

    Args:
        run: of all events.
        dataset: all of them.
        point: what is visible.
        made_of: fingerprint of everything else that the scores rest on.
    """
    path = run.paths.learning_curve_point(point.draw, point.share)
    made_from = fingerprint(made_of, point.fold.train, point.fold.test)
    with suppress(Damaged), open_arrays(path) as arrays:  # none yet, or one to be made again
        if str(arrays["made_from"]) == made_from:
            return {name: UserScores(arrays["users"], arrays[f"of/{name}"]) for name in arrays["methods"].tolist()}
    fewer = _fewer(run, dataset, point, made_from)
    names = _final_lists(fewer)
    metric, headline = [run.competition.headline], headline_of(run.competition)
    scores = {name: fold_scores(dataset, point.fold, load_final(fewer.paths, name), metric, headline) for name in names}
    values = [(f"of/{name}", own.values) for name, own in scores.items()]
    users = next(iter(scores.values())).users
    write_arrays(path, [("users", users), ("methods", np.array(names)), ("made_from", np.array(made_from)), *values])
    shutil.rmtree(fewer.paths.root)  # lists and features of every point would fill a disk
    return scores


def _fewer(run: Run, dataset: Dataset, point: Point, made_from: str) -> Run:
    """A competition in which the visible events are all there are, and the users with hidden ones are asked."""
    root = run.paths.learning_curve_point(point.draw, point.share).with_suffix("")
    paths, made = Paths(run.paths.competition, root), root / "made_from"
    if not (made.is_file() and made.read_text(encoding="utf-8") == made_from):  # of something else, or half made
        shutil.rmtree(root, ignore_errors=True)
        asked = Asked.load(run.paths.dataset)
        Asked(hidden_pairs(dataset, point.fold)[0], asked.permitted, None, asked.newcomers).save(paths.dataset)
        dataset.take(point.fold.train).save(paths.dataset)
        write_text(made, made_from)
    first, validation = run.competition.first_scheme, run.competition.validation
    only = validation.model_copy(update={"schemes": {first: validation.schemes[first]}})
    return Run(paths, run.competition.model_copy(update={"validation": only}), run.chosen)


def _final_lists(run: Run) -> Sequence[str]:
    """Make every method's lists of those asked, but for those that are there; the names of the methods."""
    paths, learnt = run.paths, run.competition.learning_curve.learnt
    for name in run.chosen.retrievers:
        if learnt:
            _once(paths.folds_done(name), cross_validate, run, name)
        else:
            is_too_large(paths, run.competition, name, Dataset.load(paths.dataset))
        _once(paths.final(name), train, run, name)
    if not learnt:
        return run.methods.retrievers
    _once(paths.blend, cross_validate_blend, run)
    _once(paths.final("blend"), train_blend, run)
    for part in [*stacking_parts(run.competition), FINAL] if run.chosen.rerankers else []:
        _once(paths.features(part), make_table, run, part)
    for name in run.chosen.rerankers:
        _once(paths.final(name), train_reranker, run, name)
    return run.methods.all


def _once(made: Path, make: Callable[..., None], *arguments: object) -> None:
    """Do what makes a file, unless an interrupted run has left it."""
    if not made.is_file():
        make(*arguments)
