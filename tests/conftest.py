"""Datasets that several tests share; small, and made once."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import settings
from tests.browser import browser as browser

from shortlist.data.dataset import Dataset
from shortlist.data.sample import SampleSize, write_sample
from shortlist.data.sources.dacon_jobs import DaconJobs

settings.register_profile("shortlist", deadline=None)  # how long a busy machine takes is no fault
settings.load_profile("shortlist")


@pytest.fixture(scope="session")
def made_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small made competition: `raw/*.csv` and `answers.csv`."""
    folder = tmp_path_factory.mktemp("made")
    write_sample(folder, SampleSize(users=120, items=90, pairs=600), seed=0)
    return folder


@pytest.fixture(scope="session")
def made(made_folder: Path) -> Dataset:
    """The dataset of `made_folder`: tables of every role, no times."""
    return DaconJobs().read(made_folder / "raw")


@pytest.fixture(scope="session")
def lonely(made: Dataset) -> Dataset:
    """The same with the pairs of user 0 and of item 0 taken away."""
    return made.take(np.flatnonzero((made.events.user != 0) & (made.events.item != 0)))


@pytest.fixture(scope="session")
def checkerboard() -> Dataset:
    """Users have the items of their own parity but for the one of their own number, after `implicit`'s test-suite."""
    n = 20
    pairs = [(f"u{i:02}", f"i{j:02}") for i in range(n) for j in range(n) if (i + j) % 2 == 0 and i != j]
    return Dataset.from_events(pd.DataFrame(pairs, columns=["user", "item"]))


@pytest.fixture(scope="session")
def rated_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A made log of ratings: `ratings.csv`, `movies.csv` and `sample_submission.csv`.

    Users take what they like, and rate it by a taste of two dimensions, the item's quality and their own mood.
    """
    raw = tmp_path_factory.mktemp("rated")
    users, items, each = 150, 60, 14
    rng = np.random.default_rng(5)
    taste, nature = rng.normal(size=(users, 2)), rng.normal(size=(items, 2))
    quality, mood = 0.7 * rng.normal(size=items), 0.7 * rng.normal(size=users)
    liking = taste @ nature.T + quality + mood[:, None] + 0.3 * rng.normal(size=(users, items))
    rows = []
    for user in range(users):
        chosen = np.argsort(-(0.7 * (taste @ nature.T)[user] + rng.gumbel(size=items)))[:each]
        for day, item in enumerate(rng.permutation(chosen)):
            rating = float(np.clip(np.round(2 * (3 + liking[user, item])) / 2, 0.5, 5))
            rows.append((f"u{user:03}", f"m{item:02}", rating, f"2020-01-{day + 1:02} 10:00:00"))
    table = pd.DataFrame(rows, columns=["userId", "movieId", "rating", "at"])
    table.sample(frac=1, random_state=1).to_csv(raw / "ratings.csv", index=False)
    kinds = np.where(nature[:, 0] > 0, "Action|Crime", "Drama")
    movies = pd.DataFrame(
        {"movieId": [f"m{i:02}" for i in range(items)], "genres": kinds, "year": 1950 + np.arange(items)}
    )
    movies.to_csv(raw / "movies.csv", index=False)
    asked = pd.DataFrame({"userId": np.repeat(table["userId"].unique(), 5), "movieId": "m00"})
    asked.to_csv(raw / "sample_submission.csv", index=False)
    return raw
