"""Which file is the log, and which of its columns are the users and the items."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations
from math import log10
from pathlib import Path

import pandas as pd

from shortlist.data.forms.detect import detect_sample
from shortlist.data.forms.look import Known, NotAListForm
from shortlist.errors import DataError, listed
from shortlist.studies.init.names import IMPRESSIONS, KIND, NO_NAME, event_weight, says
from shortlist.studies.init.profile import Looked, Profile
from shortlist.studies.init.sample import Sample
from shortlist.studies.init.sides import as_items, as_users, told_separator

ENOUGH = 0.5
"""What must speak for a column to be that of the users or the items; see `sides.Side`."""

WORD = re.compile(r"[^\W_]+")
"""A part of a file's name."""

NO_KIND = re.compile(r"log|data|history|train|이력|내역|로그")
"""What stands in the name of a log beside the kind of its events."""


@dataclass(frozen=True)
class LogFiles:
    """The log.

    Attributes:
        profiles: its files, the one that was looked at most closely first.
        user, item: columns of ids.
        separator: between the items of a cell; None = each cell is one item.
        kind_of: file -> kind of its events, where the names of the files tell it.
        copies: files left out since they are the same as another one.
        shared: shares of the sample's users and items that are in the log.
        asked: ids in the sample's column of users.
    """

    profiles: tuple[Profile, ...]
    user: str
    item: str
    separator: str | None
    kind_of: dict[str, str]
    copies: tuple[str, ...]
    shared: tuple[float, float]
    asked: pd.Index

    @property
    def first(self) -> Profile:
        """The file that columns are told by."""
        return self.profiles[0]

    @property
    def names(self) -> list[str]:
        """The files, in the order of their names."""
        return sorted(part.name for part in self.profiles)


@dataclass(frozen=True)
class _Guess:
    score: float
    profile: Profile
    user: str
    item: str
    separator: str | None
    shared: tuple[float, float]
    asked: pd.Index


def find_log(looked: Looked, sample: Sample, raw: Path) -> LogFiles:
    """The log: the file whose two columns of ids fit the sample best, and those that are like it.

    Raises:
        DataError: there is none, or the sample asks for something else than lists.
    """
    others = [part for part in looked.profiles.values() if part.name != sample.name]
    others.sort(key=lambda part: (len(part.name), part.name))  # of two that are the same, "train.csv" is the original
    _check_impressions(others, sample)
    guesses = [guess for part in others for guess in _guesses(part, sample, ENOUGH)]
    if not guesses:  # where the sample shows no items, the only column that is left may be theirs
        guesses = [guess for part in others for guess in _guesses(part, sample, 0.0)]
        guesses = guesses if len(guesses) == 1 else []
    if not guesses:
        _check_lists(sample)
        raise DataError(_no_log(others, looked, sample, raw))
    best = max(guesses, key=lambda guess: guess.score)
    _check_unread(looked, best.profile, raw)
    return _with_others(best, [part for part in others if part is not best.profile])


def _guesses(part: Profile, sample: Sample, enough: float) -> Iterator[_Guess]:
    """Every pair of columns that may be users and items of a log.

    Args:
        part: the file.
        sample: which has ids of both.
        enough: what must speak for the items' column.
    """
    lists = {name: told_separator(column, sample) for name, column in part.columns.items()}
    users = {
        name: as_users(column, sample) for name, column in part.columns.items() if column.ids and lists[name] is None
    }
    items = {name: as_items(column, lists[name], sample) for name, column in part.columns.items()}
    for user, item in permutations(part.columns, 2):
        if user not in users or users[user].score < ENOUGH or items[item].score < enough:
            continue
        if lists[item] is None and not (item in users and _varies(part, user, item)):
            continue
        score = users[user].score + items[item].score + 0.1 * log10(max(part.rows, 1)) - 0.01 * list(users).index(user)
        shared, asked = (users[user].share, items[item].share), sample.tokens[users[user].place]
        yield _Guess(score, part, user, item, lists[item], shared, asked)


def _varies(part: Profile, user: str, item: str) -> bool:
    """Whether users have several items and items several users: a table has one row for each id."""
    ids = part.columns[user], part.columns[item]
    if any(column.unique for column in ids):
        return False
    pairs = len(part.table[[user, item]].drop_duplicates())
    return pairs > 1.05 * len(ids[0].distinct) and pairs > len(ids[1].distinct)


def _with_others(best: _Guess, others: list[Profile]) -> LogFiles:
    """The log with the files that are like it."""
    ids = {best.user, best.item}
    alike = [part for part in others if ids <= set(part.columns) and _is_like(part, best)]
    copies = tuple(part.name for part in alike if _same_bytes(part.path, best.profile.path))
    files = (best.profile, *(part for part in alike if part.name not in copies))
    kind_of = _kinds_by_name([part.name for part in files], best.profile)
    if not kind_of:  # files with further columns are logs only where their names say of what
        files = tuple(part for part in files if list(part.columns) == list(best.profile.columns))
    return LogFiles(files, best.user, best.item, best.separator, kind_of, copies, best.shared, best.asked)


def _is_like(part: Profile, best: _Guess) -> bool:
    """Whether a file with the log's columns of ids is a log; names that a file without a header gets prove nothing."""
    same_names = list(part.columns) == list(best.profile.columns) and not NO_NAME.fullmatch(best.user)
    return same_names or _varies(part, best.user, best.item)


def _kinds_by_name(names: list[str], first: Profile) -> dict[str, str]:
    """File -> kind of its events, where several files are called by words for events, all different."""
    if len(names) < 2 or any(says(KIND, name) for name in first.columns):
        return {}
    words = {name: WORD.findall(NO_KIND.sub("", name.split(".")[0])) for name in sorted(names)}
    shared = set.intersection(*map(set, words.values()))
    kinds = {name: "_".join(word for word in own if word not in shared) for name, own in words.items()}
    told = all(event_weight(kind) is not None for kind in kinds.values()) and len(set(kinds.values())) == len(names)
    return kinds if told else {}


def _same_bytes(one: Path, other: Path) -> bool:
    return one.stat().st_size == other.stat().st_size and one.read_bytes() == other.read_bytes()


def _check_impressions(others: list[Profile], sample: Sample) -> None:
    """Make sure that the question is not which of some shown items was taken."""
    for part in others:
        for name, column in part.columns.items():
            if says(IMPRESSIONS, name) and column.lists:
                raise DataError(
                    f"{part.path}: column {name}: holds impressions, lists of shown items that {sample.name} wants in "
                    f"order; Shortlist makes lists out of all items"
                )


def _check_lists(sample: Sample) -> None:
    """Make sure that the sample asks for lists, as far as it tells that alone.

    Raises:
        NotAListForm: it does not.
    """
    nothing = pd.Index([], dtype=object)
    try:
        detect_sample(sample.path, Known(nothing, nothing))
    except NotAListForm:
        raise
    except DataError:
        return  # that no log fits the sample says more


def _check_unread(looked: Looked, log: Profile, raw: Path) -> None:
    """Make sure that no file larger than the log was passed over since it cannot be read."""
    for name, why in looked.unread.items():
        if (raw / name).stat().st_size > log.path.stat().st_size:
            raise DataError(f"{raw / name}: {why}")


def _no_log(others: list[Profile], looked: Looked, sample: Sample, raw: Path) -> str:
    """What was seen instead of a log, and what to do."""
    if looked.unread and not others:
        name, why = next(iter(looked.unread.items()))
        return f"{raw / name}: {why}"
    for part in others:
        for name, column in part.columns.items():
            if column.nested:
                return f"{part.path}: column {name}: holds lists of objects; write a row for each of them, as CSV"
    seen = "; ".join(f"{part.name}: {listed(part.columns)}" for part in others) or "no other file"
    broken = f"; not readable: {listed(looked.unread)}" if looked.unread else ""
    return (
        f"{raw}: no log of who took what that fits {sample.name}: no file has a column of users and one of items whose "
        f"pairs vary ({seen}{broken}); if one is, write source.log, source.user and source.item in competition.toml"
    )
