"""What holds of the blend and of the rerankers alike, as checks for the tests of either."""

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np

from shortlist.data.candidates import NO_ITEM, Candidates
from shortlist.data.dataset import Dataset
from shortlist.pipeline.results import FINAL, load_final, load_fold
from shortlist.pipeline.run import Run
from shortlist.pipeline.schemes import stacking_folds
from shortlist.validation.division import Fold
from shortlist.validation.folds import hidden_pairs

FOLDS = ("1", "2", "3")


def folds_of(run: Run) -> dict[str, Fold]:
    """The folds by the part of the feature tables that they are."""
    return {str(fold.number): fold for fold in stacking_folds(run, Dataset.load(run.paths.dataset))}


def lists_of(run: Run, method: str) -> dict[str, Candidates]:
    """A method's lists of every fold, and the final ones."""
    lists = {part: load_fold(run.paths, method, "kfold", fold).candidates for part, fold in folds_of(run).items()}
    return lists | {FINAL: load_final(run.paths, method)}


def bytes_of(run: Run, method: str) -> dict[str, bytes]:
    """The same as bytes."""
    return {
        part: lists.users.tobytes() + lists.items.tobytes() + lists.scores.tobytes()
        for part, lists in lists_of(run, method).items()
    }


def check_own_answers_never_reach(
    run: Run, method: str, shuffle: Callable[[Run, str], None], rerun: Callable[[Run], None], part: str
) -> None:
    """With the answers of one fold shuffled, its lists stay as they are to the byte; those of all others change."""
    before = bytes_of(run, method)
    shuffle(run, part)
    rerun(run)
    after = bytes_of(run, method)
    assert [fold for fold in FOLDS if after[fold] == before[fold]] == [part]


def check_lawful(run: Run, method: str) -> None:
    """Users with hidden pairs, or all; distinct items, none of them visible; scores that fall; blanks at the end."""
    dataset, folds = Dataset.load(run.paths.dataset), folds_of(run)
    for part, lists in lists_of(run, method).items():
        visible = dataset if part == FINAL else dataset.take(folds[part].train)
        users = np.arange(150) if part == FINAL else hidden_pairs(dataset, folds[part])[0]
        np.testing.assert_array_equal(lists.users, users)
        assert lists.items.dtype == np.int32
        assert lists.scores.dtype == np.float32
        assert lists.items.shape == lists.scores.shape == (len(users), 20)
        seen = visible.matrix().toarray() > 0
        for user, row, scores in zip(lists.users, lists.items, lists.scores, strict=True):
            items = row[row != NO_ITEM]
            assert len(set(items.tolist())) == len(items) >= 5
            assert not seen[user][items].any()
            assert (row[len(items) :] == NO_ITEM).all()
            assert (scores[len(items) :] == -np.inf).all()
            assert (np.diff(scores[: len(items)]) <= 0).all()
            assert np.isfinite(scores[: len(items)]).all()


def check_same_on_another_run(run: Run, method: str, told: Path, again: Callable[[Run], None]) -> None:
    """Made anew from nothing, the lists of every fold and the final ones are the same bytes, and so is what is told."""
    paths = run.paths
    before, words = bytes_of(run, method), told.read_bytes()
    shutil.rmtree(paths.folds_done(method).parent)
    for path in (paths.final(method), told):
        path.unlink()
    again(run)
    assert bytes_of(run, method) == before
    assert told.read_bytes() == words
    assert paths.folds_done(method).exists()
