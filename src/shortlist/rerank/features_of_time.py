"""Features of when, how often and in which order: what the log's events say beyond its pairs."""

from collections.abc import Iterator

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from shortlist.common.arrays import DoubleArray, FloatArray, IntArray
from shortlist.data.covisits import Steps, covisits, latest
from shortlist.data.dataset import Dataset
from shortlist.rerank.evidence import Evidence, Similarity, over
from shortlist.rerank.feature import Columns, feature

WINDOWS = {"short": 0.02, "long": 0.1}
"""Parts of the log's span before now, so that they fit any log and unit: of a year, a week and five weeks."""

REPEATS = 0.01
"""Share of events from which on pairs are said to repeat; a few rows that are there twice are no habit."""

LATEST = (1, 3, 10)
"""How many of the user's last events are compared with the candidate."""


@feature(
    "what somebody took often is taken again: how often the user had the item",
    "자주 고른 것은 다시 고릅니다: 사용자가 이 아이템을 고른 횟수",
)
def own_counts(rows: Evidence) -> Columns:
    """Where pairs repeat: the pair's events, their strength by kind, their share of the user's, and their rank."""
    data = rows.visible
    if not _repeats(data):
        return
    users = data.pairs[:, 0]
    yield "events", rows.of_pairs(data.counts, 0)
    if data.kinds:
        yield "strength", rows.of_pairs(data.strengths, 0)
    yield "share", rows.of_pairs(data.counts / _events_of(data.events.user, len(data.users))[users])
    yield "rank", rows.of_pairs(_ranks(users, data.counts.astype(np.float64)))


@feature(
    "what is used up comes again after its usual time: how long ago the user had the item",
    "다 쓴 것은 늘 걸리던 시간 뒤에 다시 옵니다: 사용자가 이 아이템을 고른 지 얼마나 됐는지",
)
def own_recency(rows: Evidence) -> Columns:
    """Where pairs repeat, with times: since the last and the first event, rank by the last, usual gap, gaps since."""
    data = rows.visible
    if not _repeats(data) or data.first is None or data.last is None:
        return
    gap = np.where(data.counts > 1, (data.last - data.first) / np.maximum(data.counts - 1, 1), np.nan)
    since = rows.now - data.last
    yield "since_last", rows.of_pairs(since)
    yield "since_first", rows.of_pairs(rows.now - data.first)
    yield "rank", rows.of_pairs(_ranks(data.pairs[:, 0], data.last))
    yield "gap", rows.of_pairs(gap)
    yield "gaps_since", rows.of_pairs(np.divide(since, gap, out=np.full(len(gap), np.nan), where=gap > 0))


@feature(
    "some take the same again and some items are taken again; others once and never more",
    "같은 것을 다시 고르는 사용자와 다시 골라지는 아이템이 있고, 한 번뿐인 경우도 있습니다",
)
def repeat_shares(rows: Evidence) -> Columns:
    """Where pairs repeat: the share of the user's and of the item's events that are not the first of their pair."""
    data = rows.visible
    if not _repeats(data):
        return
    for name, side, codes in (("user", data.users, rows.users), ("item", data.items, rows.items)):
        events, pairs = _events_of(getattr(data.events, name), len(side)), _pairs_of(data, name, len(side))
        share = np.divide(events - pairs, events, out=np.full(len(side), np.nan), where=events > 0)
        yield name, share[codes].astype(np.float32)


@feature(
    "what rises will be taken, what has ended will not: the item now against the item before",
    "오르는 아이템은 선택되고 끝난 아이템은 그렇지 않습니다: 이 아이템의 지금과 이전",
)
def item_trend(rows: Evidence) -> Columns:
    """With times: events, log ratio of those in the last time to what was usual before, age of first and last."""
    events = rows.visible.events
    if events.time is None:
        return
    number = len(rows.visible.items)
    all_of, age = _events_of(events.item, number), rows.now - events.time
    yield "events", all_of[rows.items].astype(np.float32)
    for name, part in WINDOWS.items():
        recent = _events_of(events.item[age < part * age.max(initial=0)], number)
        usual = (all_of - recent) * part / (1 - part)
        yield name, np.log((recent + 1) / (usual + 1))[rows.items].astype(np.float32)
    yield from _ages(events.item, age, number, rows.items)


@feature(
    "whoever was here lately will be back soon, and for more of the same",
    "최근에 온 사용자는 곧 다시 와서 비슷한 것을 고릅니다",
)
def user_activity(rows: Evidence) -> Columns:
    """With times: the user's events, time since the last and the first, and the mean time between them."""
    events = rows.visible.events
    if events.time is None:
        return
    number = len(rows.visible.users)
    all_of = _events_of(events.user, number)[rows.users]
    last, first = (values for _, values in _ages(events.user, rows.now - events.time, number, rows.users))
    yield "events", all_of.astype(np.float32)
    yield "since_last", last
    yield "since_first", first
    yield "gap", np.divide(first - last, all_of - 1, out=np.full(len(last), np.nan, np.float32), where=all_of > 1)


@feature(
    "one thing leads to the next: what others took soon after what the user took last",
    "하나가 다음을 부릅니다: 사용자가 마지막에 고른 것에 이어 다른 사용자들이 고른 것",
)
def co_visits(rows: Evidence) -> Columns:
    """With times: mean co-visitation with the items of the user's last 1, 3 and 10 events, the most with the last 10.

    Divided by the root of the candidate's events, as a cosine is.
    """
    data = rows.visible
    if data.events.time is None:
        return
    asking = [latest(data, last) for last in LATEST]
    found = np.full((len(LATEST), 2, len(rows.items)), np.nan, dtype=np.float32)
    order = np.argsort(rows.items, kind="stable")
    # By the candidate's own row, so that each block of rows serves its candidates and is forgotten.
    for first, block in covisits(data, Steps().reversed):
        begin, end = np.searchsorted(rows.items, [first, first + block.shape[0]], sorter=order)
        at, similarity = order[begin:end], _lookup(block)
        for place, of_users in enumerate(asking):
            found[place, :, at] = np.transpose(over(of_users, rows.users[at], rows.items[at] - first, similarity))
    size = np.sqrt(np.maximum(_events_of(data.events.item, len(data.items)), 1))[rows.items].astype(np.float32)
    for last, (mean, most) in zip(LATEST, found, strict=True):
        yield f"last_{last}", mean / size
        if last == max(LATEST):
            yield "most", most / size


@feature(
    "a cart says more than a click: what the user did with the item, by kind of event",
    "장바구니는 클릭보다 많은 것을 말합니다: 사용자가 이 아이템에 한 행동을 종류별로 센 것",
)
def kinds(rows: Evidence) -> Columns:
    """Where there are several kinds of events: the pair's events of each."""
    data = rows.visible
    if data.events.kind is None or len(data.kinds) < 2:
        return
    for code, kind in enumerate(data.kinds):
        counts = np.bincount(data.pair_of, weights=data.events.kind == code, minlength=len(data.pairs))
        yield kind, rows.of_pairs(counts, 0)


def _lookup(block: sp.csr_matrix) -> Similarity:
    """What gives the entries of a sparse matrix at some columns and rows; faster than SciPy's own by ten times."""
    block.sort_indices()
    width = block.shape[1]
    keys = np.repeat(np.arange(block.shape[0], dtype=np.int64) * width, np.diff(block.indptr)) + block.indices

    def entries(columns: IntArray, rows: IntArray) -> FloatArray:
        asked = rows.astype(np.int64) * width + columns
        if not len(keys):
            return np.zeros(len(asked), dtype=np.float32)
        at = np.minimum(np.searchsorted(keys, asked), len(keys) - 1)
        return np.where(keys[at] == asked, block.data[at], 0).astype(np.float32)

    return entries


def _repeats(data: Dataset) -> bool:
    return len(data) - len(data.pairs) > REPEATS * len(data)


def _events_of(codes: IntArray, number: int) -> DoubleArray:
    """Events of each user or item, (number,)."""
    return np.bincount(codes, minlength=number).astype(np.float64)


def _pairs_of(data: Dataset, name: str, number: int) -> DoubleArray:
    return np.bincount(data.pairs[:, ("user", "item").index(name)], minlength=number).astype(np.float64)


def _ages(codes: IntArray, age: DoubleArray, number: int, asked: IntArray) -> Iterator[tuple[str, FloatArray]]:
    """Age of the last and of the first event of the users or items asked for; NaN without any."""
    last, first = np.full(number, np.inf), np.full(number, -np.inf)
    np.minimum.at(last, codes, age)
    np.maximum.at(first, codes, age)
    for name, ages in (("since_last", last), ("since_first", first)):
        yield name, np.where(np.isinf(ages), np.nan, ages)[asked].astype(np.float32)


def _ranks(users: IntArray, values: DoubleArray) -> NDArray[np.int64]:
    """(p,) from 1 for the largest of each user's values; equals have the same, `users` rise."""
    order = np.lexsort((-values, users))
    new = np.ones(len(order), dtype=bool)
    new[1:] = (users[order][1:] != users[order][:-1]) | (values[order][1:] != values[order][:-1])
    best = np.flatnonzero(new)[np.cumsum(new) - 1] - np.searchsorted(users, users[order])
    ranks = np.empty(len(order), dtype=np.int64)
    ranks[order] = best + 1
    return ranks
