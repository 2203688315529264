"""Which file is the log, and which of its columns are the users and the items."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import permutations
from math import log10
from pathlib import Path

import pandas as pd

from shortlist.data.forms.cells import told_cell
from shortlist.data.forms.spelling import loose
from shortlist.errors import DataError
from shortlist.studies.init.names import IMPRESSIONS, ITEM, KIND, RATING, TIME, USER, event_weight, plain, says
from shortlist.studies.init.profile import Column, Looked, Profile
from shortlist.studies.init.sample import Sample

ENOUGH = 0.5
"""What must speak for a column to be that of the users or the items; see `_evidence`."""

LOOSE_IDS = 200_000
"""More ids than this are compared as they are spelt only."""


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
    """

    profiles: tuple[Profile, ...]
    user: str
    item: str
    separator: str | None
    kind_of: dict[str, str]
    copies: tuple[str, ...]
    shared: tuple[float, float]

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


def find_log(looked: Looked, sample: Sample, raw: Path) -> LogFiles:
    """The log: the file whose two columns of ids fit the sample best, and those that are like it.

    Raises:
        DataError: there is none.
    """
    others = [part for part in looked.profiles.values() if part.name != sample.name]
    guesses = [guess for part in others for guess in _guesses(part, sample)]
    _check_impressions(others, sample)
    if not guesses:
        raise DataError(_no_log(others, looked, sample, raw))
    best = max(guesses, key=lambda guess: guess.score)
    _check_unread(looked, best.profile, raw)
    alike = [part for part in others if part is not best.profile and _alike(part, best)]
    copies = tuple(part.name for part in alike if _same_bytes(part.path, best.profile.path))
    files = (best.profile, *(part for part in alike if part.name not in copies))
    kind_of = _kinds_by_name([part.name for part in files], best.profile)
    if not kind_of:  # files with further columns are logs only where their names say of what
        files = tuple(part for part in files if list(part.columns) == list(best.profile.columns))
    return LogFiles(files, best.user, best.item, best.separator, kind_of, copies, best.shared)


def _guesses(part: Profile, sample: Sample) -> Iterator[_Guess]:
    """Every pair of columns that may be users and items of a log, with what speaks for it."""
    columns = [column for column in part.columns.values() if column.ids]
    lists = {column.name: _separator(column, sample) for column in part.columns.values() if column not in columns}
    lists |= {column.name: _separator(column, sample) for column in columns}
    users = {column.name: _users(column, sample) for column in columns if lists[column.name] is None}
    items = {name: _items(part.columns[name], separator, sample) for name, separator in lists.items()}
    for user, item in permutations(part.columns, 2):
        if user not in users or items.get(item, (0.0, 0.0))[0] < ENOUGH or users[user][0] < ENOUGH:
            continue
        separator = lists[item]
        if separator is None and (item not in users or not _varies(part, user, item)):
            continue
        score = users[user][0] + items[item][0] + 0.1 * log10(max(part.rows, 1)) - 0.01 * list(users).index(user)
        yield _Guess(score, part, user, item, separator, (users[user][1], items[item][1]))


def _users(column: Column, sample: Sample) -> tuple[float, float]:
    """What speaks for a column being the users', and the share of the sample's that are in it."""
    best = (0.0, 0.0)
    for place, (name, ids) in enumerate(sample.parts[: sample.sheet.width]):
        share = _shared(ids, column.values)
        score = share + sample.like_users(place) + 0.5 * (name == plain(column.name))
        best = max(best, (score if share or name == plain(column.name) else 0.0, share))
    return best[0] + _evidence(column, USER, ITEM), best[1]


def _items(column: Column, separator: str | None, sample: Sample) -> tuple[float, float]:
    """The same of the items."""
    values = column.values if separator is None else pd.Index(_pieces(column.values[:100_000], separator)).unique()
    best = (0.0, 0.0)
    for place, (name, ids) in enumerate(sample.parts):
        share = _shared(ids, values)
        # A sample that shows one item for all tells less than one with many.
        score = share * (1.0 if len(ids) > 2 else 0.5) + 0.5 * (name == plain(column.name))
        score -= sample.like_users(place) if place < sample.sheet.width else 0.0
        best = max(best, (score, share))
    return best[0] + _evidence(column, ITEM, USER) + 0.05 * log10(len(column.values)), best[1]


def _evidence(column: Column, own: re.Pattern[str], other: re.Pattern[str]) -> float:
    """What a column's name says: for one side, for the other, or for something else."""
    score = 0.5 * says(own, column.name) - 0.5 * says(other, column.name)
    if score > 0:
        return score
    return score - 0.7 * any(says(trait, column.name) for trait in (TIME, KIND, RATING))


def _shared(some: pd.Index, values: pd.Index) -> float:
    """Share of the ids of the smaller of two sets that are in the larger, in any spelling."""
    both = len(some.intersection(values))
    if not both and len(values) <= LOOSE_IDS:
        some, values = pd.Index(loose(some)).unique(), pd.Index(loose(values)).unique()
        both = len(some.intersection(values))
    return both / max(1, min(len(some), len(values)))


def _varies(part: Profile, user: str, item: str) -> bool:
    """Whether users have several items and items several users: a table has one row for each id."""
    ids = part.columns[user], part.columns[item]
    if any(column.unique for column in ids):
        return False
    pairs = len(part.table[[user, item]].drop_duplicates())
    return pairs > 1.05 * len(ids[0].values) and pairs > len(ids[1].values)


def _separator(column: Column, sample: Sample) -> str | None:
    """What divides the items of a cell, where the cells are lists of items that the sample knows."""
    if not len(column.some) or not column.some.str.contains(r"[\s,;|]").mean() > 0.2:
        return None
    known = sample.parts[-1][1] if sample.sheet.width > 2 else pd.Index(sample.tokens[0]).union(sample.tokens[1])
    cell, told = told_cell(column.some.tolist(), known)
    sign = cell.separator.strip() or " "
    whole = _shared(known, column.values)
    return sign if told and _shared(known, pd.Index(_pieces(column.some, sign)).unique()) > whole else None


def _pieces(values: Iterable[str], separator: str) -> list[str]:
    return [piece.strip(" '\"") for cell in values for piece in cell.strip("[](){} ").split(separator) if piece]


def _alike(part: Profile, best: _Guess) -> bool:
    """Whether a file has the log's users and items in columns of the same names."""
    if {best.user, best.item} - set(part.columns):
        return False
    return list(part.columns) == list(best.profile.columns) or _varies(part, best.user, best.item)


def _kinds_by_name(names: list[str], first: Profile) -> dict[str, str]:
    """File -> kind of its events, where several files are called by words for events, all different."""
    if len(names) < 2 or any(says(KIND, name) for name in first.columns):
        return {}
    stems = {name: re.sub(r"[_\W]*(log|data|history|train|이력|내역|로그)[_\W]*", "", name.split(".")[0]) for name in names}
    told = all(event_weight(stem) is not None for stem in stems.values()) and len(set(stems.values())) == len(names)
    return dict(sorted(stems.items())) if told else {}


def _same_bytes(one: Path, other: Path) -> bool:
    return one.stat().st_size == other.stat().st_size and one.read_bytes() == other.read_bytes()


def _check_impressions(others: list[Profile], sample: Sample) -> None:
    """Make sure that the question is not which of some shown items was taken."""
    for part in others:
        for name, column in part.columns.items():
            lists = len(column.some) and column.some.str.contains(r"[\s,;|]").mean() > 0.5
            if says(IMPRESSIONS, name) and lists:
                raise DataError(
                    f"{part.path}: column {name}: holds impressions, lists of shown items that {sample.name} wants in "
                    f"order; Shortlist makes lists out of all items"
                )


def _check_unread(looked: Looked, log: Profile, raw: Path) -> None:
    """Make sure that no file larger than the log was passed over since it cannot be read."""
    for name, why in looked.unread.items():
        if (raw / name).stat().st_size > log.path.stat().st_size:
            raise DataError(why)


def _no_log(others: list[Profile], looked: Looked, sample: Sample, raw: Path) -> str:
    """What was seen instead of a log, and what to do."""
    if looked.unread and not others:
        return next(iter(looked.unread.values()))
    seen = "; ".join(f"{part.name}: {', '.join(list(part.columns)[:8])}" for part in others) or "no other file"
    broken = f"; not readable: {', '.join(looked.unread)}" if looked.unread else ""
    return (
        f"{raw}: no log of who took what that fits {sample.name}: no file has a column of users and one of items whose "
        f"pairs vary ({seen}{broken}); if one is, write source.log, source.user and source.item in competition.toml"
    )
