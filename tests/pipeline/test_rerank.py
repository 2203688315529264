"""Rerankers learn from tables with known answers: no fold's own answers reach its lists, and nothing gets lost."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from tests.pipeline.learnt import (
    FOLDS,
    bytes_of,
    check_lawful,
    check_own_answers_never_reach,
    check_same_on_another_run,
    lists_of,
)

from shortlist.common.array_files import open_arrays, write_arrays
from shortlist.data.candidates import NO_ITEM
from shortlist.pipeline.rerank import cross_validate_reranker, train_reranker
from shortlist.pipeline.results import FINAL, load_reranker, load_table
from shortlist.pipeline.run import Run
from shortlist.rerank import table_file

RERANKERS = ("lightgbm", "ranked")


def shuffled_labels(run: Run, part: str) -> None:
    """Give the candidates of one fold's table other answers, as many."""
    table = load_table(run.paths, part)
    labels = np.random.default_rng(0).permutation(table.labels)
    assert (labels != table.labels).any()
    table_file.save(run.paths.features(part), [replace(table, labels=labels)])


@pytest.mark.parametrize("part", FOLDS)
@pytest.mark.parametrize("name", RERANKERS)
def test_a_fold_s_own_answers_never_reach_its_reranker(run: Run, name: str, part: str) -> None:
    """With the answers of one fold shuffled, its lists stay as they are to the byte; those of all others change."""
    check_own_answers_never_reach(run, name, shuffled_labels, lambda run: cross_validate_reranker(run, name), part)


@pytest.mark.parametrize("name", RERANKERS)
def test_every_reranked_list_is_lawful(built: Run, name: str) -> None:
    """Users with hidden pairs, or all; distinct items, none of them visible; scores that fall; blanks at the end."""
    check_lawful(built, name)


@pytest.mark.parametrize("name", RERANKERS)
def test_the_rest_of_the_blend_follows_the_reranked(built: Run, name: str) -> None:
    """The first 12 of the blend in another order, and after them its other items in the order that they have."""
    for part, lists in lists_of(built, name).items():
        reranked, blended = lists.items, lists_of(built, "blend")[part].items
        np.testing.assert_array_equal(np.sort(reranked[:, :12], axis=1), np.sort(blended[:, :12], axis=1))
        np.testing.assert_array_equal(reranked[:, 12:], blended[:, 12:])
        assert (reranked[:, :12] != blended[:, :12]).any(axis=1).mean() > 0.5
        assert (reranked[:, 12:] != NO_ITEM).any()


@pytest.mark.parametrize("name", RERANKERS)
def test_the_same_reranked_lists_on_another_run(run: Run, name: str) -> None:
    """Made anew from nothing, the lists of every fold and the final ones are the same bytes, and so is what is told."""

    def from_nothing(run: Run) -> None:
        cross_validate_reranker(run, name)
        train_reranker(run, name)

    check_same_on_another_run(run, name, run.paths.reranker(name), from_nothing)


def test_reranked_folds_already_there_are_kept(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    """After an interruption only what is missing is learnt, with the same outcome."""
    before = bytes_of(run, "lightgbm")
    folder = run.paths.folds_done("lightgbm").parent
    (folder / "kfold-2.npz").unlink()
    run.paths.folds_done("lightgbm").unlink()
    stamps = {path: path.stat().st_mtime_ns for path in folder.glob("*.npz")}
    assert len(stamps) == 2
    capsys.readouterr()
    cross_validate_reranker(run, "lightgbm")
    assert {path: path.stat().st_mtime_ns for path in stamps} == stamps
    assert capsys.readouterr().err.count("is there already") == 2
    assert bytes_of(run, "lightgbm") == before
    assert run.paths.folds_done("lightgbm").exists()


def edit_setting(run: Run) -> Run:
    tables = {**run.competition.rerankers, "lightgbm": {**run.competition.rerankers["lightgbm"], "leaves": 4}}
    return replace(run, competition=run.competition.model_copy(update={"rerankers": tables}))


def edit_tail(run: Run) -> Run:
    """Turn the end of one fold's blend around, which no feature sees."""
    path = run.paths.fold("blend", "kfold", 1)
    with open_arrays(path) as arrays:
        content = {name: arrays[name] for name in arrays.names}
    content["items"][:, 12:] = content["items"][:, 12:][:, ::-1]
    write_arrays(path, content.items())
    return run


@pytest.mark.parametrize(("edit", "kept"), [(edit_setting, 0), (edit_tail, 2)])
def test_folds_of_something_else_are_not_kept(
    run: Run, edit: Callable[[Run], Run], kept: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """Another setting makes all folds anew, another blend those that it is the end of."""
    edited = edit(run)
    capsys.readouterr()
    cross_validate_reranker(edited, "lightgbm")
    assert capsys.readouterr().err.count("is there already") == kept
    blended = lists_of(run, "blend")["1"]
    np.testing.assert_array_equal(lists_of(run, "lightgbm")["1"].items[:, 12:], blended.items[:, 12:])


@pytest.mark.parametrize("name", RERANKERS)
def test_the_share_of_every_feature_is_told(built: Run, name: str) -> None:
    """In the order of the table, together one."""
    shares = load_reranker(built.paths, name).importances
    assert list(shares) == load_table(built.paths, FINAL).names
    assert sum(shares.values()) == pytest.approx(1)
