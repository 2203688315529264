"""What is an answer, and what may be recommended, against plain loops over events."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from shortlist.data.dataset import Dataset
from shortlist.errors import DataError
from shortlist.validation.division import Fold
from shortlist.validation.question import ANYTHING, Asking
from shortlist.validation.splitters.base import Splitter
from shortlist.validation.splitters.holdout import Holdout
from shortlist.validation.splitters.kfold import KFold
from shortlist.validation.splitters.timeline import Timeline

few = settings(deadline=None, max_examples=80, derandomize=True)
KINDS = {"click": 1.0, "order": 1.0}


def log(seed: int, n: int = 80) -> Dataset:
    """Events of 6 users and 7 items, repeats among them, of two kinds, on 20 days."""
    rng = np.random.default_rng(seed)
    ids = pd.DataFrame({"user": rng.integers(6, size=n), "item": rng.integers(7, size=n)})
    kind = rng.choice([*KINDS], n)
    return Dataset.from_events(ids, time=rng.integers(20, size=n), kind=kind, kinds=KINDS)


@st.composite
def askings(draw: st.DrawFn, items: int = 7) -> Asking:
    """Any combination of a question's parts."""
    permitted = np.array(draw(st.lists(st.booleans(), min_size=items, max_size=items)))
    return Asking(
        seen=draw(st.sampled_from(["drop", "keep"])),
        answers=draw(st.sampled_from([(), ("order",), ("click", "order")])),
        active_days=draw(st.sampled_from([None, 3.0, 100.0])),
        permitted=draw(st.sampled_from([None, permitted])),
    )


def plain_items(asking: Asking, dataset: Dataset, train: list[int]) -> set[int]:
    """The items that may be recommended, given the visible events."""
    events = dataset.events
    assert events.time is not None
    allowed = set(range(len(dataset.items)))
    if asking.permitted is not None:
        allowed &= set(np.flatnonzero(asking.permitted).tolist())
    if asking.active_days is not None:
        end = max(events.time[row] for row in train)
        allowed &= {int(events.item[row]) for row in train if events.time[row] > end - asking.active_days}
    return allowed


@pytest.mark.parametrize("splitter", [KFold(folds=2), Holdout(folds=2), Timeline(folds=2, learning=0)], ids=str)
@few
@given(seed=st.integers(0, 2**32 - 1), asking=askings())
def test_answers_equal_a_loop(splitter: Splitter, seed: int, asking: Asking) -> None:
    """Hidden, of a kind that counts, not visible where seen items are dropped, of an item that may be recommended."""
    dataset = log(seed)
    events, names = dataset.events, [*KINDS]
    assert events.kind is not None
    expected = []
    for fold in splitter.split(dataset, asking.seen == "keep"):
        train = fold.train.tolist()
        visible = {(int(events.user[row]), int(events.item[row])) for row in train}
        allowed = plain_items(asking, dataset, train)
        expected.append([
            row for row in fold.test.tolist()
            if (not asking.answers or names[events.kind[row]] in asking.answers)
            and (asking.seen == "keep" or (int(events.user[row]), int(events.item[row])) not in visible)
            and int(events.item[row]) in allowed
        ])  # fmt: skip
    if not all(expected):
        with pytest.raises(DataError, match=r"events, none an answer; look at question\.seen"):
            list(asking.folds(splitter, dataset))
        return
    assert [fold.test.tolist() for fold in asking.folds(splitter, dataset)] == expected


@few
@given(seed=st.integers(0, 2**32 - 1), asking=askings())
def test_bounds_equal_a_loop(seed: int, asking: Asking) -> None:
    """What is left out of a list: what the visible events have, where it is dropped, and items that are not allowed."""
    dataset = log(seed)
    rows = np.arange(0, len(dataset), 2)
    bounds = asking.bounds(dataset.take(rows))
    seen = {(int(user), int(item)) for user, item in zip(*(part[rows] for part in _sides(dataset)), strict=True)}
    if asking.seen == "keep":
        assert bounds.seen is None
    else:
        assert bounds.seen is not None
        assert {(int(user), int(item)) for user, item in zip(*bounds.seen.nonzero(), strict=True)} == seen
    allowed = plain_items(asking, dataset, rows.tolist())
    if bounds.items is None:
        assert allowed == set(range(7))
    else:
        assert set(np.flatnonzero(bounds.items).tolist()) == allowed


def _sides(dataset: Dataset) -> tuple[np.ndarray, np.ndarray]:
    return dataset.events.user, dataset.events.item


def test_lists_of_the_question_bind_only_those_asked() -> None:
    """The items listed for a user of the submission say nothing of a fold's users."""
    dataset = log(0)
    asking = Asking(lists=sp.csr_matrix(np.eye(6, 7)))
    assert asking.bounds(dataset).lists is None
    assert asking.bounds(dataset, asked=True).lists is asking.lists


def test_the_digest_tells_of_what_decides_a_fold() -> None:
    """Finished folds are kept by it: every part that changes a fold's answers or lists changes it."""
    mask = np.array([True, False])
    changes: list[Asking] = [
        Asking(seen="keep"), Asking(answers=("order",)), Asking(active_days=3.0), Asking(permitted=mask),
        Asking(permitted=~mask),
    ]  # fmt: skip
    digests = [asking.digest for asking in (ANYTHING, *changes)]
    assert len(set(digests)) == len(digests)
    assert replace(ANYTHING).digest == ANYTHING.digest


def test_a_log_without_times_has_no_items_that_are_active() -> None:
    """Where nothing says when, every item may be recommended."""
    dataset = Dataset.from_events(pd.DataFrame({"user": [*"aabb"], "item": [*"xyxz"]}))
    assert Asking(active_days=1.0).bounds(dataset).items is None


def test_a_fold_keeps_its_visible_events() -> None:
    """What does not count as an answer is hidden all the same: nobody learns from it."""
    dataset = log(1)
    splitter = KFold(folds=2)
    whole = list(splitter.split(dataset))
    asked: list[Fold] = list(Asking(answers=("order",)).folds(splitter, dataset))
    for one, other in zip(whole, asked, strict=True):
        np.testing.assert_array_equal(one.train, other.train)
        assert len(other.test) < len(one.test)


def test_at_most_so_many_users_are_scored() -> None:
    """The same ones again, with all their answers; those of others are neither visible nor asked for."""
    dataset, splitter = log(3, n=400), KFold(folds=2)
    every, some = (list(Asking(seen="keep", users=users).folds(splitter, dataset)) for users in (None, 3))
    again = list(Asking(seen="keep", users=3).folds(splitter, dataset))
    for whole, drawn, twice in zip(every, some, again, strict=True):
        users = np.unique(dataset.events.user[drawn.test])
        assert len(users) == 3
        np.testing.assert_array_equal(drawn.test, whole.test[np.isin(dataset.events.user[whole.test], users)])
        np.testing.assert_array_equal(drawn.test, twice.test)
        np.testing.assert_array_equal(drawn.train, whole.train)


def test_newcomers_are_scored_only_where_some_are_asked_for() -> None:
    """A user whose first event is hidden has none that is visible."""
    ids = pd.DataFrame({"user": ["a", "a", "b", "a", "b", "new"], "item": list("xyxzzx")})
    dataset, splitter = Dataset.from_events(ids, time=[0, 1, 2, 8, 9, 9.5]), Timeline(folds=1, window=3.0, learning=0)
    for newcomers, expected in ((True, ["a", "b", "new"]), (False, ["a", "b"])):
        (fold,) = Asking(newcomers=newcomers).folds(splitter, dataset)
        assert dataset.users.ids[np.unique(dataset.events.user[fold.test])].tolist() == expected
