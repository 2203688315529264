"""Which validation scheme imitates how the organiser has hidden the answers."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from shortlist.common.arrays import DoubleArray
from shortlist.common.bilingual import Bilingual
from shortlist.data.asked import FEW
from shortlist.data.dataset import Dataset
from shortlist.errors import ShortlistError
from shortlist.studies.init.question import Told, user_spans
from shortlist.validation.division import Fold
from shortlist.validation.question import Asking
from shortlist.validation.registry import make_splitter

SHORT = 0.05
"""Share of the log's span below which the median user's own span is that of a session."""

DROP = 0.35
"""Events in the last twentieth of the span, as a share of those usual before: fewer, and last events were taken."""

MANY_TIMES = 40
"""Distinct times below which the events of a twentieth of the span say nothing."""

LATE = 0.25
"""Share of the span, its last part; sessions asked for that all end there are those of the newest days."""

MANY_EVENTS = 50_000
"""With more, a second view would double a time that is long already."""

LARGE = 2_000_000
"""Events from which on one scored window and one to learn on have to do: each is a fit of every retriever."""

OWN_SHARE = 0.3
"""Of each user's events, what is hidden at most."""

LONGEST = 14
"""Days of a window at most: organisers mostly ask for a week or two."""

LEARNT_FROM, MOST_LEARNING = 0.6, 3
"""Share of the span that windows may cover, and how many of them are there to learn on only."""

FEWEST = 20
"""Answers that each fold must have at least, in a log that is not tiny."""


@dataclass(frozen=True)
class Scheme:
    """A table of `[validation.schemes]`.

    Attributes:
        kind: what it does.
        settings: its parameters.
        why: the reason, for people.
        other_name: of the table, where it is not the kind.
    """

    kind: str
    settings: dict[str, Any] = field(default_factory=dict)
    why: Bilingual = field(default_factory=lambda: Bilingual("", ""))
    other_name: str | None = None

    @property
    def name(self) -> str:
        """Of the table."""
        return self.other_name or self.kind

    @property
    def table(self) -> dict[str, Any]:
        """What stands in it."""
        return self.settings if self.other_name is None else {"kind": self.kind, **self.settings}


def told_schemes(dataset: Dataset, told: Told, dated: bool) -> tuple[int, tuple[Scheme, ...]]:
    """The number of folds, and the schemes that work on these files, the first one being that for choices.

    Args:
        dataset: the log.
        told: the question.
        dated: whether the log's times are dates.
    """
    if dataset.events.time is None:
        folds, wanted = 5, _without_times(told)
    else:
        folds, wanted = 3, [*_with_times(dataset, told, dated), *_without_times(told)]
        if "learning" in wanted[0].settings:  # the rerankers' windows come on top
            folds = 1 if len(dataset) > LARGE else 2
    least = min(folds, 2)
    for number in range(folds, least - 1, -1):
        working = [scheme for scheme in wanted if _works(scheme, number, dataset, told)]
        if working and (working[0] in wanted[:2] or number == least):
            return number, tuple(working[: 2 if len(dataset) <= MANY_EVENTS else 1])
    return 2, (Scheme("kfold", {}, Bilingual("the log is too small for any other", "로그가 작아 다른 방식은 안 됨")),)


def _without_times(told: Told) -> list[Scheme]:
    return [
        Scheme(
            "kfold",
            {},
            Bilingual(
                "the log has no times that could divide it: every event is hidden once, in random folds",
                "나눌 기준이 되는 시간이 없음: 모든 사건을 무작위 fold에서 한 번씩 숨김",
            ),
        ),
        Scheme(
            "holdout",
            {"hidden": 0.3},
            Bilingual("a share of each user's events hidden", "사용자마다 사건의 일부를 숨김"),
        ),
    ]


def _with_times(dataset: Dataset, told: Told, dated: bool) -> Iterator[Scheme]:
    """The schemes by time, best first."""
    first, last, count = user_spans(dataset)
    start, end = np.nanmin(first), np.nanmax(last)
    span = end - start
    asked = told.with_history[count[told.with_history] > 0]
    own = (last - first)[asked][count[asked] > 1]
    sessions = len(own) > 0 and span > 0 and float(np.median(own)) <= SHORT * span
    late = len(asked) > 0 and float(np.mean(last[asked] >= end - LATE * span)) >= 0.9
    most = 1 if len(dataset) > LARGE else MOST_LEARNING
    days = Scheme("last_days", _windows(span, dated, most), _DAYS)
    own_last = {"hidden": _hidden(told, count)}
    if sessions and late and len(asked) < 0.6 * np.sum(count > 0):
        period = _length(max(end - float(np.min(last[asked])), span / 50), dated)
        yield Scheme("last_events", {"hidden": 0.3, "period": period, "learning": min(2, most)}, _SESSIONS)
        yield Scheme("last_events", {"hidden": 1, "period": period}, _NEXT, "next_event")
    elif sessions:  # most users of the last days have no event before them: `last_days` would be another question
        yield Scheme("last_events", own_last, _SHORT)
        yield Scheme("last_events", {"hidden": 1}, _NEXT, "next_event")
    elif _last_taken(dataset, start, span):
        yield Scheme("last_events", own_last, _TAKEN)
        yield days
    else:
        yield days
        yield Scheme("last_events", own_last, _OWN)


def _last_taken(dataset: Dataset, start: float, span: float) -> bool:
    """Whether events get rare at the very end, as where the last events of each user were taken away."""
    if dataset.events.time is None or len(np.unique(dataset.events.time)) < MANY_TIMES:
        return False
    counts = np.histogram(dataset.events.time, bins=20, range=(start, start + span))[0]
    return bool(counts[-1] < DROP * np.median(counts[-6:-1]))


def _hidden(told: Told, count: DoubleArray) -> float:
    """How many of each user's events to hide: about as many answers as a list has items, unless that is too large."""
    usual = float(np.median(count[told.with_history])) if len(told.with_history) else 0.0
    return told.k if told.k_known and 1 < told.k <= OWN_SHARE * usual else OWN_SHARE


def _windows(span: float, dated: bool, most: int) -> dict[str, Any]:
    """Length and number of the windows of `last_days`: two are scored, more before them only taught with."""
    length = min(LONGEST, span / 8) if dated else span / 8
    learning = int(LEARNT_FROM * span / length) - 2
    return {"window": _length(length, dated), "learning": min(most, max(1, learning))}


def _length(time: float, dated: bool) -> str | float:
    """A length of time as competition.toml has it: 1 to 28 days, whole weeks where it is one, or in the log's unit."""
    if dated:
        whole = min(28, max(1, round(time)))
        return f"{7 * round(whole / 7) if whole >= 7 else whole}d"
    return float(max(1, round(time))) if time >= 1 else float(f"{time:.2g}")


def scored_users(scheme: Scheme, folds: int, dataset: Dataset, told: Told) -> int:
    """Number of users with answers in any fold."""
    tests = [fold.test for fold in _folds(scheme, folds, dataset, told)]
    return len(np.unique(dataset.events.user[np.concatenate(tests)]))


def _folds(scheme: Scheme, folds: int, dataset: Dataset, told: Told) -> Iterator[Fold]:
    splitter = make_splitter(scheme.kind, {"folds": folds, "seed": 0, **scheme.settings})
    return Asking(told.seen, newcomers=FEW * told.cold > len(told.asked)).folds(splitter, dataset)


def _works(scheme: Scheme, folds: int, dataset: Dataset, told: Told) -> bool:
    """Whether every fold has something to learn from and enough to score."""
    least = min(FEWEST, len(dataset) // 50)
    try:
        parts = _folds(scheme, folds, dataset, told)
        return all(len(fold.test) >= least and len(fold.train) >= len(fold.test) for fold in parts)
    except ShortlistError:
        return False


_DAYS = Bilingual(
    "the log goes on to its end for all: the organiser asks for the days after it, so the last days are hidden",
    "로그가 끝까지 이어지므로 그 뒤의 며칠을 묻는 대회: 마지막 며칠을 숨김",
)
_SESSIONS = Bilingual(
    "the users asked for are short sessions of the newest days: the last events of such sessions are hidden",
    "묻는 사용자는 가장 최근의 짧은 세션: 그런 세션의 마지막 사건을 숨김",
)
_SHORT = Bilingual(
    "users come for a short time, at different times: their own last events are hidden",
    "사용자마다 짧게, 서로 다른 때에 활동함: 각자의 마지막 사건을 숨김",
)
_TAKEN = Bilingual(
    "events get rare at the end, as where each user's last ones were taken: those are hidden",
    "끝에서 사건이 드물어짐 (각자의 마지막 사건이 빠진 모양): 각자의 마지막 사건을 숨김",
)
_OWN = Bilingual("the last events of each user hidden", "사용자마다 마지막 사건을 숨김")
_NEXT = Bilingual("the very last event of each", "각자의 맨 마지막 사건만 숨김")
