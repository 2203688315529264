"""Tables of candidates that the tests of rerankers share."""

import numpy as np
import pytest

from shortlist.data.candidates import NO_ITEM, Candidates
from shortlist.rerank.table import FeatureTable


def planted(seed: int, users: int = 150, length: int = 12) -> FeatureTable:
    """Candidates of which the one with the largest second feature is the answer; a tenth of the rest is missing.

    The other features say nothing, the last is always missing, and a sixth of the users has a shorter list.
    """
    rng = np.random.default_rng(seed)
    items = np.argsort(rng.random((users, 40)), axis=1)[:, :length].astype(np.int32)
    items[::6, length - 3 :] = NO_ITEM
    there = items != NO_ITEM
    scores = np.where(there, -np.arange(length), -np.inf).astype(np.float32)
    row = np.nonzero(there)[0]
    features = rng.normal(size=(int(there.sum()), 5)).astype(np.float32)
    best = np.full(users, -np.inf, dtype=np.float32)
    np.maximum.at(best, row, features[:, 1])
    labels = features[:, 1] == best[row]
    features[rng.random(len(row)) < 0.1, 2] = np.nan
    features[:, 4] = np.nan
    names = ["made.noise", "made.signal", "made.gaps", "other.noise", "other.nothing"]
    return FeatureTable(
        Candidates(np.arange(users, dtype=np.int32), items, scores), names, features, labels,
        np.ones(users, np.float32), np.ones(1, np.float32),
    )  # fmt: skip


@pytest.fixture(scope="session")
def tables() -> list[FeatureTable]:
    """Two to learn from."""
    return [planted(1), planted(2)]


@pytest.fixture(scope="session")
def other() -> FeatureTable:
    """One to put in order."""
    return planted(3)
