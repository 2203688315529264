"""A small competition in which everything that a report is about has run."""

from pathlib import Path

import pytest
from tests.builder import competition, configuration, configured, stages

from shortlist.data.sample import SampleSize
from shortlist.pipeline.run import Run
from shortlist.report.document import write_report
from shortlist.report.material import Material
from shortlist.studies.ablation.ablation import ablate
from shortlist.submission.write import write_submission

TITLE = "A <synthetic> competition"
TABLES = """
[validation.schemes.kfold]
[validation.schemes.cohort]
date = "updated_date"
[retrievers.popular]
[retrievers.user_knn]
[retrievers.content]
[blend]
candidates = 12
[rerankers.lightgbm]
trees = 60
min_rows = 5
negatives = 1.0
[ablate]
folds = 1
[report]
groups = ["degree", "major_task"]
"""


def build(root: Path) -> Run:
    """Every stage: a submission of a retriever, then one of the best method, and an ablation."""
    first, second = (configuration(TABLES, title=TITLE, folds=3, method=name) for name in ("user_knn", "lightgbm"))
    run = stages(competition(root, first, SampleSize(150, 80, 750)))
    write_submission(run)
    run = configured(run, second)
    write_submission(run)
    ablate(run)
    return run


@pytest.fixture(scope="session")
def material(tmp_path_factory: pytest.TempPathFactory) -> Material:
    """What the report of that competition is made from."""
    return Material(build(tmp_path_factory.mktemp("report")))


@pytest.fixture(scope="session")
def page(material: Material) -> Path:
    """The report."""
    write_report(material.run)
    return material.run.paths.report
