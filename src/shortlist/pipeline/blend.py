"""The retrievers' lists as one: weights learnt on the folds of the first scheme, and the final lists blended.

The list of a fold comes from weights that were learnt on other folds' answers only (see `division.teachers`); those of
the submission from weights that were learnt on all folds.
"""

import time

from shortlist.common.files import write_text
from shortlist.common.progress import track
from shortlist.config.competition import BLEND
from shortlist.data.dataset import Dataset
from shortlist.pipeline.cross_validate import note_fold
from shortlist.pipeline.results import (
    BlendLearnt,
    load_blend,
    load_final,
    load_lists,
    save_blend,
    save_final,
    save_fold,
)
from shortlist.pipeline.run import Run
from shortlist.pipeline.schemes import stacking_folds
from shortlist.pipeline.train import note_final
from shortlist.rerank import blend
from shortlist.validation.division import teachers
from shortlist.validation.folds import FoldResult, hidden_pairs


def cross_validate_blend(run: Run) -> None:
    """Each fold's blend with weights learnt on other folds; then the weights learnt on all."""
    paths, competition, names = run.paths, run.competition, run.methods.blended
    dataset, scheme = Dataset.load(paths.dataset), competition.first_scheme
    folds = stacking_folds(run, dataset)
    lists = (list(load_lists(paths, names, scheme, fold).values()) for fold in folds)
    learnt_on = (blend.sampled(own, blend.LEARN_USERS) for own in track(lists, "blend: pools", len(folds)))
    pools = [blend.pool(own, blend.LEARN_DEPTH) for own in learnt_on]
    answers = [hidden_pairs(dataset, fold)[1] for fold in folds]
    for place, fold in enumerate(track(folds, f"blend: {scheme} folds", len(folds))):
        start = time.perf_counter()
        others = teachers(folds, place)
        taught = [pools[number] for number in others], [answers[number] for number in others]
        weights = blend.learn(*taught) if others else blend.alike(len(names))
        own = list(load_lists(paths, names, scheme, fold).values())
        candidates = blend.blend(own, weights, competition.candidates)
        result = FoldResult(candidates, {}, time.perf_counter() - start)
        save_fold(paths, BLEND, scheme, fold, result, made_from="")
        note_fold(run, BLEND, f"{scheme} fold {fold.number}", dataset, fold, result)
    weights = blend.learn(pools, answers)
    save_blend(paths, BlendLearnt(scheme, blend.by_retriever(names, weights)))
    write_text(paths.folds_done(BLEND), "")


def train_blend(run: Run) -> None:
    """The blend of the lists of all users."""
    names = run.methods.blended
    weights = blend.vector(load_blend(run.paths).weights, names)
    lists = blend.blend([load_final(run.paths, name) for name in names], weights, run.competition.candidates)
    save_final(run.paths, BLEND, lists)
    note_final(BLEND, lists)
