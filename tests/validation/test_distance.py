"""How far a scheme is from the question, against plain loops over users and events."""

from statistics import mean, median

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shortlist.common.json_files import read_json, write_json
from shortlist.data.dataset import Dataset
from shortlist.validation.distance import Distance, Situation, distance
from shortlist.validation.division import Fold
from shortlist.validation.question import Asking

few = settings(deadline=None, max_examples=60, derandomize=True)


def log(seed: int, timed: bool) -> Dataset:
    """Events of up to 8 users, repeats among them, and two users without any."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(6, 80))
    ids = pd.DataFrame({"user": rng.integers(8, size=n), "item": rng.integers(6, size=n)}).astype(str)
    time = rng.integers(0, 30, n).astype(float)
    return Dataset.from_events(ids, time=time if timed else None).with_users(["98", "99"])


def made_folds(seed: int, n: int) -> list[Fold]:
    """Two divisions drawn by lot, with some events in neither part."""
    rng = np.random.default_rng(seed)
    part = rng.integers(0, 3, (2, n))
    part[:, 0], part[:, 1] = 0, 1
    return [Fold(place + 1, np.flatnonzero(row == 0), np.flatnonzero(row == 1)) for place, row in enumerate(part)]


def plain(dataset: Dataset, rows: list[int], users: list[int]) -> Situation:
    """Events of each user, share without, and the median age of the newest, one after the other."""
    events = dataset.events
    own = {user: [row for row in rows if events.user[row] == user] for user in users}
    age = None
    if events.time is not None:
        end = max(events.time[row] for row in rows)
        ages = [end - max(events.time[row] for row in mine) for mine in own.values() if mine]
        age = float(median(ages)) if ages else None
    return Situation(mean(map(len, own.values())), mean(not mine for mine in own.values()), age)


def same(found: Situation, expected: Situation) -> None:
    assert (found.events, found.cold) == pytest.approx((expected.events, expected.cold))
    assert (found.age is None) == (expected.age is None)
    assert found.age is None or found.age == pytest.approx(expected.age)


@few
@given(seed=st.integers(0, 2**32 - 1), timed=st.booleans(), seen=st.sampled_from(["drop", "keep"]))
def test_distance_equals_loops(seed: int, timed: bool, seen: str) -> None:
    """The mean over the folds of what is visible of their users, beside what is known of those asked."""
    dataset = log(seed, timed)
    folds = made_folds(seed, len(dataset))
    events = dataset.events
    asked = np.array([0, 1, len(dataset.users) - 1], dtype=np.int32)
    found = distance(dataset, folds, asked, Asking(seen=seen))  # type: ignore[arg-type]
    situations, shares = [], []
    for fold in folds:
        train = fold.train.tolist()
        situations.append(plain(dataset, train, sorted({int(events.user[row]) for row in fold.test})))
        pairs = [
            {(int(events.user[row]), int(events.item[row])) for row in part.tolist()}
            for part in (fold.train, fold.test)
        ]
        shares.append(len(pairs[0] & pairs[1]) / len(pairs[1]))
    ages = [each.age for each in situations if each.age is not None]
    expected = Situation(
        mean(each.events for each in situations), mean(each.cold for each in situations), mean(ages) if ages else None
    )
    same(found.folds, expected)
    same(found.asked, plain(dataset, list(range(len(dataset))), asked.tolist()))
    assert found.seen == (None if seen == "drop" else pytest.approx(mean(shares)))


@pytest.mark.parametrize(
    ("folds", "asked", "words"),
    [
        (Situation(10, 0.0), Situation(10, 0.0), []),
        (Situation(10, 0.0), Situation(20, 0.1), []),
        (Situation(20, 0.1), Situation(10, 0.0), []),
        (Situation(9.9, 0.0), Situation(20, 0.0), ["9.9", "20.0", "less than half, or more than double"]),
        (Situation(21, 0.0), Situation(10, 0.0), ["21.0", "10.0", "less than half, or more than double"]),
        (Situation(10, 0.0), Situation(10, 0.2), ["0%", "20%", "more than 10% apart"]),
        (Situation(0, 1.0), Situation(10, 0.2), ["0.0", "10.0", "100%", "20%"]),
    ],
)
def test_what_is_far_is_warned_of(folds: Situation, asked: Situation, words: list[str]) -> None:
    """Beyond the rule, with both numbers and the rule, in both languages; within it there is no warning."""
    warning = Distance(folds, asked).warning
    assert (warning is None) == (not words)
    if warning is not None:
        assert all(word in warning.en for word in words)
        assert all(word in warning.ko for word in words if word[0].isdigit() and " " not in word)
        assert "\n" not in warning.en + warning.ko


def test_the_line_has_every_number() -> None:
    """Of both sides; ages and seen answers only where there are some."""
    line = Distance(Situation(8.12, 0.02, 3.21), Situation(12.34, 0.0, 1.0), 0.34).line
    for text in (line.en, line.ko):
        for number in ("8.1", "12.3", "2%", "0%", "3.21", "(1)", "34%"):
            assert number in text
        assert "\n" not in text
    short = Distance(Situation(8, 0.0), Situation(8, 0.0)).line
    assert "old" not in short.en
    assert "seen" not in short.en


def test_it_survives_the_disk(tmp_path) -> None:
    """As a part of the stored scores."""
    made = Distance(Situation(8.0, 0.0, 3.0), Situation(12.0, 0.5), 0.25)
    write_json(tmp_path / "distance.json", made)
    assert read_json(tmp_path / "distance.json", Distance) == made
