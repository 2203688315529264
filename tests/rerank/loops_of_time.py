"""What the features of time are, as loops over a list of events."""

import math
from collections.abc import Callable
from itertools import pairwise
from statistics import fmean, pstdev

from tests.eventful import plain_events
from tests.rerank.loops_of_pairs import NAN, Values, summary

from shortlist.rerank.evidence import Evidence


class Log:
    """The visible events as tuples of user, item, time and weight, and the candidates."""

    def __init__(self, rows: Evidence) -> None:
        self.dataset = rows.visible
        self.events = plain_events(rows.visible)
        self.rows = list(zip(rows.users.tolist(), rows.items.tolist(), strict=True))
        self.now = max(time for *_, time, _ in self.events)
        self.span = self.now - min(time for *_, time, _ in self.events)
        self.timed = rows.visible.events.time is not None
        self.repeated = len(self.events) > len({event[:2] for event in self.events})

    def times(self, user: int | None, item: int | None = None) -> list[float]:
        """Of the events of a user, of an item, or of both, rising."""
        return sorted(t for u, i, t, _ in self.events if user in (None, u) and item in (None, i))

    def visits(self, user: int, item: int | None = None) -> list[float]:
        """The distinct of them."""
        return sorted(set(self.times(user, item)))

    def each(self, value: Callable[[int, int], float]) -> list[float]:
        return [value(user, item) for user, item in self.rows]

    def rank(self, user: int, item: int, worth: Callable[[list[float]], float]) -> float:
        """One more than the user's items of which `worth` is more."""
        if not self.times(user, item):
            return NAN
        others = [self.times(user, other) for other in range(len(self.dataset.items))]
        return 1 + sum(worth(times) > worth(self.times(user, item)) for times in others if times)


def item_trend(log: Log) -> Values:
    if not log.timed:
        return {}

    def ratio(item: int, part: float) -> float:
        times = log.times(None, item)
        recent = sum(log.now - time < part * log.span for time in times)
        return math.log((recent + 1) / ((len(times) - recent) * part / (1 - part) + 1))

    return {
        "events": log.each(lambda user, item: len(log.times(None, item))),
        "short": log.each(lambda user, item: ratio(item, 0.02)),
        "long": log.each(lambda user, item: ratio(item, 0.1)),
        "since_last": log.each(lambda user, item: since(log, None, item, -1)),
        "since_first": log.each(lambda user, item: since(log, None, item, 0)),
    }


def user_activity(log: Log) -> Values:
    if not log.timed:
        return {}

    def gap(user: int) -> float:
        times = log.times(user)
        return (times[-1] - times[0]) / (len(times) - 1) if len(times) > 1 else NAN

    return {
        "events": log.each(lambda user, item: len(log.times(user))),
        "since_last": log.each(lambda user, item: since(log, user, None, -1)),
        "since_first": log.each(lambda user, item: since(log, user, None, 0)),
        "gap": log.each(lambda user, item: gap(user)),
    }


def user_visits(log: Log) -> Values:
    if not log.timed:
        return {}

    def gaps(user: int) -> list[float]:
        visits = log.visits(user)
        return [later - one for one, later in pairwise(visits)]

    def gap(user: int, item: int) -> float:
        return fmean(gaps(user)) if gaps(user) else NAN

    return {
        "visits": log.each(lambda user, item: len(log.visits(user))),
        "gap": log.each(gap),
        "gaps_since": log.each(lambda user, item: since(log, user, None, -1) / gap(user, item)),
        "irregularity": log.each(
            lambda user, item: pstdev(gaps(user)) / gap(user, item) if len(gaps(user)) > 1 else NAN
        ),
    }


def since(log: Log, user: int | None, item: int | None, place: int) -> float:
    times = log.times(user, item)
    return log.now - times[place] if times else NAN


def co_visits(log: Log) -> Values:
    """Window of ten steps, 0.9 for each further one, half for what came before."""
    if not log.timed:
        return {}
    users, items = len(log.dataset.users), len(log.dataset.items)
    of_user = [sorted((e for e in log.events if e[0] == user), key=lambda e: (e[2], e[1])) for user in range(users)]
    counts = [[0.0] * items for _ in range(items)]
    for events in of_user:
        for one, (_, item, time, worth) in enumerate(events):
            for other, (_, target, then, weight) in enumerate(events):
                if item != target and abs(one - other) <= 10:
                    near = 1 if then == time else 0.9 ** (abs(one - other) - 1) * (1 if then > time else 0.5)
                    counts[item][target] += near * worth * weight

    def asked(user: int, item: int, last: int) -> list[float]:
        late = {e[1] for e in of_user[user] if sum(other[2] > e[2] for other in of_user[user]) < last} - {item}
        return [counts[one][item] / math.sqrt(max(len(log.times(None, item)), 1)) for one in late]

    found: Values = {}
    for last in (1, 3, 10):
        of_rows = summary([asked(user, item, last) for user, item in log.rows])
        found |= {f"last_{last}": of_rows["mean"], f"last_{last}_most": of_rows["max"]}
    return {**found, "second": of_rows["second"], "root": of_rows["root"]}


LOOPS = (item_trend, user_activity, user_visits, co_visits)
