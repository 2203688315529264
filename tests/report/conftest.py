"""A small competition in which everything that a report is about has run."""

from pathlib import Path

import pytest
from tests.chain import made_competition

from shortlist.config.competition import Competition, load_competition
from shortlist.config.paths import Paths
from shortlist.data.sample import SampleSize
from shortlist.report.run import Run
from shortlist.studies.ablation.ablation import ablate
from shortlist.submission.write import write_submission

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
    write_submission(paths, made_competition(paths, CONFIGURATION, SampleSize(150, 80, 750)))
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
