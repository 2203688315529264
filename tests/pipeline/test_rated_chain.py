"""A log of ratings with times goes the whole road: recall for everybody, and an error for what learns the ratings."""

from pathlib import Path

import pytest
from tests.builder import competition, configuration, stages

from shortlist.data.dataset import Dataset
from shortlist.make_rules import write_rules
from shortlist.pipeline.results import load_scores
from shortlist.pipeline.run import Run
from shortlist.submission.write import write_submission

SOURCE = """{ kind = "interactions", log = "ratings.csv", user = "userId", item = "movieId", rating = "rating", \
time = "at", items = "movies.csv" }"""
TABLES = """
[validation.schemes.kfold]
[validation.schemes.timeline]
[retrievers.popular]
[retrievers.user_knn]
[rerankers.tfrs_ranking]
epochs = 12
batch_size = 500
seeds = 1
negatives = 1.0
"""


@pytest.fixture(scope="module")
def run(rated_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Every stage before the submission."""
    text = configuration(TABLES, title="movies", seed=0, source=SOURCE, columns=("userId", "movieId"))
    run = competition(tmp_path_factory.mktemp("chain"), text, name="movies")
    run.paths.raw.mkdir(parents=True)
    for file in rated_folder.glob("*.csv"):
        (run.paths.raw / file.name).write_bytes(file.read_bytes())
    return stages(run)


def test_the_dataset_has_ratings_and_times(run: Run) -> None:
    """Read back from the disk, each pair has both."""
    dataset = Dataset.load(run.paths.dataset)
    assert dataset.ratings is not None
    assert dataset.last is not None
    assert len(dataset.ratings) == len(dataset.last) == len(dataset.pairs) == 150 * 14


def test_the_error_of_ratings_is_beside_recall(run: Run) -> None:
    """Of the method that learns them alone; out of fold, it is below the error of the mean."""
    methods = load_scores(run.paths).schemes["kfold"].methods
    figures = {name: method.figures for name, method in methods.items() if method.figures}
    assert set(figures) == {"tfrs_ranking"}
    assert figures["tfrs_ranking"]["rmse"] < 0.95 * figures["tfrs_ranking"]["rmse of the mean"]
    assert methods["tfrs_ranking"].metrics["recall@5"].mean > methods["popular"].metrics["recall@5"].mean
    table = run.paths.table.read_text(encoding="utf-8")
    assert f"{figures['tfrs_ranking']['rmse']:.4f}" in table
    assert "rmse" in table


def test_it_ends_with_a_checked_submission(run: Run) -> None:
    """Five rows for each user, in the organiser's columns."""
    lines = write_submission(run).read_text(encoding="utf-8").splitlines()
    assert lines[0] == "userId,movieId"
    assert len(lines) == 1 + 150 * 5


def test_make_depends_on_the_source_that_is_used(run: Run) -> None:
    """A change of how logs are read reads them again; one of how resumes are read does not."""
    write_rules(run)
    rules = run.paths.rules.read_text(encoding="utf-8").splitlines()
    line = next(line for line in rules if "dataset/events.npz:" in line)
    digests = run.paths.sources("preprocess")
    assert digests.as_posix() in line.split()
    assert "sources/interactions.py" in digests.read_text(encoding="utf-8")
    assert "sources/dacon_jobs.py" not in digests.read_text(encoding="utf-8")
