"""A part of each user's pairs, as the organiser hides them."""

from collections.abc import Iterator

import numpy as np
from pydantic import ConfigDict
from pydantic.dataclasses import dataclass as checked_dataclass

from shortlist.common.bilingual import Bilingual
from shortlist.data.dataset import Dataset
from shortlist.validation.holdout_rule import Hiding
from shortlist.validation.splitters.base import Mask, Splitter, Units


@checked_dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
class Holdout(Hiding, Splitter):
    """Hides a part of each user's pairs, never all of them, as the organiser's split seems to; see `Hiding`.

    Without times, the folds rotate through a random order of each user's pairs, so that every pair is hidden equally
    often, up to one. With times, each fold hides the latest pairs of one K-th of the users: no later pair of the same
    user is ever visible.
    """

    def _masks(self, dataset: Dataset, repeats: bool) -> Iterator[tuple[Mask, Mask]]:
        rng, units = np.random.default_rng(self.seed), Units.of(dataset, repeats)
        place, n = units.places(rng, by_time=True)
        quota = self.quota(n)
        group = rng.permutation(len(dataset.users))[units.user] % self.folds
        for fold in range(self.folds):
            rotated = (place - fold * quota) % n < quota
            latest = (place < quota) & (group == fold)
            test = units.events(rotated if units.time is None else latest)
            yield ~test, test

    def describe(self) -> Bilingual:
        """See `Splitter.describe`."""
        return Bilingual(
            f"{self.formula.en} of each user's n pairs hidden; no date used unless pairs have times",
            f"사용자마다 쌍 n개의 일부를 숨김 ({self.formula.ko}), 쌍에 시간이 없으면 날짜를 쓰지 않음",
        )


SPLITTER = Holdout
