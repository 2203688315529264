"""How far a scheme's folds are from the question itself: what is known of those asked there, and here."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from shortlist.common.arrays import IntArray
from shortlist.common.bilingual import Bilingual, same
from shortlist.data.dataset import Dataset
from shortlist.validation.division import Fold
from shortlist.validation.question import Asking

TIMES_FEWER = 2.0
"""Far: those asked have less than half the events of a submission's, or more than double."""

COLD_APART = 0.1
"""Far: the shares of users without history differ by more."""


@dataclass(frozen=True)
class Situation:
    """What is known of the users who are asked.

    Attributes:
        events: visible ones of each, on average.
        cold: share of them that has none.
        age: how much older the newest event of each is than the newest of all, the median over those who have some, in
            days or the unit of the log's times; None without times.
    """

    events: float
    cold: float
    age: float | None = None

    @classmethod
    def of(cls, visible: Dataset, users: IntArray) -> "Situation":
        """That of some users, (m,) codes, with the visible events only."""
        counts = np.bincount(visible.events.user, minlength=len(visible.users))[users]
        return cls(float(counts.mean()), float((counts == 0).mean()), _age(visible, users[counts > 0]))


@dataclass(frozen=True)
class Distance:
    """A scheme's folds beside the submission.

    Attributes:
        folds: the mean of the folds.
        asked: the submission.
        seen: share of the answers, (user, item) each, that the user has already; None where seen items are dropped.
    """

    folds: Situation
    asked: Situation
    seen: float | None = None

    @property
    def events_far(self) -> bool:
        """Whether the numbers of visible events are further apart than `TIMES_FEWER`."""
        low, high = sorted((self.folds.events, self.asked.events))
        return high > TIMES_FEWER * low

    @property
    def cold_far(self) -> bool:
        """Whether the shares of users without history are further apart than `COLD_APART`."""
        return abs(self.folds.cold - self.asked.cold) > COLD_APART

    @property
    def line(self) -> Bilingual:
        """One line, for people."""
        mine, theirs = self.folds, self.asked
        ages = "" if mine.age is None or theirs.age is None else f"{mine.age:.3g} ({theirs.age:.3g})"
        age = Bilingual(f", the newest {ages} old", f", 최근 사건의 나이 {ages}") if ages else same("")
        seen = same("")
        if self.seen is not None:
            seen = Bilingual(f"; {self.seen:.0%} of the answers seen already", f", 이미 본 정답 {self.seen:.0%}")
        return Bilingual(
            f"users scored (users of the submission): {mine.events:.1f} ({theirs.events:.1f}) events each, "
            f"{mine.cold:.0%} ({theirs.cold:.0%}) without any{age.en}{seen.en}",
            f"채점한 사용자 (제출 대상 사용자): 사건 {mine.events:.1f} ({theirs.events:.1f})개씩, "
            f"사건 없음 {mine.cold:.0%} ({theirs.cold:.0%}){age.ko}{seen.ko}",
        )

    @property
    def warning(self) -> Bilingual | None:
        """What is far, and by which rule; None where nothing is."""
        mine, theirs = self.folds, self.asked
        parts = []
        if self.events_far:
            parts.append(Bilingual(
                f"users scored have {mine.events:.1f} visible events each, those of the submission {theirs.events:.1f} "
                f"(far: less than half, or more than double)",
                f"채점한 사용자의 보이는 사건은 {mine.events:.1f}개씩, 제출 대상 사용자는 {theirs.events:.1f}개씩입니다"
                f" (기준: 절반 미만 또는 두 배 초과)",
            ))  # fmt: skip
        if self.cold_far:
            parts.append(Bilingual(
                f"{mine.cold:.0%} of the users scored have no history, of the submission's {theirs.cold:.0%} "
                f"(far: more than {COLD_APART:.0%} apart)",
                f"채점한 사용자의 {mine.cold:.0%}, 제출 대상 사용자의 {theirs.cold:.0%}에게 이력이 없습니다"
                f" (기준: 차이 {COLD_APART:.0%} 초과)",
            ))  # fmt: skip
        if not parts:
            return None
        return Bilingual("; ".join(part.en for part in parts), ", ".join(part.ko for part in parts))


def distance(dataset: Dataset, folds: Sequence[Fold], asked: IntArray, asking: Asking) -> Distance:
    """How the folds of a scheme, at least one, differ from the question.

    Args:
        dataset: with all events.
        folds: of it, with their answers.
        asked: (m,) codes of the users of the submission.
        asking: what is asked.
    """
    situations = [Situation.of(dataset.take(fold.train), np.unique(dataset.events.user[fold.test])) for fold in folds]
    ages = [each.age for each in situations if each.age is not None]
    mean = Situation(
        float(np.mean([each.events for each in situations])),
        float(np.mean([each.cold for each in situations])),
        float(np.mean(ages)) if ages else None,
    )
    seen = float(np.mean([_seen(dataset, fold) for fold in folds])) if asking.repeats else None
    return Distance(mean, Situation.of(dataset, asked), seen)


def _age(visible: Dataset, users: IntArray) -> float | None:
    events = visible.events
    if events.time is None or not len(users):
        return None
    known = ~np.isnan(events.time)
    newest = np.full(len(visible.users), -np.inf)
    np.maximum.at(newest, events.user[known], events.time[known])
    ages = newest.max() - newest[users]
    return float(np.median(ages[np.isfinite(ages)])) if np.isfinite(ages).any() else None


def _seen(dataset: Dataset, fold: Fold) -> float:
    """Share of the fold's answers, each pair once, that are visible."""
    visible = np.zeros(len(dataset.pairs), dtype=bool)
    visible[dataset.pair_of[fold.train]] = True
    return float(visible[np.unique(dataset.pair_of[fold.test])].mean())
