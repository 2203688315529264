"""How much an event of the past counts now: by its kind, and the less the older it is."""

import numpy as np

from shortlist.common.arrays import DoubleArray
from shortlist.data.dataset import Dataset


def aged(age: DoubleArray, half_life: float) -> DoubleArray:
    """What is left of a weight of 1 at some ages: a half after `half_life`, a third after two, never nothing.

    Memory fades by such a power law, not exponentially (Anderson and Schooler, "Reflections of the environment in
    memory", Psychological Science 1991). Nor does an unfit unit of time make all old events alike.
    """
    return 1 / (1 + age / half_life)


def event_weights(dataset: Dataset, half_life: float | None = None) -> DoubleArray:
    """Weight of each event, (n,) float64: its kind's, `aged` by the time from it to the newest event.

    Args:
        dataset: whose events are weighed; without times, none is older than another.
        half_life: in the unit of its times; None = age does not count.
    """
    events = dataset.events
    kinds = np.array(list(dataset.kinds.values()), dtype=np.float64)
    weights = np.ones(len(events)) if events.kind is None else kinds[events.kind]
    if events.time is None or half_life is None or not len(events):
        return weights
    return weights * aged(events.time.max() - events.time, half_life)
