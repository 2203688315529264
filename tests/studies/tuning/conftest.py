"""A small competition to search in, by a clock of its own."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.builder import competition, configuration, stages

from shortlist.data.sample import SampleSize
from shortlist.pipeline.run import Run
from shortlist.studies.tuning import search
from shortlist.studies.tuning import study as studies

CONFIGURATION = configuration(
    """
[validation.schemes.kfold]

[retrievers.popular]
[retrievers.near]        # people like these
kind = "user_knn"
neighbours = 1           # listens to one

# Trees.
[rerankers.lightgbm]
trees = 3
seeds = 1

[tune]
folds = [1, 2, 3]
report_folds = [4, 5]
[tune.space]
""",
    folds=5,
)


class Clock:
    """Stands for the module `time`: a second passes with each look at it, five in a trial of three folds."""

    def __init__(self) -> None:
        self.now = 0

    def monotonic(self) -> float:
        self.now += 1
        return self.now


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """A search ends after the same number of trials on any machine."""
    clock = Clock()
    for module in (studies, search):
        monkeypatch.setattr(module, "time", clock)


@pytest.fixture(scope="module")
def preprocessed(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The dataset of a small competition."""
    files = competition(tmp_path_factory.mktemp("tuning"), CONFIGURATION, SampleSize(60, 40, 300))
    return stages(files, "preprocess")


@pytest.fixture
def project(preprocessed: Run, tmp_path: Path) -> Callable[[str], Run]:
    """A function that gives a competition of its own on those files, for the space given as TOML."""
    shutil.copytree(preprocessed.paths.root, tmp_path, dirs_exist_ok=True)

    def make(space: str) -> Run:
        return competition(tmp_path, CONFIGURATION + space)

    return make
