"""Made logs in which the answer is known."""

import numpy as np
import pandas as pd
import pytest

from shortlist.data.dataset import Dataset


def make_log(users: np.ndarray, items: np.ndarray, user_table=None, item_table=None, order=None) -> Dataset:
    """A dataset of the distinct pairs; ids are the numbers with leading zeros."""
    pairs = pd.DataFrame({"user": users, "item": items}).drop_duplicates()
    tables = [
        None if table is None else table.set_axis([f"{row:04d}" for row in range(len(table))])
        for table in (user_table, item_table)
    ]
    times = None if order is None else order[pairs.index]
    return Dataset.from_events(pairs.map("{:04d}".format), tables[0], tables[1], time=times)


@pytest.fixture(scope="session")
def log_of():
    """Makes a log of given pairs, see `make_log`."""
    return make_log


USERS, ITEMS, PAIRS = 300, 200, 1500


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(7)


@pytest.fixture(scope="session")
def tasteful() -> Dataset:
    """Users and items are of four kinds, and a user takes items of the own kind: `taste` shows it, `noise` does not."""
    rng = np.random.default_rng(3)
    user_kind, item_kind = rng.integers(4, size=USERS), rng.integers(4, size=ITEMS)
    users = np.concatenate([np.arange(USERS), rng.integers(USERS, size=PAIRS)])
    by_kind = [np.flatnonzero(item_kind == kind) for kind in range(4)]
    items = np.array([rng.choice(by_kind[kind]) for kind in user_kind[users]])
    user_table = pd.DataFrame({
        "taste": pd.Categorical(user_kind.astype(str)),
        "noise": pd.Categorical(rng.integers(4, size=USERS).astype(str)),
        "joined": pd.Timestamp("2020-01-01") + pd.to_timedelta(60 * user_kind + rng.integers(20, size=USERS), "D"),
        "age": rng.normal(size=USERS),
    })  # fmt: skip
    item_table = pd.DataFrame({"kind": pd.Categorical(item_kind.astype(str)), "price": rng.normal(size=ITEMS)})
    return make_log(users, items, user_table, item_table)


@pytest.fixture(scope="session")
def random_log() -> Dataset:
    """Users take items at random, with columns that mean nothing and no dates."""
    rng = np.random.default_rng(4)
    users = np.concatenate([np.arange(USERS), rng.integers(USERS, size=PAIRS)])
    items = np.concatenate([np.arange(USERS) % ITEMS, rng.integers(ITEMS, size=PAIRS)])
    columns = {f"c{place}": pd.Categorical(rng.integers(5, size=USERS).astype(str)) for place in range(12)}
    return make_log(users, items, pd.DataFrame(columns), None)
