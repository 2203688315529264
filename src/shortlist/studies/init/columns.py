"""What the other columns of a log are: times, kinds of events, ratings, amounts."""

from dataclasses import dataclass

import numpy as np

from shortlist.studies.init.log import LogFiles
from shortlist.studies.init.names import AMOUNTS, ITEM, KIND, RATING, TIME, USER, event_weight, says
from shortlist.studies.init.profile import Column, Profile

MOST_KINDS = 12
"""More distinct values are no kinds of events."""

MOST_RATINGS = 25
"""More distinct values are no ratings."""


@dataclass(frozen=True)
class LogColumns:
    """Names of the log's columns beside those of users and items.

    Attributes:
        time, kind, rating, amount: of each, if any.
        dated: whether the times are dates, and not days or steps that are only counted.
        ignored: kinds of events that speak against an item or for nothing.
        extra: columns that nothing is made of.
    """

    time: str | None
    kind: str | None
    rating: str | None
    amount: str | None
    dated: bool
    ignored: tuple[str, ...]
    extra: tuple[str, ...]


def told_columns(log: LogFiles) -> LogColumns:
    """Tell them by their names and values; of several files, by the columns that all of them have."""
    part = log.first
    names = [name for name in part.columns if all(name in other.columns for other in log.profiles)]
    left = {name: part.columns[name] for name in names if name not in (log.user, log.item)}
    time = _best_time(part, log, left)
    kind = None if log.kind_of else _kind(part, log, {name: left[name] for name in left if name != time})
    left = {name: column for name, column in left.items() if name not in (time, kind)}
    rating = next((name for name, column in left.items() if _is_rating(column)), None)
    amount = _amount({name: column for name, column in left.items() if name != rating})
    ignored = () if kind is None else tuple(sorted(v for v in part.columns[kind].distinct if event_weight(v) == 0))
    if kind is not None and len(ignored) == len(part.columns[kind].distinct):
        ignored = ()
    extra = tuple(name for name in part.columns if name in left and name not in (rating, amount))
    dated = time is not None and part.columns[time].dates
    return LogColumns(time, kind, rating, amount, dated, ignored, extra)


def _best_time(part: Profile, log: LogFiles, left: dict[str, Column]) -> str | None:
    """The column of times: dates and epochs first, then counted days; of several, the one that varies most."""
    found = []
    for place, (name, column) in enumerate(left.items()):
        if column.missing or len(column.distinct) < 2:
            continue
        counted = column.whole and says(TIME, name) and not says(RATING, name)
        if not (column.dates or counted) or _about_one_side(part, log, name):
            continue
        found.append((column.dates, says(TIME, name), len(column.distinct), -place, name))
    return max(found)[-1] if found else None


def _about_one_side(part: Profile, log: LogFiles, name: str) -> bool:
    """Whether a column says something about the user or the item, such as a date of birth or of release."""
    return any(
        part.depends(name, side) for side in (log.user, log.item) if len(part.columns[side].distinct) < 0.8 * part.rows
    )


def _kind(part: Profile, log: LogFiles, left: dict[str, Column]) -> str | None:
    """The column of the kinds of events: few values that are words for events, or a name that says so."""
    found = []
    for name, column in left.items():
        if column.missing or not 2 <= len(column.distinct) <= MOST_KINDS or column.dates:
            continue
        words = np.mean([event_weight(value) is not None for value in column.distinct])
        named = says(KIND, name) and not (says(USER, name) or says(ITEM, name))
        if (words > 0.5 or named) and not _about_one_side(part, log, name):
            found.append((words, named, name))
    return max(found)[-1] if found else None


def _is_rating(column: Column) -> bool:
    """Whether the values are few steps from 0 or 1 up to 10 at most, and the name says so."""
    if column.missing or not column.numbers_only or not 2 <= len(column.distinct) <= MOST_RATINGS:
        return False
    numbers = column.numbers
    steps = bool((numbers * 2 % 1 == 0).all()) and numbers.min() >= 0 and 1 < numbers.max() <= 10
    return steps and says(RATING, column.name)


def _amount(left: dict[str, Column]) -> str | None:
    numeric = {name: column for name, column in left.items() if column.numbers_only and not column.dates}
    found = (name for trait in AMOUNTS for name in numeric if says(trait, name))
    return next(found, None)
