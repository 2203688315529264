"""A synthetic log of any size, with tastes, times and steps from item to item, as a competition's raw files."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv

USERS_AT_ONCE = 100_000
GROUPS = 200
"""Of users who like the same part of the items."""

DAYS = 180
START = 1_700_000_000
"""Seconds since 1970 of the first day."""


def write_log(raw: Path, users: int, items: int, events: int, seed: int = 0) -> None:
    """Write `log.csv` with user, item and time, and `sample_submission.csv`, which asks for every user.

    Users have geometrically many events around the mean. Half of the steps lead to one of the next items by number, as
    where one thing follows another; the others go to an item of the user's group, or to any, the popular ones first.

    Args:
        raw: the folder.
        users, items, events: their numbers; events are about as many.
        seed: of what is drawn.
    """
    raw.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed)
    schema = pa.schema([("user", pa.int32()), ("item", pa.int32()), ("time", pa.int64())])
    with pyarrow.csv.CSVWriter(raw / "log.csv", schema) as file:
        for first in range(0, users, USERS_AT_ONCE):
            codes = np.arange(first, min(first + USERS_AT_ONCE, users))
            file.write_table(pa.Table.from_arrays(_events(codes, items, events / users, rng), schema=schema))
    rows = pa.table({"user": pa.array(range(users)), "items": pa.array(["0 1 2 3 4"] * users)})
    pyarrow.csv.write_csv(rows, raw / "sample_submission.csv")


def _events(codes: np.ndarray, items: int, mean: float, rng: np.random.Generator) -> list[np.ndarray]:
    """Users, items and seconds of the events of some users, user after user."""
    number = 2 + rng.geometric(1 / max(mean - 1, 1.01), len(codes)) - 1
    user, steps = np.repeat(codes, number), int(number.max())
    place = np.arange(len(user)) - np.repeat(np.cumsum(number) - number, number)
    item, before = np.empty(len(user), np.int32), np.zeros(len(codes), np.int64)
    own = user - codes[0]
    by_place = np.argsort(place, kind="stable")
    ends = np.cumsum(np.bincount(place, minlength=steps))
    for step in range(steps):
        at = by_place[ends[step - 1] if step else 0 : ends[step]]
        before[own[at]] = item[at] = _next(user[at], before[own[at]], step, items, rng)
    begin = rng.random(len(codes)) * DAYS * 0.8
    days = begin[own] + rng.exponential(DAYS * 0.2 / number[own]) * (1 + place)
    return [user.astype(np.int32), item, (START + 86_400 * np.minimum(days, DAYS)).astype(np.int64)]


def _next(user: np.ndarray, before: np.ndarray, step: int, items: int, rng: np.random.Generator) -> np.ndarray:
    """The items that users take after those before."""
    popular = (items * rng.random(len(user)) ** 3).astype(np.int64)
    width = max(1, items // GROUPS)
    grouped = (user % GROUPS) * width + (width * rng.random(len(user)) ** 2).astype(np.int64)
    lot = rng.random(len(user))
    following = (before + rng.integers(1, 6, len(user))) % items
    return np.where((lot < 0.5) & (step > 0), following, np.where(lot < 0.85, grouped % items, popular))
