"""The last days scored by what came before them."""

from collections.abc import Iterator

from pydantic import ConfigDict
from pydantic.dataclasses import dataclass as checked_dataclass

from shortlist.common.bilingual import Bilingual
from shortlist.common.parameters import Period, SomePeriod
from shortlist.data.dataset import Dataset
from shortlist.validation.splitters.base import Mask
from shortlist.validation.splitters.windows import InTime, rolled, times_of


@checked_dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
class LastDays(InTime):
    """Scores the last days of a log, as an organiser does who keeps what happened after a date.

    K windows roll back from the last event; the newest is that of fold K. A fold trains on all events before its window
    less the gap, and is scored on those within it. Users whose first event is in the window have no visible one.

    Args:
        window: length of a window, such as "14d", or in the unit of the log's times.
        gap: time left out before the window, likewise.
    """

    window: SomePeriod
    gap: Period = 0.0

    def _masks(self, dataset: Dataset, repeats: bool) -> Iterator[tuple[Mask, Mask]]:
        yield from rolled(times_of(dataset, self.kind), self.kind, self.earlier + self.folds, self.window, self.gap)

    def describe(self) -> Bilingual:
        """See `Splitter.describe`."""
        windows = "window" if self.folds == 1 else f"{self.folds} windows"
        return Bilingual(
            f"the last {windows} of {self.window:g} (days, where times are dates), with a gap of {self.gap:g}: fitted "
            f"on what came before, scored on the window",
            f"마지막 창 {self.folds}개 (길이 {self.window:g}, 시간이 날짜이면 일 단위), 간격 {self.gap:g}: "
            f"앞선 사건으로 배우고 창에서 채점",
        )


SPLITTER = LastDays
