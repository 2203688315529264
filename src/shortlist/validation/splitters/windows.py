"""Windows of time that roll back from the end of a log; shared by the splitters that divide it by times."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated, Self

import numpy as np
from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass as checked_dataclass

from shortlist.common.arrays import DoubleArray
from shortlist.data.dataset import Dataset
from shortlist.errors import ConfigError, DataError
from shortlist.validation.splitters.base import Mask, Splitter


@checked_dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
class InTime(Splitter):
    """A splitter whose folds are in the order of time.

    Args:
        learning: folds before those scored, on which blend and rerankers learn: what is scored on a fold has learnt on
            earlier ones only, and the submission's models on all. 0: on the other scored ones, later ones too.
    """

    learning: Annotated[int, Field(strict=True, ge=0, le=50)] = 2

    @property
    def earlier(self) -> int:
        """See `Splitter.earlier`."""
        return self.learning

    @property
    def scored(self) -> Self:
        """See `Splitter.scored`."""
        return replace(self, learning=0)


def times_of(dataset: Dataset, kind: str) -> DoubleArray:
    """(n,) the times of the events.

    Raises:
        ConfigError: there are none.
    """
    time = dataset.events.time
    if time is None or np.isnan(time).all():
        raise ConfigError(
            f"scheme {kind}: the log has no times; name its column in [source] time, or use holdout or kfold, or "
            f"cohort with a date of the users"
        )
    return time


def ends(time: DoubleArray, kind: str, folds: int, window: float, before: float = 0.0) -> DoubleArray:
    """(K,) the end of each fold's window, the newest last.

    Args:
        time: (n,) of the events.
        kind: the scheme's.
        folds: K.
        window: length of each.
        before: how long before the end of the first window the log must have begun.

    Raises:
        DataError: the log is too short for that.
    """
    first, last = np.nanmin(time), np.nanmax(time)
    if last - first < (needed := (folds - 1) * window + before):
        distinct = len(np.unique(time[~np.isnan(time)]))
        raise DataError(
            f"scheme {kind}: there are {distinct:,} distinct times, the first and the last {last - first:g} apart; "
            f"{folds} windows of {window:g} need {needed:g}; use fewer folds, a smaller learning or a shorter window"
        )
    fold_ends: DoubleArray = last - window * np.arange(folds - 1, -1, -1)
    return fold_ends


def rolled(time: DoubleArray, kind: str, folds: int, window: float, gap: float) -> Iterator[tuple[Mask, Mask]]:
    """Each window's past, less the gap before it, and the window itself: without its start, with its end."""
    for end in ends(time, kind, folds, window, window + gap):
        start = end - window
        yield time <= start - gap, (time > start) & (time <= end)
