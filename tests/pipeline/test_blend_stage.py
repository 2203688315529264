"""The blend learns from lists with known answers: no fold's own answers reach its lists, and nothing gets lost."""

from dataclasses import replace

import numpy as np
import pytest
from tests.pipeline.learnt import (
    FOLDS,
    check_lawful,
    check_own_answers_never_reach,
    check_same_on_another_run,
    lists_of,
)

from shortlist.data.candidates import NO_ITEM
from shortlist.data.dataset import Dataset
from shortlist.pipeline.blend import cross_validate_blend, train_blend
from shortlist.pipeline.results import FINAL, load_blend
from shortlist.pipeline.run import Run
from shortlist.pipeline.schemes import stacking_folds


def shuffled_answers(run: Run, part: str) -> None:
    """Give the hidden pairs of one fold other items; what is visible to the retrievers is on disk already."""
    dataset = Dataset.load(run.paths.dataset)
    folds = stacking_folds(run, dataset)
    fold = folds[int(part) - 1]
    item, held, rng = dataset.events.item.copy(), dataset.matrix().toarray() > 0, np.random.default_rng(0)
    for row in fold.test:
        user = dataset.events.user[row]
        item[row] = rng.choice(np.flatnonzero(~held[user]))  # a pair of its own still, so that folds stay as they are
        held[user, item[row]] = True
    changed = replace(dataset, events=replace(dataset.events, item=item))
    changed.save(run.paths.dataset)
    again = stacking_folds(run, changed)
    assert all((before.test == after.test).all() for before, after in zip(folds, again, strict=True))


def from_nothing(run: Run) -> None:
    cross_validate_blend(run)
    train_blend(run)


@pytest.mark.parametrize("part", FOLDS)
def test_a_fold_s_own_answers_never_reach_its_blend(run: Run, part: str) -> None:
    """With the answers of one fold shuffled, its lists stay as they are to the byte; those of all others change."""
    check_own_answers_never_reach(run, "blend", shuffled_answers, cross_validate_blend, part)


def test_every_blended_list_is_lawful(built: Run) -> None:
    """Users with hidden pairs, or all; distinct items, none of them visible; scores that fall; blanks at the end."""
    check_lawful(built, "blend")


def test_the_blend_has_the_items_of_its_retrievers_only(built: Run) -> None:
    """What is only popular is not in it: that retriever takes no part."""
    lists = {name: lists_of(built, name) for name in ("blend", "popular", "user_knn", "content")}
    for part in (*FOLDS, FINAL):
        for row, items in enumerate(lists["blend"][part].items):
            pool = {*lists["user_knn"][part].items[row].tolist(), *lists["content"][part].items[row].tolist()}
            assert set(items.tolist()) <= pool | {NO_ITEM}


def test_the_same_blend_on_another_run(run: Run) -> None:
    """Made anew from nothing, the lists of every fold and the final ones are the same bytes, and so are its weights."""
    check_same_on_another_run(run, "blend", run.paths.blend, from_nothing)


def test_the_weights_are_told(built: Run) -> None:
    """Of each retriever that takes part, on which scheme they were learnt, and none negative."""
    learnt = load_blend(built.paths)
    assert learnt.scheme == "kfold"
    assert list(learnt.weights) == list(built.methods.blended) == ["user_knn", "content"]
    assert all(weights.rank >= 0 and weights.score >= 0 for weights in learnt.weights.values())
