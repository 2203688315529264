"""A model of RecTools on a log with its times and repeats; what its adapters share."""

import numpy as np
import pandas as pd
from rectools import Columns
from rectools.dataset import Dataset
from rectools.models.base import ModelBase

from peers.event_log import EventLog
from peers.exchange import IntArray, Task

FIRST_DAY = pd.Timestamp("1970-01-01")


class LogPeer:
    """A model, given all visible events.

    Args:
        model: not yet fitted.
        task: of which competition.
        distinct: give it each pair once, with the number of its events as weight and the time of the last.
        filters: whether it drops seen items itself, where they may not be recommended.
    """

    def __init__(self, model: ModelBase, task: Task, *, distinct: bool = True, filters: bool = False) -> None:
        log = EventLog.load(task)
        self.model, self.task, self.filters = model, task, filters and not log.keep
        times = np.zeros(len(log.users)) if log.times is None else log.times
        when = FIRST_DAY + pd.to_timedelta(times, unit="D")
        events = pd.DataFrame({Columns.User: log.users, Columns.Item: log.items, Columns.Weight: 1.0})
        events[Columns.Datetime] = when
        if distinct:
            last = {Columns.Weight: "sum", Columns.Datetime: "max"}
            events = events.groupby(Columns.UserItem, as_index=False).agg(last)
        self.dataset = Dataset.construct(events)

    def fit(self) -> None:
        """See `Peer.fit`."""
        self.model.fit(self.dataset)

    def predict(self) -> IntArray:
        """See `Peer.predict`."""
        length = self.task.n if self.filters else self.task.length
        known = np.intersect1d(self.task.users, self.dataset.user_id_map.external_ids)
        # A model of sequences has nothing to say of users whose only items it left out.
        found = self.model.recommend(
            known, self.dataset, k=length, filter_viewed=self.filters, on_unsupported_targets="ignore"
        )
        items = np.full((self.task.shape[0], length), -1, dtype=np.int32)
        items[found[Columns.User], found[Columns.Rank] - 1] = found[Columns.Item]
        return items[self.task.users]
