"""Every pair hidden once, at random."""

from collections.abc import Iterator
from typing import Annotated, ClassVar

import numpy as np
from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass as checked_dataclass

from shortlist.common.bilingual import Bilingual
from shortlist.common.parameters import Folds
from shortlist.data.dataset import Dataset
from shortlist.validation.splitters.base import Mask, Splitter, Units


@checked_dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
class KFold(Splitter):
    """Hides every pair exactly once: each fold hides one K-th of each user's pairs, in a random order.

    Of a user with fewer than K pairs, some folds hide one pair and the others none; a user's only pair is never hidden.
    The folds' hidden pairs together are all there are: the most that a blend or a reranker can learn from.
    """

    timeless: ClassVar[bool] = True

    folds: Annotated[Folds, Field(ge=2)] = 6

    def _masks(self, dataset: Dataset, repeats: bool) -> Iterator[tuple[Mask, Mask]]:
        rng, units = np.random.default_rng(self.seed), Units.of(dataset, repeats)
        place, n = units.places(rng, by_time=False)
        fold_of = (place + rng.integers(self.folds, size=len(dataset.users))[units.user]) % self.folds
        for fold in range(self.folds):
            test = units.events((fold_of == fold) & (n > 1))
            yield ~test, test

    def describe(self) -> Bilingual:
        """See `Splitter.describe`."""
        return Bilingual(
            f"each fold hides 1/{self.folds} of each user's pairs, every pair once; no date used",
            f"fold마다 사용자별 쌍의 1/{self.folds}씩, 모든 쌍을 한 번씩 숨김, 날짜를 쓰지 않음",
        )


SPLITTER = KFold
