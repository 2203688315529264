"""What the features of time and repeats are, as loops over a list of events."""

import math
from collections.abc import Callable

from tests.eventful import plain_events

from shortlist.rerank.evidence import Evidence

NAN = math.nan
Values = dict[str, list[float]]


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

    def each(self, value: Callable[[int, int], float]) -> list[float]:
        return [value(user, item) for user, item in self.rows]

    def rank(self, user: int, item: int, worth: Callable[[list[float]], float]) -> float:
        """One more than the user's items of which `worth` is more."""
        if not self.times(user, item):
            return NAN
        others = [self.times(user, other) for other in range(len(self.dataset.items))]
        return 1 + sum(worth(times) > worth(self.times(user, item)) for times in others if times)


def own_counts(log: Log) -> Values:
    if not log.repeated:
        return {}

    def share(user: int, item: int) -> float:
        own = log.times(user, item)
        return len(own) / len(log.times(user)) if own else NAN

    strength = log.each(lambda user, item: sum(w for u, i, _, w in log.events if (u, i) == (user, item)))
    return {
        "events": log.each(lambda user, item: len(log.times(user, item))),
        **({"strength": strength} if log.dataset.kinds else {}),
        "share": log.each(share),
        "rank": log.each(lambda user, item: log.rank(user, item, len)),
    }


def own_recency(log: Log) -> Values:
    if not log.repeated or not log.timed:
        return {}

    def gap(user: int, item: int) -> float:
        times = log.times(user, item)
        return (times[-1] - times[0]) / (len(times) - 1) if len(times) > 1 else NAN

    def since(place: int) -> Callable[[int, int], float]:
        return lambda user, item: log.now - log.times(user, item)[place] if log.times(user, item) else NAN

    def gaps(user: int, item: int) -> float:
        usual = gap(user, item)
        return since(-1)(user, item) / usual if usual > 0 else NAN

    return {
        "since_last": log.each(since(-1)),
        "since_first": log.each(since(0)),
        "rank": log.each(lambda user, item: log.rank(user, item, max)),
        "gap": log.each(gap),
        "gaps_since": log.each(gaps),
    }


def repeat_shares(log: Log) -> Values:
    if not log.repeated:
        return {}

    def share(side: int, code: int) -> float:
        events = [event[:2] for event in log.events if event[side] == code]
        return 1 - len(set(events)) / len(events) if events else NAN

    return {
        "user": log.each(lambda user, item: share(0, user)),
        "item": log.each(lambda user, item: share(1, item)),
    }


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
        late = {e[1] for e in of_user[user] if sum(other[2] > e[2] for other in of_user[user]) < last}
        return [counts[one][item] / math.sqrt(max(len(log.times(None, item)), 1)) for one in late]

    def mean(values: list[float]) -> float:
        return sum(values) / len(values) if values else NAN

    found = {f"last_{n}": [mean(asked(user, item, n)) for user, item in log.rows] for n in (1, 3, 10)}
    return {**found, "most": log.each(lambda user, item: max(asked(user, item, 10), default=NAN))}


def kinds(log: Log) -> Values:
    data = log.dataset
    if data.events.kind is None:
        return {}
    codes = list(zip(data.events.user.tolist(), data.events.item.tolist(), data.events.kind.tolist(), strict=True))
    return {kind: [codes.count((user, item, code)) for user, item in log.rows] for code, kind in enumerate(data.kinds)}


LOOPS = (own_counts, own_recency, repeat_shares, item_trend, user_activity, co_visits, kinds)
