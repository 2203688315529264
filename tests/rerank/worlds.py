"""A small competition with all that features read: tables with gaps, times, kinds, ratings, two retrievers."""

import numpy as np
import pandas as pd
from tests.eventful import KINDS

from shortlist.data.candidates import NO_ITEM, Candidates
from shortlist.data.dataset import Dataset
from shortlist.rerank.evidence import Evidence


def table(rng: np.random.Generator, prefix: str, rows: int) -> pd.DataFrame:
    """A column of each role, a third of its values missing, and the last row a copy of the first."""
    gaps = lambda values: pd.Series(values, dtype=object).where(rng.random(rows) > 1 / 3)  # noqa: E731
    days = pd.Timestamp("2020-01-30") + pd.to_timedelta(rng.integers(0, 90, rows), unit="D")
    columns = {
        "kind": gaps(rng.choice(["x", "y", "z"], rows)).astype("category"),
        "words": gaps([";".join(rng.choice(["안녕", "b", "c d"], n)) for n in rng.integers(1, 4, rows)]).astype("str"),
        "size": gaps(rng.integers(0, 5, rows)).astype(float),
        "date": pd.to_datetime(gaps(days)),
    }
    made = pd.DataFrame(columns).iloc[[*range(rows - 1), 0]]
    return made.set_axis([f"{prefix}{n}" for n in range(rows)])


def world(seed: int, users: int = 8, items: int = 7, *, timed: bool = True) -> Evidence:
    """A small dataset, every pair as a candidate, whether seen or not, and two retrievers' lists for most users."""
    rng = np.random.default_rng(seed)
    seen = rng.random((users, items)) < 0.3
    seen[2], seen[:, 3] = False, False  # a user and an item that nothing is known about
    seen[0, 0] = True
    pairs = pd.DataFrame([(f"u{u}", f"i{i}") for u, i in np.argwhere(seen)], columns=["user", "item"])
    events = pairs.loc[np.repeat(np.arange(len(pairs)), rng.integers(1, 4, len(pairs)))]
    marks = {
        "time": rng.integers(0, 40, len(events)) / 4, "rating": rng.integers(1, 6, len(events)),
        "kind": rng.choice(list(KINDS), len(events)),
    }  # fmt: skip
    if not timed:
        del marks["time"]
    dataset = Dataset.from_events(events, table(rng, "u", users), table(rng, "i", items), kinds=KINDS, **marks)
    rows = np.argwhere(np.ones_like(seen)).astype(np.int32)
    some = np.array([u for u in range(users) if u != 1], dtype=np.int32)
    lists = {}
    for name in ("one", "two"):
        found = np.argsort(rng.random((len(some), items)), axis=1)[:, :4].astype(np.int32)
        scores = -np.sort(-rng.normal(size=found.shape), axis=1).astype(np.float32)
        for row, length in enumerate(rng.integers(0, 5, len(some))):
            found[row, length:], scores[row, length:] = NO_ITEM, -np.inf
        lists[name] = Candidates(some, found, scores)
    return Evidence(dataset, rows[:, 0], rows[:, 1], lists)
