"""Which files are about the users and the items of a log."""

from dataclasses import dataclass

import pandas as pd

from shortlist.studies.init.log import LogFiles
from shortlist.studies.init.names import ITEM, PERMITTED, USER, plain, says
from shortlist.studies.init.profile import Column, Looked, Profile, share_in
from shortlist.studies.init.sample import Sample
from shortlist.studies.init.sides import pieces

ENOUGH = 0.2
"""Share of the log's ids that must have a row, unless the column is called as the log's."""


@dataclass(frozen=True)
class Table:
    """A file about one side.

    Attributes:
        profile: of the file.
        key: its column of ids.
        share: of the log's ids that have a row.
    """

    profile: Profile
    key: str
    share: float


@dataclass(frozen=True)
class Tables:
    """What there is beside log and sample.

    Attributes:
        users, items: a file about either side, if any.
        permitted: name of a file with the items that may be recommended, if any.
        left_out: name -> why, for the other files.
    """

    users: Table | None
    items: Table | None
    permitted: str | None
    left_out: dict[str, str]


def find_tables(looked: Looked, sample: Sample, log: LogFiles) -> Tables:
    """Sort the other files by the ids that they share with the log."""
    named = {sample.name, *log.names, *log.copies}
    others = [part for name, part in looked.profiles.items() if name not in named]
    left_out = dict(looked.unread) | dict.fromkeys(log.copies, f"the same as {log.first.name}")
    found: dict[bool, list[Table]] = {True: [], False: []}
    permitted = None
    for part in others:
        best = max(_candidates(part, log), default=None, key=lambda each: each[0])
        if best is None:
            left_out[part.name] = _why_not(part, log)
        elif best[1] and len(part.columns) == 1:
            left_out[part.name] = "ids of users only"
        elif not best[1] and PERMITTED.search(part.name.casefold()):
            permitted = part.name
        else:
            found[best[1]].append(best[2])
    chosen = {side: max(tables, key=_worth, default=None) for side, tables in found.items()}
    for side, tables in found.items():
        left_out |= {
            table.profile.name: f"a second table about {'users' if side else 'items'}"
            for table in tables
            if table is not chosen[side]
        }
    return Tables(chosen[True], chosen[False], permitted, dict(sorted(left_out.items())))


def _candidates(part: Profile, log: LogFiles) -> list[tuple[float, bool, Table]]:
    """Score, whether about users, and the table, for each column that may be a key."""
    found = []
    for column in part.columns.values():
        for of_users in (True, False):
            share, named = _fit(column, log, of_users)
            if column.unique and share and (named or (share >= ENOUGH and column.ids)):
                score = share + named + 0.4 * says(USER if of_users else ITEM, column.name)
                score -= 0.4 * says(ITEM if of_users else USER, column.name)
                found.append((score, of_users, Table(part, column.name, share)))
    return found


def _fit(column: Column, log: LogFiles, of_users: bool) -> tuple[float, bool]:
    """Share of the log's ids in a column, and whether it is called as the log's."""
    name = log.user if of_users else log.item
    ids = log.first.columns[name].distinct
    if not of_users and log.separator is not None:
        ids = pd.Index(pieces(ids, log.separator))
    share = share_in(ids, column.distinct)
    if of_users and not share:  # users without history may have a table all the same
        share = share_in(log.asked, column.distinct)
    return share, plain(column.name) == plain(name)


def _worth(table: Table) -> tuple[float, int]:
    return round(table.share, 2), len(table.profile.columns)


def _why_not(part: Profile, log: LogFiles) -> str:
    """Why a file is no table: what it shares with the log, or that it shares nothing."""
    for of_users in (True, False):
        for column in part.columns.values():
            share, named = _fit(column, log, of_users)
            if named and share:
                return f"several rows for one {column.name}"
    return "shares no ids with the log"
