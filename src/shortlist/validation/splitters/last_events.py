"""The last events of each user or session."""

from collections.abc import Iterator

import numpy as np
from pydantic import ConfigDict
from pydantic.dataclasses import dataclass as checked_dataclass

from shortlist.common.bilingual import Bilingual
from shortlist.common.parameters import SomePeriod
from shortlist.data.dataset import Dataset
from shortlist.validation.holdout_rule import Hiding, ShareOrNumber
from shortlist.validation.splitters.base import Mask, Units
from shortlist.validation.splitters.windows import InTime, ends, times_of


@checked_dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
class LastEvents(Hiding, InTime):
    """Hides the last events of each user or session, never all: what comes next is asked; see `Hiding`.

    With a period, only those are scored whose last event is within the last period; that of fold K ends with the log,
    each fold before it one period earlier, and events after its end are left out. Without one, each fold scores a K-th
    of the users, drawn at random. What others did at the same time stays visible, as it does for an organiser who cuts
    each session by itself. Where items do not come again, the last pairs are hidden.

    Args:
        hidden: the number of events, or the share of them if below 1.
        period: its length, such as "7d", or in the unit of the log's times.
    """

    hidden: ShareOrNumber = 1
    period: SomePeriod | None = None

    @property
    def earlier(self) -> int:
        """See `Splitter.earlier`: without a period, folds are users, in no order of time."""
        return 0 if self.period is None else self.learning

    def _masks(self, dataset: Dataset, repeats: bool) -> Iterator[tuple[Mask, Mask]]:
        time, rng = times_of(dataset, self.kind), np.random.default_rng(self.seed)
        if self.period is None:
            group = rng.permutation(len(dataset.users)) % self.folds
            for fold in range(self.folds):
                yield self._hide(dataset, repeats, rng, np.ones(len(dataset), dtype=bool), group == fold)
            return
        for end in ends(time, self.kind, self.earlier + self.folds, self.period):
            known = time <= end
            recent = np.zeros(len(dataset.users), dtype=bool)
            recent[dataset.events.user[known & (time > end - self.period)]] = True
            yield self._hide(dataset, repeats, rng, known, recent)

    def _hide(
        self, dataset: Dataset, repeats: bool, rng: np.random.Generator, known: Mask, scored: Mask
    ) -> tuple[Mask, Mask]:
        """The visible and the hidden of the events that are `known`, where these users, (U,) bool, are scored."""
        rows = np.flatnonzero(known & scored[dataset.events.user])
        units = Units.of(dataset.take(rows), repeats)
        place, n = units.places(rng, by_time=True)
        test = np.zeros(len(dataset), dtype=bool)
        test[rows] = units.events(place < self.quota(n))
        return known & ~test, test

    def describe(self) -> Bilingual:
        """See `Splitter.describe`."""
        if self.period is None:
            return Bilingual(
                f"the last events of 1/{self.folds} of the users hidden ({self.formula.en} of n), those of others "
                f"visible",
                f"사용자 1/{self.folds}의 마지막 사건을 숨김 (n개 중 {self.formula.ko}), 다른 사용자의 사건은 보임",
            )
        return Bilingual(
            f"the last events ({self.formula.en} of n) of users active in a period of {self.period:g}, {self.folds} "
            f"periods back from the end",
            f"길이 {self.period:g}의 기간에 활동한 사용자의 마지막 사건 (n개 중 {self.formula.ko})을 숨김, 끝에서 "
            f"거꾸로 기간 {self.folds}개",
        )


SPLITTER = LastEvents
