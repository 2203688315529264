"""A small competition to search in, by a clock of its own."""

from pathlib import Path

import pytest

from shortlist.config.competition import Competition, load_competition
from shortlist.config.paths import Paths
from shortlist.data.sample import SampleSize, write_sample
from shortlist.pipeline.preprocess import preprocess
from shortlist.studies.tuning import search
from shortlist.studies.tuning import study as studies

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
folds = 5
ks = [5, 20]
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
"""


class Clock:
    """Stands for the module `time`: a second passes with each look at it, five in a trial of three folds."""

    def __init__(self) -> None:
        self.now = 0

    def monotonic(self) -> float:
        self.now += 1
        return self.now


@pytest.fixture(autouse=True)
def clock(monkeypatch) -> None:
    """A search ends after the same number of trials on any machine."""
    one = Clock()
    for module in (studies, search):
        monkeypatch.setattr(module, "time", one)


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> Path:
    """The dataset of a small competition."""
    root = tmp_path_factory.mktemp("tuning")
    paths = Paths("small", root)
    write_sample(paths.config.parent, SampleSize(60, 40, 300), seed=2)
    paths.config.write_text(CONFIGURATION, encoding="utf-8")
    preprocess(paths, load_competition(paths.config))
    return root


@pytest.fixture
def project(files, tmp_path):
    """A function that gives a competition of its own on those files, for the space given as TOML."""

    def make(space: str) -> tuple[Paths, Competition]:
        paths = Paths("small", tmp_path)
        paths.work.mkdir(parents=True, exist_ok=True)
        if not paths.dataset.exists():
            paths.dataset.symlink_to(Paths("small", files).dataset)
        paths.config.write_text(CONFIGURATION + space, encoding="utf-8")
        return paths, load_competition(paths.config)

    return make
