"""Ways to hide pairs and ask for them again. Each splitter states what its scores mean."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from itertools import pairwise
from typing import Annotated

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass as checked_dataclass

from shortlist.common.bilingual import Bilingual
from shortlist.common.parameters import Count, Seed
from shortlist.data.dataset import Dataset
from shortlist.errors import ConfigError, DataError
from shortlist.validation.folds import Fold, Positions
from shortlist.validation.holdout_rule import Hiding


@checked_dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
class Splitter(ABC):
    """K folds of a dataset. The same dataset, parameters and seed give the same folds.

    Args:
        folds: K.
        seed: of whatever is drawn at random.
    """

    folds: Count = 5
    seed: Seed = 0

    def split(self, dataset: Dataset) -> Iterator[Fold]:
        """Yield the K folds.

        Raises:
            ConfigError: the dataset lacks what the scheme needs.
            DataError: too few pairs or users for a fold to have something to train on and something to score.
        """
        for number, (train, test) in enumerate(self._masks(dataset), start=1):
            if not (train.any() and test.any()):
                raise DataError(
                    f"{type(self).__name__}: fold {number} of {self.folds} has {int(train.sum())} pairs to train on "
                    f"and {int(test.sum())} to score; use fewer folds or more data"
                )
            yield Fold(number, np.flatnonzero(train), np.flatnonzero(test))

    @abstractmethod
    def _masks(self, dataset: Dataset) -> Iterator[tuple[NDArray[np.bool_], NDArray[np.bool_]]]:
        """Each fold's train and test pairs, two (n,) masks."""

    @abstractmethod
    def describe(self) -> Bilingual:
        """One line for reports: what is hidden, and which date it rests on."""


@checked_dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
class Holdout(Hiding, Splitter):
    """Hides a part of each user's pairs, never all of them, as the organiser's split seems to; see `Hiding`.

    Without times, the folds rotate through a random order of each user's pairs, so that every pair is hidden equally
    often, up to one. With times, each fold hides the latest pairs of one K-th of the users: no later pair of the same
    user is ever visible.
    """

    def _masks(self, dataset: Dataset) -> Iterator[tuple[NDArray[np.bool_], NDArray[np.bool_]]]:
        rng = np.random.default_rng(self.seed)
        place, n = _places(dataset, dataset.order, rng)
        quota = self.quota(n)
        group = rng.permutation(len(dataset.users))[dataset.pairs[:, 0]] % self.folds
        for fold in range(self.folds):
            rotated = (place - fold * quota) % n < quota
            latest = (place < quota) & (group == fold)
            test = rotated if dataset.order is None else latest
            yield ~test, test

    def describe(self) -> Bilingual:
        """See `Splitter.describe`."""
        return Bilingual(
            f"{self.formula.en} of each user's n pairs hidden; no date used unless pairs have times",
            f"사용자마다 쌍 n개의 일부를 숨김 ({self.formula.ko}), 쌍에 시간이 없으면 날짜를 쓰지 않음",
        )


@checked_dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
class KFold(Splitter):
    """Hides every pair exactly once: each fold hides one K-th of each user's pairs, in a random order.

    Of a user with fewer than K pairs, some folds hide one pair and the others none; a user's only pair is never hidden.
    The folds' hidden pairs together are all there are: the most that a blend or a reranker can learn from.
    """

    folds: Annotated[int, Field(ge=2)] = 6

    def _masks(self, dataset: Dataset) -> Iterator[tuple[NDArray[np.bool_], NDArray[np.bool_]]]:
        rng = np.random.default_rng(self.seed)
        place, n = _places(dataset, None, rng)
        fold_of = (place + rng.integers(self.folds, size=len(dataset.users))[dataset.pairs[:, 0]]) % self.folds
        for fold in range(self.folds):
            test = (fold_of == fold) & (n > 1)
            yield ~test, test

    def describe(self) -> Bilingual:
        """See `Splitter.describe`."""
        return Bilingual(
            f"each fold hides 1/{self.folds} of each user's pairs, every pair once; no date used",
            f"fold마다 사용자별 쌍의 1/{self.folds}씩, 모든 쌍을 한 번씩 숨김, 날짜를 쓰지 않음",
        )


@checked_dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
class Cohort(Hiding, Splitter):
    """Asks whether a model holds for later users: time-aware for a log whose pairs have no times but whose users do.

    Users are ordered by `date` into K+1 windows of equal size (users without a date come first). Fold i trains on the
    users of the windows before i+1 and on the visible part of window i+1, and is scored on that window's hidden part;
    `Hiding` says how much of each user that is.

    Args:
        date: a datetime or number column of the user table.
    """

    date: str

    def _masks(self, dataset: Dataset) -> Iterator[tuple[NDArray[np.bool_], NDArray[np.bool_]]]:
        if self.date not in dataset.user_table:
            known = ", ".join(dataset.user_table.columns) or "none"
            raise ConfigError(f"scheme cohort: the user table has no column '{self.date}'; its columns: {known}")
        dates = dataset.user_table[self.date]
        if not (pd.api.types.is_datetime64_any_dtype(dates) or pd.api.types.is_numeric_dtype(dates)):
            raise ConfigError(f"scheme cohort: column '{self.date}' is neither a date nor a number; name one that is")
        rank = np.empty(len(dates), dtype=np.int64)
        rank[dates.reset_index(drop=True).sort_values(kind="stable", na_position="first").index] = np.arange(len(dates))
        window = (rank * (self.folds + 1) // len(dates))[dataset.pairs[:, 0]]
        place, n = _places(dataset, dataset.order, np.random.default_rng(self.seed))
        quota = self.quota(n)
        for fold in range(1, self.folds + 1):
            test = (window == fold) & (place < quota)
            yield (window <= fold) & ~test, test

    def describe(self) -> Bilingual:
        """See `Splitter.describe`."""
        return Bilingual(
            f"users in windows by {self.date}: fitted on earlier ones, scored on {self.formula.en} of the next's",
            f"사용자를 {self.date} 순 창으로 나눔: 앞선 창으로 배우고 다음 창의 숨긴 쌍으로 채점 ({self.formula.ko})",
        )


@checked_dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
class Timeline(Splitter):
    """Trains on the past, scores the next window: for logs with times.

    The pairs are cut at quantiles of their times into K+1 windows. Fold i trains on all pairs earlier than the start of
    window i+1 less the gap and is scored on window i+1.

    Args:
        gap: time left out before the scored window, in the unit of the dataset's order.
    """

    gap: Annotated[float, Field(ge=0)] = 0.0

    def _masks(self, dataset: Dataset) -> Iterator[tuple[NDArray[np.bool_], NDArray[np.bool_]]]:
        if dataset.order is None:
            raise ConfigError(
                "scheme timeline: the pairs have no times; use holdout, or cohort with a date of the users"
            )
        time = dataset.order
        edges = np.quantile(time, np.arange(1, self.folds + 2) / (self.folds + 1), method="higher")
        edges[-1] = np.inf
        for start, end in pairwise(edges):
            yield time < start - self.gap, (time >= start) & (time < end)

    def describe(self) -> Bilingual:
        """See `Splitter.describe`."""
        return Bilingual(
            f"expanding windows of the pairs' times with a gap of {self.gap:g}: fitted on the past, scored on the next",
            f"쌍의 시간 순서로 넓어지는 창, 간격 {self.gap:g}: 지난 창으로 배우고 다음 창에서 채점",
        )


class PairSplit:
    """A splitter behind scikit-learn's cross-validation protocol, for `cross_validate(..., cv=PairSplit(...))`.

    Args:
        splitter: any of this module's.
        dataset: whose pairs are divided; scikit-learn's X must be `dataset.pairs` or have as many rows.
    """

    def __init__(self, splitter: Splitter, dataset: Dataset) -> None:
        self.splitter = splitter
        self.dataset = dataset

    def split(self, X: object = None, y: object = None, groups: object = None) -> Iterator[tuple[Positions, Positions]]:
        """Yield train and test positions; the arguments are scikit-learn's, and only the length of X matters.

        Raises:
            ValueError: X has another number of rows than the dataset has pairs.
        """
        if X is not None and len(X) != len(self.dataset):  # type: ignore[arg-type]
            raise ValueError(f"X has {len(X)} rows, the dataset {len(self.dataset)} pairs; pass dataset.pairs")  # type: ignore[arg-type]
        for fold in self.splitter.split(self.dataset):
            yield fold.train, fold.test

    def get_n_splits(self, X: object = None, y: object = None, groups: object = None) -> int:
        """K."""
        return self.splitter.folds


def _places(
    dataset: Dataset, order: NDArray[np.float64] | None, rng: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """For each pair: its place among its user's pairs, latest by `order` first or else at random, and their number."""
    user = dataset.pairs[:, 0]
    key = rng.random(len(user)) if order is None else -order
    by_user = np.lexsort((key, user))
    counts = np.bincount(user, minlength=len(dataset.users))
    starts = np.cumsum(counts) - counts
    place = np.empty(len(user), dtype=np.int64)
    place[by_user] = np.arange(len(user)) - starts[user[by_user]]
    return place, counts[user]
