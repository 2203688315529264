"""Datasets that several tests share; small, and made once."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from shortlist.dataset import Dataset
from shortlist.sample import SampleSize, write_sample
from shortlist.sources import dacon_jobs


@pytest.fixture(scope="session")
def made_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small made competition: `raw/*.csv` and `answers.csv`."""
    folder = tmp_path_factory.mktemp("made")
    write_sample(folder, SampleSize(users=120, items=90, pairs=600), seed=0)
    return folder


@pytest.fixture(scope="session")
def made(made_folder: Path) -> Dataset:
    """The dataset of `made_folder`: tables of every role, no times."""
    return dacon_jobs.read(made_folder / "raw")


@pytest.fixture(scope="session")
def lonely(made: Dataset) -> Dataset:
    """The same with the pairs of user 0 and of item 0 taken away."""
    return made.take(np.flatnonzero((made.pairs[:, 0] != 0) & (made.pairs[:, 1] != 0)))


@pytest.fixture(scope="session")
def checkerboard() -> Dataset:
    """Users have the items of their own parity but for the one of their own number, after `implicit`'s test-suite."""
    n = 20
    pairs = [(f"u{i:02}", f"i{j:02}") for i in range(n) for j in range(n) if (i + j) % 2 == 0 and i != j]
    return Dataset.from_pairs(pd.DataFrame(pairs, columns=["user", "item"]))
