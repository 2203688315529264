"""What is learnt from lists with known answers: no fold's own answers reach its lists, and nothing gets lost."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.chain import made_competition

from shortlist.config.competition import Competition
from shortlist.config.paths import Paths
from shortlist.data.dataset import Dataset
from shortlist.data.sample import SampleSize
from shortlist.pipeline.cross_validate import hidden_pairs, load_fold
from shortlist.pipeline.rerank import (
    FINAL,
    cross_validate_blend,
    cross_validate_reranker,
    make_table,
    stacking_folds,
    train_blend,
    train_reranker,
)
from shortlist.pipeline.train import load_final
from shortlist.rerank.table import FeatureTable
from shortlist.retrievers.topk import NO_ITEM, Candidates

CONFIGURATION = """
title = "small"
url = "none"
source = "dacon_jobs"
seed = 3
candidates = 20
[submission]
k = 5
user_column = "resume_seq"
item_column = "recruitment_seq"
[validation]
folds = 3
ks = [5, 20]
[validation.schemes.kfold]
[validation.schemes.cohort]
date = "updated_date"
[retrievers.popular]
[retrievers.user_knn]
[retrievers.content]
[blend]
retrievers = ["user_knn", "content"]
candidates = 12
[rerankers.lightgbm]
trees = 15
min_rows = 5
negatives = 1.0
[rerankers.ranked]
kind = "lightgbm"
objective = "lambdarank"
trees = 10
min_rows = 5
seeds = 1
"""
FOLDS = ("1", "2", "3")
LEARNT = ("blend", "lightgbm", "ranked")
Project = tuple[Paths, Competition]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A small competition in which every stage up to the final lists has run."""
    paths = Paths("small", tmp_path_factory.mktemp("stacking"))
    return paths, made_competition(paths, CONFIGURATION, SampleSize(150, 80, 750))


@pytest.fixture
def project(built: Project, tmp_path: Path) -> Project:
    """A copy of it that may be changed."""
    shutil.copytree(built[0].root, tmp_path, dirs_exist_ok=True)
    return Paths("small", tmp_path), built[1]


def lists_of(project: Project, method: str) -> dict[str, Candidates]:
    """A method's lists of every fold, and the final ones."""
    paths, competition = project
    dataset = Dataset.load(paths.dataset)
    folds = stacking_folds(competition, dataset)
    found = {str(fold.number): load_fold(paths, method, "kfold", fold).candidates for fold in folds}
    return found | {FINAL: load_final(paths, method)}


def as_bytes(found: Candidates) -> bytes:
    return found.users.tobytes() + found.items.tobytes() + found.scores.tobytes()


def shuffled_labels(project: Project, part: str) -> None:
    """Give the candidates of one fold's table other answers, as many."""
    path = project[0].features(part)
    table = FeatureTable.load(path)
    labels = np.random.default_rng(0).permutation(table.labels)
    assert (labels != table.labels).any()
    replace(table, labels=labels).save(path)


def shuffled_answers(project: Project, part: str) -> None:
    """Give the hidden pairs of one fold other items; what is visible to the retrievers is on disk already."""
    paths, competition = project
    dataset = Dataset.load(paths.dataset)
    fold = stacking_folds(competition, dataset)[int(part) - 1]
    pairs = dataset.pairs.copy()
    pairs[fold.test, 1] = np.random.default_rng(0).permutation(pairs[fold.test, 1])
    changed = replace(dataset, pairs=pairs)
    changed.save(paths.dataset)
    again = stacking_folds(competition, changed)
    assert all(
        (one.test == two.test).all() for one, two in zip(again, stacking_folds(competition, dataset), strict=True)
    )


def rerun(project: Project, method: str) -> None:
    if method == "blend":
        cross_validate_blend(*project)
    else:
        cross_validate_reranker(*project, method)


@pytest.mark.parametrize("part", FOLDS)
@pytest.mark.parametrize(
    ("method", "shuffle"), [("blend", shuffled_answers), ("lightgbm", shuffled_labels), ("ranked", shuffled_labels)]
)
def test_a_fold_s_own_answers_never_reach_its_lists(
    project: Project, method: str, shuffle: Callable[[Project, str], None], part: str
) -> None:
    """With the answers of one fold shuffled, its lists stay as they are to the byte; those of all others change."""
    before = {key: as_bytes(found) for key, found in lists_of(project, method).items()}
    shuffle(project, part)
    rerun(project, method)
    after = {key: as_bytes(found) for key, found in lists_of(project, method).items()}
    assert [key for key in FOLDS if after[key] == before[key]] == [part]


@pytest.mark.parametrize("method", LEARNT)
def test_every_list_is_lawful(built: Project, method: str) -> None:
    """Users with hidden pairs, or all; distinct items, none of them visible; scores that fall; blanks at the end."""
    paths, competition = built
    dataset = Dataset.load(paths.dataset)
    folds = {str(fold.number): fold for fold in stacking_folds(competition, dataset)}
    for part, found in lists_of(built, method).items():
        visible = dataset if part == FINAL else dataset.take(folds[part].train)
        users = np.arange(150) if part == FINAL else hidden_pairs(dataset, folds[part])[0]
        np.testing.assert_array_equal(found.users, users)
        assert found.items.dtype == np.int32
        assert found.scores.dtype == np.float32
        assert found.items.shape == found.scores.shape == (len(users), 20)
        seen = visible.matrix().toarray() > 0
        for user, row, scores in zip(found.users, found.items, found.scores, strict=True):
            items = row[row != NO_ITEM]
            assert len(set(items.tolist())) == len(items) >= 5
            assert not seen[user][items].any()
            assert (row[len(items) :] == NO_ITEM).all()
            assert (scores[len(items) :] == -np.inf).all()
            assert (np.diff(scores[: len(items)]) <= 0).all()
            assert np.isfinite(scores[: len(items)]).all()


@pytest.mark.parametrize("method", ["lightgbm", "ranked"])
def test_the_rest_of_the_blend_follows_the_reranked(built: Project, method: str) -> None:
    """The first 12 of the blend in another order, and after them its other items in the order that they have."""
    for part, found in lists_of(built, method).items():
        blended = lists_of(built, "blend")[part]
        np.testing.assert_array_equal(np.sort(found.items[:, :12], axis=1), np.sort(blended.items[:, :12], axis=1))
        np.testing.assert_array_equal(found.items[:, 12:], blended.items[:, 12:])
        assert (found.items[:, :12] != blended.items[:, :12]).any(axis=1).mean() > 0.5
        assert (found.items[:, 12:] != NO_ITEM).any()


def test_the_blend_has_the_items_of_its_retrievers_only(built: Project) -> None:
    """What is only popular is not in it: that retriever takes no part."""
    lists = {name: lists_of(built, name) for name in ("blend", "popular", "user_knn", "content")}
    for part in (*FOLDS, FINAL):
        for row, items in enumerate(lists["blend"][part].items):
            pool = {*lists["user_knn"][part].items[row].tolist(), *lists["content"][part].items[row].tolist()}
            assert set(items.tolist()) <= pool | {NO_ITEM}


def test_a_table_holds_the_blend_s_first_with_their_answers(built: Project) -> None:
    """12 candidates of each user, labelled by the fold's hidden pairs; the final ones have no labels."""
    paths, competition = built
    dataset = Dataset.load(paths.dataset)
    folds = {str(fold.number): fold for fold in stacking_folds(competition, dataset)}
    blended = lists_of(built, "blend")
    for part in (*FOLDS, FINAL):
        table = FeatureTable.load(paths.features(part))
        np.testing.assert_array_equal(table.candidates.items, blended[part].items[:, :12])
        right = set() if part == FINAL else {tuple(pair) for pair in dataset.pairs[folds[part].test].tolist()}
        users = np.repeat(table.candidates.users, table.there.sum(axis=1)).tolist()
        items = table.candidates.items[table.there].tolist()
        pairs = list(zip(users, items, strict=True))
        assert table.labels.tolist() == [pair in right for pair in pairs]
        assert table.labels.any() == (part != FINAL)
        for name in ("popular", "user_knn", "content", "blend"):
            assert f"retrievers.{name}-rank" in table.names
        rank = table.features[:, table.names.index("retrievers.blend-rank")]
        np.testing.assert_array_equal(rank, np.concatenate([1 + np.arange(n) for n in table.there.sum(axis=1)]))


def test_hidden_pairs_are_no_history_in_a_table(built: Project) -> None:
    """The number of the user's and of the item's pairs is that of the visible ones, in the final table of all."""
    paths, competition = built
    dataset = Dataset.load(paths.dataset)
    folds = {str(fold.number): dataset.take(fold.train) for fold in stacking_folds(competition, dataset)}
    for part, visible in (folds | {FINAL: dataset}).items():
        table = FeatureTable.load(paths.features(part))
        users = np.repeat(table.candidates.users, table.there.sum(axis=1))
        counts = {side: np.bincount(visible.pairs[:, n], minlength=150) for n, side in enumerate(("user", "item"))}
        for side, codes in (("user", users), ("item", table.candidates.items[table.there])):
            found = table.features[:, table.names.index(f"counts.{side}")]
            np.testing.assert_array_equal(found, counts[side][codes])


@pytest.mark.parametrize("method", LEARNT)
def test_the_same_lists_on_another_run(project: Project, method: str) -> None:
    """Made anew from nothing, the lists of every fold and the final ones are the same bytes, and so is what is told."""
    paths, competition = project
    before = {key: as_bytes(found) for key, found in lists_of(project, method).items()}
    told = paths.blend if method == "blend" else paths.reranker(method)
    words = told.read_bytes()
    shutil.rmtree(paths.folds_done(method).parent)
    for path in (paths.final(method), told):
        path.unlink()
    rerun(project, method)
    if method == "blend":
        train_blend(paths, competition)
    else:
        train_reranker(paths, competition, method)
    assert {key: as_bytes(found) for key, found in lists_of(project, method).items()} == before
    assert told.read_bytes() == words
    assert paths.folds_done(method).exists()


def test_tables_are_the_same_bytes_on_another_run(project: Project) -> None:
    """So that an unneeded run of the features does not make the rerankers learn again."""
    for part in (FOLDS[1], FINAL):
        before = project[0].features(part).read_bytes()
        project[0].features(part).unlink()
        make_table(*project, part)
        assert project[0].features(part).read_bytes() == before


def test_folds_already_there_are_kept(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    """After an interruption only what is missing is learnt, with the same outcome."""
    paths, _ = project
    before = {key: as_bytes(found) for key, found in lists_of(project, "lightgbm").items()}
    folder = paths.folds_done("lightgbm").parent
    (folder / "kfold-2.npz").unlink()
    paths.folds_done("lightgbm").unlink()
    stamps = {path: path.stat().st_mtime_ns for path in folder.glob("*.npz")}
    assert len(stamps) == 2
    capsys.readouterr()
    rerun(project, "lightgbm")
    assert {path: path.stat().st_mtime_ns for path in stamps} == stamps
    assert capsys.readouterr().err.count("is there already") == 2
    assert {key: as_bytes(found) for key, found in lists_of(project, "lightgbm").items()} == before
    assert paths.folds_done("lightgbm").exists()


def edit_setting(project: Project) -> Project:
    paths, competition = project
    tables = {**competition.rerankers, "lightgbm": {**competition.rerankers["lightgbm"], "leaves": 4}}
    return paths, competition.model_copy(update={"rerankers": tables})


def edit_tail(project: Project) -> Project:
    """Turn the end of one fold's blend around, which no feature sees."""
    path = project[0].fold("blend", "kfold", 1)
    with np.load(path) as arrays:
        content = dict(arrays)
    content["items"][:, 12:] = content["items"][:, 12:][:, ::-1]
    np.savez(path, **content)
    return project


@pytest.mark.parametrize(("edit", "kept"), [(edit_setting, 0), (edit_tail, 2)])
def test_folds_of_something_else_are_not_kept(
    project: Project, edit: Callable[[Project], Project], kept: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """Another setting makes all folds anew, another blend those that it is the end of."""
    paths, competition = edit(project)
    capsys.readouterr()
    cross_validate_reranker(paths, competition, "lightgbm")
    assert capsys.readouterr().err.count("is there already") == kept
    blended = lists_of(project, "blend")["1"]
    np.testing.assert_array_equal(lists_of(project, "lightgbm")["1"].items[:, 12:], blended.items[:, 12:])


def test_what_was_learnt_is_told(built: Project) -> None:
    """The blend's weights by retriever, none negative; each reranker's share of every feature, together one."""
    paths, competition = built
    about = json.loads(paths.blend.read_text(encoding="utf-8"))
    assert about["scheme"] == "kfold"
    assert list(about["weights"]) == list(competition.blend_retrievers) == ["user_knn", "content"]
    assert all(weight >= 0 for parts in about["weights"].values() for weight in parts.values())
    names = FeatureTable.load(paths.features(FINAL)).names
    for name in competition.rerankers:
        shares = json.loads(paths.reranker(name).read_text(encoding="utf-8"))["importances"]
        assert list(shares) == names
        assert sum(shares.values()) == pytest.approx(1)
