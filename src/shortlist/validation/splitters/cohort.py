"""Later users scored by what earlier ones teach."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import ConfigDict
from pydantic.dataclasses import dataclass as checked_dataclass

from shortlist.common.bilingual import Bilingual
from shortlist.common.parameters import ColumnName
from shortlist.data.dataset import Dataset
from shortlist.errors import ConfigError
from shortlist.validation.holdout_rule import Hiding
from shortlist.validation.splitters.base import Mask, Splitter, Units


@checked_dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
class Cohort(Hiding, Splitter):
    """Asks whether a model holds for later users: time-aware for a log whose pairs have no times but whose users do.

    Users are ordered by `date` into K+1 windows of equal size (users without a date come first). Fold i trains on the
    users of the windows before i+1 and on the visible part of window i+1, and is scored on that window's hidden part;
    `Hiding` says how much of each user that is.

    Args:
        date: a datetime or number column of the user table.
    """

    date: ColumnName

    def _masks(self, dataset: Dataset, repeats: bool) -> Iterator[tuple[Mask, Mask]]:
        window_of = self._windows(dataset)
        units = Units.of(dataset, repeats)
        window = window_of[units.user]
        place, n = units.places(np.random.default_rng(self.seed), by_time=True)
        quota = self.quota(n)
        for fold in range(1, self.folds + 1):
            test = (window == fold) & (place < quota)
            yield units.events((window <= fold) & ~test), units.events(test)

    def _windows(self, dataset: Dataset) -> NDArray[np.int64]:
        """The window of each user, (U,)."""
        if self.date not in dataset.user_table:
            known = ", ".join(dataset.user_table.columns) or "none"
            raise ConfigError(f"scheme cohort: the user table has no column '{self.date}'; its columns: {known}")
        dates = dataset.user_table[self.date]
        if not (pd.api.types.is_datetime64_any_dtype(dates) or pd.api.types.is_numeric_dtype(dates)):
            raise ConfigError(f"scheme cohort: column '{self.date}' is neither a date nor a number; name one that is")
        rank = np.empty(len(dates), dtype=np.int64)
        rank[dates.reset_index(drop=True).sort_values(kind="stable", na_position="first").index] = np.arange(len(dates))
        return rank * (self.folds + 1) // len(dates)

    def describe(self) -> Bilingual:
        """See `Splitter.describe`."""
        return Bilingual(
            f"users in windows by {self.date}: fitted on earlier ones, scored on {self.formula.en} of the next's",
            f"사용자를 {self.date} 순 창으로 나눔: 앞선 창으로 배우고 다음 창의 숨긴 쌍으로 채점 ({self.formula.ko})",
        )


SPLITTER = Cohort
