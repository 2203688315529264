"""Small logs with repeats, times that tie, and kinds of events, for tests of whatever reads more than pairs."""

import numpy as np
import pandas as pd

from shortlist.data.dataset import Dataset

KINDS = {"click": 0.5, "order": 3.0}


def eventful(
    seed: int, users: int = 8, items: int = 7, events: int = 60, *, times: bool = True, kinds: bool = True
) -> Dataset:
    """Events drawn at random; user 2 and item 3 have none, and about half of the events share their user's time."""
    rng = np.random.default_rng(seed)
    some_users, some_items = (np.delete(np.arange(n), gap) for n, gap in ((users, 2), (items, 3)))
    ids = pd.DataFrame(
        {
            "user": [f"u{u}" for u in rng.choice(some_users, events)],
            "item": [f"i{i}" for i in rng.choice(some_items, events)],
        }
    )
    tables = (
        pd.DataFrame(index=[f"{prefix}{n}" for n in range(number)]) for prefix, number in (("u", users), ("i", items))
    )
    time = rng.integers(0, 12, events) / 2 if times else None
    kind = rng.choice(list(KINDS), events) if kinds else None
    return Dataset.from_events(ids, *tables, time=time, kind=kind, kinds=KINDS if kinds else None)


def plain_events(dataset: Dataset) -> list[tuple[int, int, float, float]]:
    """User, item, time and weight of each event, as Python's own numbers; without times, all at 0."""
    events, weights = dataset.events, list(dataset.kinds.values())
    times = [0.0] * len(events) if events.time is None else events.time.tolist()
    worth = [1.0] * len(events) if events.kind is None else [weights[kind] for kind in events.kind.tolist()]
    return list(zip(events.user.tolist(), events.item.tolist(), times, worth, strict=True))
