"""Features of what is taken again and again: how often, how lately, and after which time."""

import numpy as np
from numpy.typing import NDArray

from shortlist.common.arrays import DoubleArray, FloatArray, IntArray
from shortlist.data.dataset import Dataset
from shortlist.rerank.evidence import Evidence
from shortlist.rerank.feature import Columns, feature
from shortlist.rerank.visible import Visible
from shortlist.rerank.visits import Visits

REPEATS = 0.01
"""Share of events from which on pairs are said to repeat; a few rows that are duplicated are no habit."""

LATELY = 5
"""The user's last visits: whether they have the item is said of them apart."""

HALF_LIVES = {"short": 1 / 64, "middle": 1 / 16, "long": 1 / 4}
"""Parts of the log's span after which an event counts half, so that they fit any log and unit."""


@feature(
    "what somebody took often is taken again: how often the user had the item",
    "자주 고른 것은 다시 고릅니다: 사용자가 이 아이템을 고른 횟수",
)
def own_counts(rows: Evidence) -> Columns:
    """Where pairs repeat: the pair's events, their strength by kind, their share of the user's, and their rank."""
    if not _repeats(rows.visible):
        return
    own = rows.own
    users = own.pairs[:, 0]
    yield "events", rows.of_own(own.counts, 0)
    if own.kinds:
        yield "strength", rows.of_own(own.strengths, 0)
    yield "share", rows.of_own(own.counts / np.bincount(own.events.user, minlength=len(own.users))[users])
    yield "rank", rows.of_own(_ranks(users, own.counts.astype(np.float64)))


@feature(
    "what is used up comes again after its usual time: how long ago the user had the item",
    "다 쓴 것은 늘 걸리던 시간 뒤에 다시 옵니다: 사용자가 이 아이템을 고른 지 얼마나 됐는지",
)
def own_recency(rows: Evidence) -> Columns:
    """Where pairs repeat, with times: since the last and the first event, rank by the last, usual gaps, gaps since.

    The usual gap is the pair's mean, and the item's median over all users; both beside the time since the last event.
    """
    own = rows.own
    if not _repeats(rows.visible) or own.first is None or own.last is None:
        return
    gap = np.where(own.counts > 1, (own.last - own.first) / np.maximum(own.counts - 1, 1), np.nan)
    since = rows.now - own.last
    yield "since_last", rows.of_own(since)
    yield "since_first", rows.of_own(rows.now - own.first)
    yield "rank", rows.of_own(_ranks(own.pairs[:, 0], own.last))
    yield "gap", rows.of_own(gap)
    yield "gaps_since", rows.of_own(_ratio(since, gap))
    of_item = rows.shared.once(_item_gaps)
    yield "item_gap", of_item[rows.items].astype(np.float32)
    yield "item_gaps_since", rows.of_own(_ratio(since, of_item[own.pairs[:, 1]]))


@feature(
    "habits change: how often the user had the item of late",
    "습관은 바뀝니다: 사용자가 최근에 이 아이템을 고른 횟수",
)
def own_decay(rows: Evidence) -> Columns:
    """Where pairs repeat, with times: events of the pair, the less the older, and their share of all the user's."""
    own = rows.own
    if not _repeats(rows.visible) or own.events.time is None:
        return
    age, span = rows.now - own.events.time, rows.shared.once(_span)
    for name, part in HALF_LIVES.items():
        weights = 0.5 ** (age / (part * span))
        of_pair = np.bincount(own.pair_of, weights=weights, minlength=len(own.pairs))
        of_user = np.bincount(own.events.user, weights=weights, minlength=len(own.users))
        yield name, rows.of_own(of_pair, 0)
        yield f"{name}-share", rows.of_own(of_pair / of_user[own.pairs[:, 0]], 0)


@feature(
    "some take the same again and some items are taken again; others once and never more",
    "같은 것을 다시 고르는 사용자와 다시 골라지는 아이템이 있고, 한 번뿐인 경우도 있습니다",
)
def repeat_shares(rows: Evidence) -> Columns:
    """Where pairs repeat: the share of the user's and of the item's events that are not the first of their pair."""
    if not _repeats(rows.visible):
        return
    own = rows.own
    yield "user", _repeated(own.events.user, own.pairs[:, 0], len(own.users))[rows.users]
    yield "item", rows.shared.once(_item_repeats)[rows.items]


@feature(
    "what is in every basket will be in the next: in how many of the user's visits the item was taken",
    "장바구니마다 있던 것은 다음에도 있습니다: 사용자의 방문 중 이 아이템을 고른 방문의 비율",
)
def own_visits(rows: Evidence) -> Columns:
    """Where pairs repeat, with times: visits with the item, their share since its first and lately, those since.

    A visit is all that a user took at one time.
    """
    own = rows.own
    if not _repeats(rows.visible) or own.events.time is None:
        return
    visits = Visits.of(own)
    last = visits.number[own.pairs[:, 0]] - 1  # of the pair's user
    ends = np.cumsum(own.counts)
    taken = np.bincount(own.pair_of, weights=visits.new, minlength=len(own.pairs))
    late = np.bincount(own.pair_of, weights=visits.new & (visits.ago < LATELY), minlength=len(own.pairs))
    yield "visits", rows.of_own(taken, 0)
    yield "share", rows.of_own(taken / (visits.ago[ends - own.counts] + 1))
    yield "lately", rows.of_own(late / np.minimum(last + 1, LATELY), 0)
    yield "since", rows.of_own(visits.ago[ends - 1])


def _repeats(data: Dataset) -> bool:
    return len(data) - len(data.pairs) > REPEATS * len(data)


def _span(visible: Visible) -> float:
    """Time from the first visible event to the newest; 1 where all have the same."""
    times = visible.dataset.events.time
    assert times is not None
    return float(np.ptp(times)) or 1.0


def _item_repeats(visible: Visible) -> FloatArray:
    data = visible.dataset
    return _repeated(data.events.item, data.pairs[:, 1], len(data.items))


def _repeated(events: IntArray, pairs: IntArray, number: int) -> FloatArray:
    """Share of each user's or item's events that are not the first of their pair, (number,); NaN without any."""
    total = np.bincount(events, minlength=number).astype(np.float64)
    again = total - np.bincount(pairs, minlength=number)
    return np.divide(again, total, out=np.full(number, np.nan), where=total > 0).astype(np.float32)


def _item_gaps(visible: Visible) -> DoubleArray:
    """Median time between two events of a pair that follow each other, (I,), whoever took it; NaN without any."""
    data = visible.dataset
    assert data.events.time is not None
    gaps, item = np.diff(data.events.time), data.events.item[1:]
    follows = (np.diff(data.pair_of) == 0) & (gaps > 0)
    gaps, item = gaps[follows], item[follows]
    order = np.lexsort((gaps, item))
    gaps, number = gaps[order], np.bincount(item, minlength=len(data.items))
    first, medians = np.cumsum(number) - number, np.full(len(number), np.nan)
    some = number > 0
    lower, upper = (first + (number - 1) // 2)[some], (first + number // 2)[some]
    medians[some] = (gaps[lower] + gaps[upper]) / 2
    return medians


def _ratio(since: DoubleArray, gap: DoubleArray) -> DoubleArray:
    return np.divide(since, gap, out=np.full(len(gap), np.nan), where=gap > 0)


def _ranks(users: IntArray, values: DoubleArray) -> NDArray[np.int64]:
    """(p,) from 1 for the largest of each user's values; equals have the same, `users` rise."""
    order = np.lexsort((-values, users))
    new = np.ones(len(order), dtype=bool)
    new[1:] = (users[order][1:] != users[order][:-1]) | (values[order][1:] != values[order][:-1])
    best = np.flatnonzero(new)[np.cumsum(new) - 1] - np.searchsorted(users, users[order])
    ranks = np.empty(len(order), dtype=np.int64)
    ranks[order] = best + 1
    return ranks
