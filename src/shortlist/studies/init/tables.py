"""Which files are about the users and the items of a log."""

from dataclasses import dataclass

import pandas as pd

from shortlist.common.bilingual import Bilingual, same
from shortlist.studies.init.log import LogFiles
from shortlist.studies.init.names import ITEM, NO_NAME, PERMITTED, USER, plain, says
from shortlist.studies.init.profile import Column, Looked, Profile, share_in
from shortlist.studies.init.sample import Sample
from shortlist.studies.init.sides import pieces

ENOUGH = 0.2
"""Share of the log's ids that must have a row, unless the column is called as the log's."""

SECOND = {
    True: Bilingual("a second table about users", "사용자에 대한 두 번째 표"),
    False: Bilingual("a second table about items", "아이템에 대한 두 번째 표"),
}


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
    left_out: dict[str, Bilingual]


def find_tables(looked: Looked, sample: Sample, log: LogFiles) -> Tables:
    """Sort the other files by the ids that they share with the log."""
    named = {sample.name, *log.names, *log.copies}
    others = [part for name, part in looked.profiles.items() if name not in named]
    copy = Bilingual(f"the same as {log.first.name}", f"{log.first.name}과 같은 내용")
    left_out = {name: same(why) for name, why in looked.unread.items()} | dict.fromkeys(log.copies, copy)
    found: dict[bool, list[Table]] = {True: [], False: []}
    permitted = None
    for part in others:
        best = max(_candidates(part, log), default=None, key=lambda each: each[0])
        if best is None:
            left_out[part.name] = _why_not(part, log)
        elif best[1] and len(part.columns) == 1:
            left_out[part.name] = Bilingual("ids of users only", "사용자 ID만 있음")
        elif not best[1] and PERMITTED.search(part.name.casefold()):
            permitted = part.name
        else:
            found[best[1]].append(best[2])
    chosen = {side: max(tables, key=_worth, default=None) for side, tables in found.items()}
    for side, tables in found.items():
        left_out |= {table.profile.name: SECOND[side] for table in tables if table is not chosen[side]}
    return Tables(chosen[True], chosen[False], permitted, dict(sorted(left_out.items())))


def _candidates(part: Profile, log: LogFiles) -> list[tuple[float, bool, Table]]:
    """Score, whether about users, and the table, for each column that may be a key."""
    found = []
    for column in part.columns.values():
        for of_users in (True, False):
            fit = _fit(column, log, of_users)
            if column.unique and fit.share and (fit.named or (fit.share >= ENOUGH and column.ids)):
                # Where both sides are numbers from 1, the table about one of them has no more ids than that side.
                score = fit.share + 0.5 * fit.back + fit.named + 0.4 * says(USER if of_users else ITEM, column.name)
                score -= 0.4 * says(ITEM if of_users else USER, column.name)
                found.append((score, of_users, Table(part, column.name, fit.share)))
    return found


@dataclass(frozen=True)
class _Fit:
    """Share of the log's ids in a column, of the column's in the log, and whether both are called the same."""

    share: float
    back: float
    named: bool


def _fit(column: Column, log: LogFiles, of_users: bool) -> _Fit:
    name = log.user if of_users else log.item
    ids = log.first.columns[name].distinct
    if not of_users and log.separator is not None:
        ids = pd.Index(pieces(ids, log.separator)).unique()
    share = share_in(ids, column.distinct)
    if of_users and not share:  # users without history may have a table all the same
        share = share_in(log.asked, column.distinct)
    named = plain(column.name) == plain(name) and not NO_NAME.fullmatch(name)
    return _Fit(share, share_in(column.distinct, ids), named)


def _worth(table: Table) -> tuple[float, int]:
    return round(table.share, 2), len(table.profile.columns)


def _why_not(part: Profile, log: LogFiles) -> Bilingual:
    """Why a file is no table: what it shares with the log, or that it shares nothing."""
    for of_users in (True, False):
        for column in part.columns.values():
            fit = _fit(column, log, of_users)
            if fit.named and fit.share:
                return Bilingual(f"several rows for one {column.name}", f"{column.name} 하나에 여러 행")
    return Bilingual("shares no ids with the log", "로그와 공통된 ID가 없음")
