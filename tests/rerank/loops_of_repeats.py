"""What the features of repeats and of kinds of events are, as loops over a list of events."""

from collections.abc import Callable
from itertools import pairwise
from statistics import median

from tests.rerank.loops_of_pairs import NAN, Values
from tests.rerank.loops_of_time import Log


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

    def of_item(user: int, item: int) -> float:
        """Whoever took it, whatever was between."""
        taken = [log.visits(other, item) for other in range(len(log.dataset.users))]
        between = [later - one for times in taken for one, later in pairwise(times)]
        return median(between) if between else NAN

    return {
        "since_last": log.each(since(-1)),
        "since_first": log.each(since(0)),
        "rank": log.each(lambda user, item: log.rank(user, item, max)),
        "gap": log.each(gap),
        "gaps_since": log.each(gaps),
        "item_gap": log.each(of_item),
        "item_gaps_since": log.each(lambda user, item: since(-1)(user, item) / of_item(user, item)),
    }


def own_decay(log: Log) -> Values:
    if not log.repeated or not log.timed:
        return {}
    span = log.span or 1

    def left(times: list[float], part: float) -> float:
        return sum(2 ** -((log.now - time) / (span * part)) for time in times)

    def share(user: int, item: int, part: float) -> float:
        own = log.times(user, item)
        return left(own, part) / left(log.times(user), part) if own else 0

    found: Values = {}
    for name, part in {"short": 1 / 64, "middle": 1 / 16, "long": 1 / 4}.items():
        found[name] = [left(log.times(user, item), part) for user, item in log.rows]
        found[f"{name}-share"] = [share(user, item, part) for user, item in log.rows]
    return found


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


def own_visits(log: Log) -> Values:
    if not log.repeated or not log.timed:
        return {}

    def share(user: int, item: int) -> float:
        with_item = log.visits(user, item)
        return len(with_item) / sum(time >= with_item[0] for time in log.visits(user)) if with_item else NAN

    def lately(user: int, item: int) -> float:
        last = log.visits(user)[-5:]
        return len({*last} & {*log.visits(user, item)}) / len(last) if last else 0

    def later(user: int, item: int) -> float:
        with_item = log.visits(user, item)
        return sum(time > with_item[-1] for time in log.visits(user)) if with_item else NAN

    return {
        "visits": log.each(lambda user, item: len(log.visits(user, item))),
        "share": log.each(share),
        "lately": log.each(lately),
        "since": log.each(later),
    }


def kinds(log: Log) -> Values:
    data = log.dataset
    if data.events.kind is None:
        return {}
    codes = list(zip(data.events.user.tolist(), data.events.item.tolist(), data.events.kind.tolist(), strict=True))
    found: Values = {}
    for code, kind in enumerate(data.kinds):
        times: dict[tuple[int, int], float] = {}
        for (user, item, of), (*_, time, _) in zip(codes, log.events, strict=True):
            if of == code:
                times[user, item] = max(time, times.get((user, item), time))
        found[kind] = [codes.count((user, item, code)) for user, item in log.rows]
        if log.timed:
            found[f"{kind}-since"] = [log.now - times.get(pair, NAN) for pair in log.rows]
    return found


def kind_shares(log: Log) -> Values:
    data = log.dataset
    if data.events.kind is None:
        return {}
    of_kind = data.events.kind.tolist()

    def share(code: int, side: int, one: int) -> float:
        of_one = [kind for kind, event in zip(of_kind, log.events, strict=True) if event[side] == one]
        return of_one.count(code) / len(of_one) if of_one else NAN

    found: Values = {}
    for code, kind in enumerate(data.kinds):
        found[f"{kind}-of_item"] = [share(code, 1, item) for _, item in log.rows]
        found[f"{kind}-of_user"] = [share(code, 0, user) for user, _ in log.rows]
    return found


LOOPS = (kinds, kind_shares, own_counts, own_recency, own_decay, repeat_shares, own_visits)
