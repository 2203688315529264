"""Made logs and plain helpers that the tests of all splitters share."""

from typing import Any

import numpy as np
import pandas as pd
from hypothesis import assume, settings
from hypothesis import strategies as st

from shortlist.data.dataset import Dataset
from shortlist.errors import DataError
from shortlist.validation.division import Fold
from shortlist.validation.registry import make_splitter
from shortlist.validation.splitters.base import Splitter

LEAST_FOLDS = {"kfold": 2}
"""Schemes that one fold is too few for."""

REQUIRED: dict[str, dict[str, Any]] = {"cohort": {"date": "updated"}, "last_days": {"window": 5}}
"""Parameters without a default, by scheme; a scheme that has none needs no entry."""

few = settings(deadline=None, max_examples=40, derandomize=True)
folds_and_seeds = {"folds": st.integers(1, 4), "seed": st.integers(0, 1000)}
two_folds_and_seeds = {**folds_and_seeds, "folds": st.integers(2, 4)}
shares = st.sampled_from([0.1, 0.25, 0.3, 0.5, 0.75, 0.9])


@st.composite
def datasets(draw: st.DrawFn, timed: bool | None = None, repeated: bool = False) -> Dataset:
    """Users with 0 to all items, a date and a number each, some missing; times with ties, or none."""
    users, items = draw(st.integers(8, 16)), draw(st.integers(4, 10))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    held = rng.random((users, items)) < rng.random((users, 1))
    held[0, :2] = True
    rows, columns = np.nonzero(held)
    if repeated:
        times = rng.integers(1, 4, len(rows))
        rows, columns = np.repeat(rows, times), np.repeat(columns, times)
    table = pd.DataFrame(
        {
            "updated": pd.Timestamp("2020-01-01") + pd.to_timedelta(rng.integers(0, 9, users), unit="D"),
            "career": rng.integers(0, 9, users).astype(float),
            "name": "x",
        },
        index=[f"u{n:02}" for n in range(users)],
    ).astype({"name": str})
    table.loc[rng.random(users) < 0.2, ["updated", "career"]] = None
    ids = pd.DataFrame({"user": table.index[rows], "item": [f"i{n}" for n in columns]})
    if timed is None:
        timed = draw(st.booleans())
    return Dataset.from_events(ids, table, time=rng.integers(0, 40, len(ids)) if timed else None)


def made(kind: str, **settings: Any) -> Splitter:
    """A splitter of a kind, with as many folds as it needs at least."""
    folds = max(settings.pop("folds", 3), LEAST_FOLDS.get(kind, 1))
    return make_splitter(kind, {**REQUIRED.get(kind, {}), "folds": folds, **settings})


def folds_of(splitter: Splitter, dataset: Dataset, repeats: bool = False) -> list[Fold]:
    """The folds; an example that is too small for the scheme is drawn again."""
    try:
        return list(splitter.scored.split(dataset, repeats))
    except DataError:
        assume(False)
        raise


def times_of(dataset: Dataset) -> np.ndarray:
    """Those of the events."""
    assert dataset.events.time is not None
    return dataset.events.time


def pairs_of(dataset: Dataset, positions: np.ndarray) -> set[tuple[int, int]]:
    """The pairs of some events."""
    return {(int(dataset.events.user[row]), int(dataset.events.item[row])) for row in positions.tolist()}


def by_user(dataset: Dataset, positions: np.ndarray) -> dict[int, list[int]]:
    """Positions of the events of each user that has any."""
    found: dict[int, list[int]] = {}
    for position in positions.tolist():
        found.setdefault(int(dataset.events.user[position]), []).append(position)
    return found


def quota(n: int, hidden: float) -> int:
    """How many of n are hidden, never all."""
    return min(int(np.rint(hidden * n)), n - 1)
