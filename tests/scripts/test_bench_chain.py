"""Whole chains of the benchmark: the same method from the same files."""

from pathlib import Path

import numpy as np
import pytest
from tests.builder import competition, configuration

import bench_chain
from bench_neighbours import shared
from shortlist.data.dataset import Dataset
from speed import chain
from speed.options import Options


@pytest.fixture
def project(made: Dataset, made_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with the synthetic competition, its dataset among it."""
    paths = competition(
        tmp_path, configuration("[validation.schemes.kfold]\n[retrievers.user_knn]\n"), name="made"
    ).paths
    paths.raw.symlink_to(made_folder / "raw")
    made.save(paths.dataset)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(chain, "ROOT", tmp_path)
    return tmp_path


def test_our_user_knn_and_the_notebook_make_nearly_the_same_lists(project: Path, made: Dataset) -> None:
    task = {"competition": "made", "method": "user_knn"}
    ours, theirs = chain.one_method(task)(), chain.organiser(task)()
    assert ours["items"].shape == theirs["items"].shape == (len(made.users), 5)
    seen = made.matrix()
    assert not seen[np.repeat(np.arange(len(made.users)), 5), ours["items"].ravel()].any()
    percent = int(shared(ours, theirs).partition("%")[0])
    assert percent > 50


def test_a_method_is_timed_against_the_same_method(project: Path) -> None:
    whole, notebook, tutorial = bench_chain.stages(Options("made", 1, 1, 60, 10, 10))
    assert [len(stage.contenders) for stage in (whole, notebook, tutorial)] == [1, 2, 2]  # none has promised a time
    assert [stage.task.get("method") for stage in (whole, notebook, tutorial)] == [None, "user_knn", "two_tower_id"]
