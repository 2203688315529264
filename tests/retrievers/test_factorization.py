"""What the factorizations of `implicit` must keep to when they are called from here."""

import os
import subprocess
import sys

import numpy as np
import pytest

from shortlist.data.dataset import Dataset
from shortlist.retrievers.registry import make_retriever


def test_ials_solves_its_equations(made: Dataset) -> None:
    """With the users' vectors held, each item's minimises the weighted squared error: alpha for a pair, 1 for none."""
    settings = {"factors": 8, "alpha": 15.0, "regularization": 2.0, "iterations": 60}
    model = make_retriever("ials", settings).fit(made)
    users, items = (vectors.astype(np.float64) for vectors in (model.user_vectors_, model.item_vectors_))  # type: ignore[attr-defined]
    for pairs, found in zip(made.matrix().toarray().T, items, strict=True):
        weight = np.where(pairs > 0, 15.0, 1.0)
        left = users.T @ (weight[:, None] * users) + 2.0 * np.eye(8)
        np.testing.assert_allclose(found, np.linalg.solve(left, users.T @ (weight * pairs)), atol=2e-2)


def test_ials_averages_its_seeds(made: Dataset) -> None:
    """The score with two seeds is the mean of two models, the first of which is the one with one seed."""
    everybody = np.arange(len(made.users), dtype=np.int32)
    one, two = (make_retriever("ials", {"factors": 8, "seeds": seeds}, seed=5).fit(made) for seeds in (1, 2))
    second = two.user_vectors_[:, 8:] @ two.item_vectors_[:, 8:].T * 2  # type: ignore[attr-defined]
    mean = (one.score(everybody) + second) / 2
    np.testing.assert_allclose(two.score(everybody), mean, atol=1e-5)
    assert np.abs(one.score(everybody) - second).max() > 0.01


def test_bpr_puts_what_users_have_first(made: Dataset) -> None:
    """Nine of ten times an item that a user has scores higher than one they have not."""
    scores = make_retriever("bpr").fit(made).score(np.arange(len(made.users), dtype=np.int32))
    held = made.matrix().toarray() > 0
    wins = [(row[own][:, None] > row[~own]).mean() for row, own in zip(scores, held, strict=True)]
    assert np.mean(wins) > 0.9


@pytest.mark.parametrize("kind", ["ials", "bpr"])
def test_more_factors_than_data(kind: str, made: Dataset) -> None:
    """More dimensions than users, items or pairs of either are no error, and give finite scores."""
    scores = make_retriever(kind, {"factors": 300, "iterations": 3}).fit(made).score(np.arange(5, dtype=np.int32))
    assert np.isfinite(scores).all()


SCRIPT = """
import pandas as pd
import shortlist
pairs = pd.DataFrame({"user": ["a", "a", "b", "b", "c"], "item": ["x", "y", "x", "z", "y"]})
for kind in ("ials", "bpr"):
    shortlist.make_retriever(kind).fit(shortlist.Dataset.from_events(pairs))
"""


def test_nobody_is_warned_of_threads() -> None:
    """`implicit` warns where BLAS may use several threads; a user can do nothing about that, and need not."""
    environment = {name: value for name, value in os.environ.items() if not name.endswith("_NUM_THREADS")}
    done = subprocess.run(
        [sys.executable, "-W", "error::RuntimeWarning", "-c", SCRIPT],
        env={**environment, "OPENBLAS_NUM_THREADS": "4"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert (done.returncode, done.stderr) == (0, "")
