"""Likeness that is bounded in time and memory: what is kept is right, and what is passed over is as said."""

from dataclasses import replace

import numpy as np
import pytest
from tests.eventful import eventful

from shortlist.common.arrays import FloatArray
from shortlist.data.dataset import Dataset
from shortlist.rerank import likeness
from shortlist.rerank.members import Similarity
from shortlist.rerank.visible import Visible


def table(similarity: Similarity, number: int) -> FloatArray:
    """Of each member, down, and each other, across."""
    others, members = (part.ravel().astype(np.int32) for part in np.mgrid[:number, :number])
    return similarity(members, others).reshape(number, number).T


@pytest.fixture(scope="module")
def log() -> Dataset:
    return eventful(4, users=40, items=20, events=500)


def sets(log: Dataset) -> tuple[list[set[int]], list[set[int]]]:
    """Items of each user and users of each item."""
    pairs = log.pairs.tolist()
    return (
        [{i for u, i in pairs if u == user} for user in range(len(log.users))],
        [{u for u, i in pairs if i == item} for item in range(len(log.items))],
    )


def latest(log: Dataset, side: int, number: int) -> list[set[int]]:
    """The members of each user (0) or item (1) that were taken last, without ties."""
    assert log.last is not None
    own: list[list[tuple[float, int]]] = [[] for _ in ((log.users, log.items)[side].ids)]
    for pair, last in zip(log.pairs.tolist(), log.last.tolist(), strict=True):
        own[pair[side]].append((last, pair[1 - side]))
    return [{member for _, member in sorted(each)[-number:]} for each in own]


@pytest.fixture(scope="module")
def untied(log: Dataset) -> Dataset:
    """The same with no two events at one time."""
    time = np.random.default_rng(0).permutation(len(log)).astype(float)
    events = replace(log.events, time=time)
    events.settle(*(np.arange(len(ids), dtype=np.int32) for ids in (log.users, log.items)))
    return replace(log, events=events)


def test_latest_items_speak_for_all_others(untied: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of long histories the latest items are members; what they are found with is any."""
    monkeypatch.setattr(likeness, "SPEAKING", 4)
    late, (_, users_of) = latest(untied, 0, 4), sets(untied)
    of_member = [{user for user, items in enumerate(late) if item in items} for item in range(20)]
    visible = Visible(untied)
    cosine, share = (table(function(visible), 20) for function in (likeness.alike_items, likeness.following_items))
    for member in range(20):
        for other in range(20):
            both, one, two = of_member[member] & users_of[other], of_member[member], users_of[other]
            assert share[member, other] == pytest.approx(len(both) / max(len(one), 1))
            assert cosine[member, other] == pytest.approx(len(both) / max(len(one) * len(two), 1) ** 0.5)


def test_latest_users_speak_for_an_item(untied: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of large audiences the latest users are members; whom they are compared with has all items."""
    monkeypatch.setattr(likeness, "SPEAKING", 5)
    late, (items_of, _) = latest(untied, 1, 5), sets(untied)
    of_member = [{item for item, users in enumerate(late) if user in users} for user in range(40)]
    cosine = table(likeness.alike_users(Visible(untied)), 40)
    for member in range(40):
        for other in range(40):
            one, two = of_member[member], items_of[other]
            expected = len(one & two) / max(len(one) * len(two), 1) ** 0.5
            assert cosine[member, other] == pytest.approx(expected)


@pytest.mark.parametrize("made", ["alike_items", "following_items", "visited"])
def test_the_most_alike_are_kept(made: str, log: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    """Within the bound, an entry is what it was or nothing, and of each item the largest are there."""
    whole = table(getattr(likeness, made)(Visible(log)), 20)
    monkeypatch.setattr(likeness, "ENTRIES", 100)
    monkeypatch.setattr(likeness, "AT_ONCE", 50)
    kept = table(getattr(likeness, made)(Visible(log)), 20)
    assert ((kept == whole) | (kept == 0)).all()
    assert 60 <= (kept > 0).sum() <= 100 + 20
    if made != "following_items":  # which are chosen by their cosine
        for before, after in zip(whole.T, kept.T, strict=True):
            assert before[(after == 0)].max(initial=0) <= after[after > 0].min(initial=np.inf)


def test_work_in_parts_changes_nothing(log: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    """Counted a few pairs at a time, the counts are the same."""
    whole = table(likeness.alike_items(Visible(log)), 20)
    monkeypatch.setattr(likeness, "AT_ONCE", 1)
    np.testing.assert_array_equal(table(likeness.alike_items(Visible(log)), 20), whole)


def test_factors_of_items_without_users_are_nothing(log: Dataset) -> None:
    """Not what rounding leaves, which would have a cosine too."""
    _, items = likeness.factors(Visible(log))
    has_users = np.bincount(log.pairs[:, 1], minlength=20) > 0
    assert has_users.sum() == 19
    np.testing.assert_array_equal(np.linalg.norm(items, axis=1) > 1e-3, has_users)
