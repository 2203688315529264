"""A log of ratings with times goes the whole road: recall for everybody, and an error for what learns the ratings."""

from pathlib import Path

import pytest
from tests.chain import run_stages

from shortlist.config.competition import Competition
from shortlist.config.paths import Paths
from shortlist.data.dataset import Dataset
from shortlist.pipeline.validate import load_scores
from shortlist.submission.write import write_submission

CONFIGURATION = """
title = "movies"
url = "none"
candidates = 20
[source]
kind = "interactions"
log = "ratings.csv"
user = "userId"
item = "movieId"
rating = "rating"
time = "at"
items = "movies.csv"
[submission]
k = 5
user_column = "userId"
item_column = "movieId"
[validation]
folds = 2
ks = [5, 20]
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
def chain(rated_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Paths, Competition]:
    """Every stage up to the submission."""
    paths = Paths("movies", tmp_path_factory.mktemp("chain"))
    paths.raw.mkdir(parents=True)
    for file in rated_folder.glob("*.csv"):
        (paths.raw / file.name).write_bytes(file.read_bytes())
    return paths, run_stages(paths, CONFIGURATION)


def test_the_dataset_has_ratings_and_times(chain: tuple[Paths, Competition]) -> None:
    """Read back from the disk, each pair has both."""
    dataset = Dataset.load(chain[0].dataset)
    assert dataset.ratings is not None
    assert dataset.order is not None
    assert len(dataset.ratings) == len(dataset.order) == len(dataset) == 150 * 14


def test_the_error_of_ratings_is_beside_recall(chain: tuple[Paths, Competition]) -> None:
    """Of the method that learns them alone; out of fold, it is below the error of the mean."""
    methods = load_scores(chain[0])["schemes"]["kfold"]["methods"]
    figures = {name: method["figures"] for name, method in methods.items() if method["figures"]}
    assert set(figures) == {"tfrs_ranking"}
    assert figures["tfrs_ranking"]["rmse"] < 0.9 * figures["tfrs_ranking"]["rmse of the mean"]
    assert methods["tfrs_ranking"]["metrics"]["recall@5"]["mean"] > methods["popular"]["metrics"]["recall@5"]["mean"]
    table = chain[0].table.read_text(encoding="utf-8")
    assert f"{figures['tfrs_ranking']['rmse']:.4f}" in table
    assert "rmse" in table


def test_it_ends_with_a_checked_submission(chain: tuple[Paths, Competition]) -> None:
    """Five rows for each user, in the organiser's columns."""
    lines = write_submission(*chain).read_text(encoding="utf-8").splitlines()
    assert lines[0] == "userId,movieId"
    assert len(lines) == 1 + 150 * 5


def test_make_depends_on_the_source_that_is_used(chain: tuple[Paths, Competition]) -> None:
    """A change of how logs are read reads them again; one of how resumes are read does not."""
    rules = (chain[0].work / "rules.mk").read_text(encoding="utf-8").splitlines()
    line = next(line for line in rules if "dataset/pairs.npz:" in line)
    assert "sources/interactions.py" in line
    assert "sources/dacon_jobs.py" not in line
