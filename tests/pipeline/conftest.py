"""A small competition with a blend and two rerankers, in which every stage up to the final lists has run."""

import shutil
from pathlib import Path

import pytest
from tests.builder import competition, configuration, stages

from shortlist.config.paths import Paths
from shortlist.data.sample import SampleSize
from shortlist.pipeline.run import Run

TABLES = """
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


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """That competition, not to be changed."""
    text = configuration(TABLES, folds=3)
    return stages(competition(tmp_path_factory.mktemp("stacking"), text, SampleSize(150, 80, 750)))


@pytest.fixture
def run(built: Run, tmp_path: Path) -> Run:
    """A copy of it that may be changed."""
    shutil.copytree(built.paths.root, tmp_path, dirs_exist_ok=True)
    return Run.of(Paths("small", tmp_path), built.competition)
