"""RecTools' EASE and two-stage model on whole competitions."""

from rectools.model_selection import LastNSplitter, RandomSplitter, TimeRangeSplitter
from rectools.model_selection.splitter import Splitter
from rectools.models import EASEModel
from rectools.models.base import ModelBase

from peers.event_log import EventLog
from peers.exchange import Peer, Task
from peers.rectools_log import LogPeer
from peers.rectools_models import two_stage

PACKAGES = ("rectools", "pm-implicit", "catboost", "numpy")

DENSE = 25_000
"""Items of which EASE's matrices still fit: 4 of 2.5 GB."""

QUICK = 10_000
"""Items up to which EASE is also among the models of the two-stage one, which fits each of them twice."""


def ease(task: Task) -> ModelBase:
    """EASE with the library's regularization.

    Raises:
        ValueError: too many items for its dense matrices.
    """
    if (items := task.shape[1]) > DENSE:
        raise ValueError(f"its matrices of {items:,} x {items:,} items do not fit into memory")
    return EASEModel(recommend_n_threads=task.threads)


def splitter(task: Task) -> Splitter:
    """What the reranker learns on: the last two weeks, each user's last events, or without times a random part."""
    log = EventLog.load(task)
    if log.times is None:
        return RandomSplitter(test_fold_frac=0.3, n_splits=1, filter_already_seen=not log.keep, random_state=task.seed)
    if log.keep:
        return TimeRangeSplitter("14D", n_splits=1, filter_already_seen=False)
    return LastNSplitter(10, n_splits=1)


def make(name: str, task: Task) -> Peer:
    """See `Adapter.make`."""
    if name == "ease":
        return LogPeer(ease(task), task)
    model = two_stage(task, splitter(task), dense=task.shape[1] <= QUICK)
    return LogPeer(model, task, filters=True)
