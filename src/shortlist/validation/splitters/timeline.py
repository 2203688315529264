"""The past teaches, the next window is scored."""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from pydantic import ConfigDict
from pydantic.dataclasses import dataclass as checked_dataclass

from shortlist.common.bilingual import Bilingual
from shortlist.common.parameters import Period, SomePeriod
from shortlist.data.dataset import Dataset
from shortlist.errors import DataError
from shortlist.validation.splitters.base import Mask
from shortlist.validation.splitters.windows import InTime, rolled, times_of


@checked_dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
class Timeline(InTime):
    """Trains on the past, scores the next window: for logs with times.

    The events are cut at quantiles of their times into K+1 windows. Fold i trains on all events earlier than the start
    of window i+1 less the gap and is scored on window i+1. With `window`, the K scored windows have that length and
    roll back from the end, as those of `last_days`.

    Args:
        gap: time left out before the scored window, such as "1d", or in the unit of the log's times.
        window: length of each scored window, likewise; None = windows of about equally many events.
    """

    gap: Period = 0.0
    window: SomePeriod | None = None

    def _masks(self, dataset: Dataset, repeats: bool) -> Iterator[tuple[Mask, Mask]]:
        time, folds = times_of(dataset, self.kind), self.earlier + self.folds
        if self.window is not None:
            yield from rolled(time, self.kind, folds, self.window, self.gap)
            return
        if (distinct := len(np.unique(time[~np.isnan(time)]))) <= folds:
            raise DataError(
                f"scheme {self.kind}: there are {distinct} distinct times, {folds} folds need {folds + 1} at "
                f"least; use fewer folds, or holdout or kfold"
            )
        edges = np.nanquantile(time, np.arange(1, folds + 2) / (folds + 1), method="higher")
        edges[-1] = np.inf
        for start, end in pairwise(edges):
            yield time < start - self.gap, (time >= start) & (time < end)

    def describe(self) -> Bilingual:
        """See `Splitter.describe`."""
        if self.window is not None:
            return Bilingual(
                f"windows of {self.window:g} rolling back from the end, with a gap of {self.gap:g}: fitted on the "
                f"past, scored on the window",
                f"끝에서 거꾸로 놓은 길이 {self.window:g}의 창, 간격 {self.gap:g}: 지난 사건으로 배우고 그 창에서 채점",
            )
        return Bilingual(
            f"expanding windows of the pairs' times with a gap of {self.gap:g}: fitted on the past, scored on the next",
            f"쌍의 시간 순서로 넓어지는 창, 간격 {self.gap:g}: 지난 창으로 배우고 다음 창에서 채점",
        )


SPLITTER = Timeline
