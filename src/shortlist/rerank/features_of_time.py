"""Features of when and in which order: what the log's times say beyond its pairs."""

import numpy as np
from numpy.typing import NDArray

from shortlist.common.arrays import DoubleArray, FloatArray, IntArray
from shortlist.data.covisits import latest
from shortlist.rerank.evidence import Evidence
from shortlist.rerank.feature import Columns, feature
from shortlist.rerank.likeness import visited
from shortlist.rerank.members import bounded, over
from shortlist.rerank.visible import Visible
from shortlist.rerank.visits import Visits

WINDOWS = {"short": 0.02, "long": 0.1}
"""Parts of the log's span before now, so that they fit any log and unit: of a year, a week and five weeks."""

LATEST = (1, 3, 10)
"""How many of the user's last events are compared with the candidate; with one, all of the last visit are."""


@feature(
    "what rises will be taken, what has ended will not: the item now against the item before",
    "오르는 아이템은 선택되고 끝난 아이템은 그렇지 않습니다: 이 아이템의 지금과 이전",
)
def item_trend(rows: Evidence) -> Columns:
    """With times: events, log ratio of those in the last time to what was usual before, age of first and last."""
    if rows.visible.events.time is None:
        return
    for name, values in rows.shared.once(_trends).items():
        yield name, values[rows.items]


@feature(
    "whoever was here lately will be back soon, and for more of the same",
    "최근에 온 사용자는 곧 다시 와서 비슷한 것을 고릅니다",
)
def user_activity(rows: Evidence) -> Columns:
    """With times: the user's events, time since the last and the first, and the mean time between them."""
    events = rows.own.events
    if events.time is None:
        return
    number = len(rows.visible.users)
    all_of = np.bincount(events.user, minlength=number)[rows.users]
    last, first = (ages[rows.users] for ages in _ages(events.user, rows.now - events.time, number))
    yield "events", all_of.astype(np.float32)
    yield "since_last", last
    yield "since_first", first
    yield "gap", np.divide(first - last, all_of - 1, out=np.full(len(last), np.nan, np.float32), where=all_of > 1)


@feature(
    "some come every Saturday, others when they like: how regularly the user visits, and whether one is due",
    "매주 토요일에 오는 사용자도, 내킬 때 오는 사용자도 있습니다: 방문이 얼마나 규칙적이고 올 때가 됐는지",
)
def user_visits(rows: Evidence) -> Columns:
    """With times: visits, mean gap between them, gaps since the last, and the gaps' deviation relative to their mean.

    A visit is all that a user took at one time.
    """
    own = rows.own
    if own.events.time is None:
        return
    visits, number = Visits.of(own), len(own.users)
    user, gap = visits.gaps()
    mean = _means(user, gap, number)
    spread = np.sqrt(_means(user, (gap - mean[user]) ** 2, number)) / mean
    spread[np.bincount(user, minlength=number) < 2] = np.nan  # one gap deviates from nothing
    last, _ = _ages(own.events.user, rows.now - own.events.time, number)
    yield "visits", visits.number[rows.users].astype(np.float32)
    yield "gap", mean[rows.users].astype(np.float32)
    yield "gaps_since", (last / mean)[rows.users].astype(np.float32)
    yield "irregularity", spread[rows.users].astype(np.float32)


@feature(
    "one thing leads to the next: what others took soon after what the user took last",
    "하나가 다음을 부릅니다: 사용자가 마지막에 고른 것에 이어 다른 사용자들이 고른 것",
)
def co_visits(rows: Evidence) -> Columns:
    """With times: co-visitation with the items of the user's last visit, last 3 and last 10 events: mean and most.

    Divided by the root of the candidate's events, as a cosine is; of the last 10, also the second most and the sum by
    the root of their number. Events of one time are equally late.
    """
    if rows.visible.events.time is None:
        return
    for last in LATEST:
        asking = bounded(latest(rows.own, last))
        summary = over(asking, rows.users, rows.items, rows.shared.once(visited))
        yield f"last_{last}", summary.mean
        yield f"last_{last}_most", summary.max
    yield "second", summary.second
    yield "root", summary.root


def _trends(visible: Visible) -> dict[str, FloatArray]:
    """The columns of `item_trend`, (I,) each."""
    events, number = visible.dataset.events, len(visible.dataset.items)
    assert events.time is not None
    all_of, age = np.bincount(events.item, minlength=number), visible.now - events.time
    columns = {"events": all_of.astype(np.float32)}
    for name, part in WINDOWS.items():
        recent = np.bincount(events.item[age < part * age.max(initial=0)], minlength=number)
        usual = (all_of - recent) * part / (1 - part)
        columns[name] = np.log((recent + 1) / (usual + 1)).astype(np.float32)
    columns["since_last"], columns["since_first"] = _ages(events.item, age, number)
    return columns


def _ages(codes: IntArray, age: DoubleArray, number: int) -> tuple[FloatArray, FloatArray]:
    """Age of the last and of the first event of each user or item, (number,); NaN without any."""
    last, first = np.full(number, np.inf), np.full(number, -np.inf)
    np.minimum.at(last, codes, age)
    np.maximum.at(first, codes, age)
    none = np.isinf(last)
    last[none], first[none] = np.nan, np.nan
    return last.astype(np.float32), first.astype(np.float32)


def _means(codes: NDArray[np.integer], values: DoubleArray, number: int) -> DoubleArray:
    """Mean of the values of each code, (number,); NaN without any."""
    total, of_code = np.bincount(codes, values, number), np.bincount(codes, minlength=number)
    return np.divide(total, of_code, out=np.full(number, np.nan), where=of_code > 0)
