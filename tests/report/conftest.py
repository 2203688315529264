"""A small competition in which everything that a report is about has run."""

from pathlib import Path

import pytest

from shortlist.ablation import ablate
from shortlist.config import Competition, load_competition
from shortlist.crossval import cross_validate
from shortlist.paths import Paths
from shortlist.preprocess import preprocess
from shortlist.report.run import Run
from shortlist.rules import write_rules
from shortlist.sample import SampleSize, write_sample
from shortlist.stacking import (
    FINAL,
    cross_validate_blend,
    cross_validate_reranker,
    make_table,
    train_blend,
    train_reranker,
)
from shortlist.submission.write import write_submission
from shortlist.training import train
from shortlist.validation import validate

CONFIGURATION = """
title = "A <made> competition"
url = "none"
source = "dacon_jobs"
seed = 3
candidates = 20
[submission]
k = 5
user_column = "resume_seq"
item_column = "recruitment_seq"
method = "user_knn"
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
candidates = 12
[rerankers.lightgbm]
trees = 15
min_rows = 5
negatives = 1.0
[ablate]
folds = 1
[report]
groups = ["degree", "major_task"]
"""


def build(paths: Paths) -> Competition:
    """Every stage: a submission of a retriever, then one of the best method, and an ablation."""
    write_sample(paths.config.parent, SampleSize(150, 80, 750), seed=2)
    paths.config.write_text(CONFIGURATION, encoding="utf-8")
    competition = load_competition(paths.config)
    write_rules(paths, competition)
    preprocess(paths, competition)
    for name in competition.retrievers:
        cross_validate(paths, competition, name)
        train(paths, competition, name)
    cross_validate_blend(paths, competition)
    train_blend(paths, competition)
    for part in ("1", "2", "3", FINAL):
        make_table(paths, competition, part)
    cross_validate_reranker(paths, competition, "lightgbm")
    train_reranker(paths, competition, "lightgbm")
    validate(paths, competition)
    write_submission(paths, competition)
    paths.config.write_text(CONFIGURATION.replace('method = "user_knn"', 'method = "lightgbm"'), encoding="utf-8")
    competition = load_competition(paths.config)
    write_submission(paths, competition)
    ablate(paths, competition)
    return competition


@pytest.fixture(scope="session")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """What the report of that competition is made from."""
    paths = Paths("made", tmp_path_factory.mktemp("report"))
    return Run(paths, build(paths))


@pytest.fixture(scope="session")
def page(run: Run) -> Path:
    """The report."""
    from shortlist.report.document import write_report

    write_report(run.paths, run.competition)
    return run.paths.report
