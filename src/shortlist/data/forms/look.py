"""What a sample looks like: which column holds the users, which the items, and what the others are."""

import re
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any

import pandas as pd

from shortlist.data.forms.cells import Cell, known_share
from shortlist.data.forms.columns import ITEM, KIND, RANK, SCORE, USER, Column
from shortlist.data.forms.columns import Known as Known
from shortlist.data.forms.sheet import Sheet
from shortlist.errors import DataError, listed

JOINTS = "_-:"
"""What may stand between a user and a kind in one cell."""

MOST_KINDS = 8
"""More different endings than this are parts of ids, unless the log has so many kinds."""


class NotAListForm(DataError):  # noqa: N818 (what the file is, beside DataError's kin)
    """The sample asks for something else than a list of items for each user."""


@dataclass(frozen=True)
class Look:
    """A sample, and what its columns are.

    Attributes:
        sheet: the sample.
        known: the users, items and names that other files know.
        user, item: their columns.
        kinds: column of the kinds of events, if any.
        joint: sign between user and kind in the user's cell; empty where there is no kind.
    """

    sheet: Sheet
    known: Known
    user: int
    item: int
    kinds: int | None = None
    joint: str = ""
    columns: list[Column] = field(default_factory=list)

    @property
    def common(self) -> dict[str, Any]:
        """Fields that every form has."""
        return {"header": self.sheet.header is not None, "width": self.sheet.width, "user": self.user}

    @property
    def by_kind(self) -> bool:
        """Whether lists are for a user and a kind."""
        return self.kinds is not None or bool(self.joint)

    @cached_property
    def one_row(self) -> bool:
        """Whether each request has one row."""
        keys = [self.user] if self.kinds is None else [self.user, self.kinds]
        return not self.sheet.rows.duplicated(keys).any()

    @property
    def told(self) -> tuple[Cell, bool]:
        """See `told_cell`, of the items' column."""
        return self.columns[self.item].told

    @property
    def cell(self) -> dict[str, Any]:
        """The fields of `Joined` that say how a cell holds its list."""
        cell, told = self.told
        return {**asdict(cell), "told": told}

    @property
    def long(self) -> bool:
        """Whether each item has a row: users are repeated, and cells hold no lists."""
        cell, told = self.told
        column = self.columns[self.item]
        listed = told and (cell.brackets or column.item_share > known_share(column.some, self.known.items))
        return not self.one_row and not listed

    @cached_property
    def rest(self) -> list[Column]:
        """All columns but those of users, items and kinds."""
        return [column for column in self.columns if column.place not in (self.user, self.item, self.kinds)]

    @cached_property
    def wide(self) -> tuple[int, ...]:
        """The columns of items, the best item's first, where there are several; otherwise empty."""
        others = [column for column in self.columns if column.place not in (self.user, self.kinds)]
        if numbered := _numbered(others):
            return numbered
        if self.told[1] or len(others) < 2:
            return ()
        plain = [column for column in others if not column.running]
        known = [column for column in plain if column.item_share >= 0.5]
        alike = [column for column in plain if column.constant and column.every == self.columns[self.item].every]
        items = max(known, alike, plain if self.sheet.header is None else [], key=len)
        return tuple(column.place for column in items) if len(items) > 1 else ()

    @cached_property
    def rank(self) -> int | None:
        """The column of ranks, if any."""
        starts = {column.place: self._start(column.place) for column in self.rest if column.place != self.score}
        named = [column.place for column in self.rest if column.named(RANK)]
        return next((place for place, start in starts.items() if start is not None), named[0] if named else None)

    @property
    def start(self) -> int:
        """The first rank."""
        first = None if self.rank is None else self._start(self.rank)
        return 1 if first is None else first

    @cached_property
    def score(self) -> int | None:
        """The column of scores, if any."""
        numbers = [column for column in self.rest if column.numeric and not column.running]
        named = [column for column in numbers if column.named(SCORE) and not column.named(RANK)]
        return next((column.place for column in named + [column for column in numbers if column.decimal]), None)

    def _start(self, place: int) -> int | None:
        """0 or 1 where the cells of each user are 0, 1, ... or 1, 2, ..., each once, in any order; otherwise None."""
        numbers = pd.to_numeric(self.sheet.rows[place], errors="coerce")
        users = self.sheet.rows[self.user]
        if self.one_row or numbers.isna().any() or pd.DataFrame({"user": users, "rank": numbers}).duplicated().any():
            return None
        groups = numbers.groupby(users, sort=False)
        lowest, highest, size = groups.min(), groups.max(), groups.size()
        whole = bool((numbers % 1 == 0).all()) and bool((highest - lowest + 1 == size).all())
        return int(lowest.iloc[0]) if whole and lowest.min() == lowest.max() and lowest.iloc[0] in (0, 1) else None


def look(sheet: Sheet, known: Known) -> Look:
    """Look at a sample.

    Raises:
        DataError: competition.toml names a column that is not there, or there is nothing to look at.
        NotAListForm: the sample asks for something else than lists.
    """
    if not len(sheet):
        raise DataError(f"{sheet.name}: has a header but no rows; put the organiser's file there again")
    if sheet.width < 2:
        raise NotAListForm(f"{sheet.name}: has one column only; a list needs a column of users and one of items")
    columns = [Column.of(sheet, place, known) for place in range(sheet.width)]
    users = _named(sheet, "user_column", known.user_column)
    items = _named(sheet, "item_column", known.item_column)
    pairs = [(user, item) for user in users for item in items if user != item]
    if not pairs:
        raise DataError(f"{sheet.name}: competition.toml names one column for users and items; name two")
    as_user, as_item = ([column.likeness(side) for column in columns] for side in (USER, ITEM))
    user, item = max(pairs, key=lambda pair: as_user[pair[0]] + as_item[pair[1]])
    kinds = _kind_column(sheet, columns, known, user, item)
    joint = _joint(columns[user], known) if kinds is None else ""
    seen = Look(sheet, known, user, item, kinds, joint, columns)
    _check_lists(seen)
    return seen


def _named(sheet: Sheet, key: str, name: str | None) -> list[int]:
    """The columns that may be meant: the one that competition.toml names, or all."""
    if name is None:
        return list(range(sheet.width))
    if sheet.header is None:
        there = "has no header"
    elif name in sheet.header:
        return [sheet.header.index(name)]
    else:
        there = f"has the columns {listed(sheet.header)}"
    raise DataError(
        f"{sheet.name}: {there}, competition.toml says submission.{key} = {name!r}; correct it or leave the line out"
    )


def _kind_column(sheet: Sheet, columns: list[Column], known: Known, user: int, item: int) -> int | None:
    """The column of the kinds, where users have a row for each."""
    if not sheet.rows.duplicated(user).any():
        return None
    for column in columns:
        if column.place in (user, item) or column.numeric or sheet.rows.duplicated([user, column.place]).any():
            continue
        kinds = set(sheet.rows[column.place].unique())
        if kinds <= set(known.kinds) or (not known.kinds and column.named(KIND) and len(kinds) <= MOST_KINDS):
            return column.place
    return None


def _joint(column: Column, known: Known) -> str:
    """The sign before the kind in the users' cells; empty where there are no kinds in them."""
    values = pd.Series(column.every, dtype=str)
    for sign in JOINTS:
        if not all(sign in value for value in column.some):
            continue
        parts = values.str.rpartition(sign)
        users, kinds = parts[0], set(parts[2])
        if (parts[1] == "").any() or (parts[0] == "").any() or any(kind.isdecimal() for kind in kinds):
            continue
        complete = 2 <= len(kinds) <= MOST_KINDS and users.nunique() * len(kinds) == len(values)
        share = float(pd.Index(users.unique()).isin(known.users).mean())
        if (kinds <= set(known.kinds) if known.kinds else complete) and share >= column.user_share:
            return sign
    return ""


def _numbered(columns: list[Column]) -> tuple[int, ...]:
    """The columns named alike and numbered from 0 or 1, in the order of the numbers; empty where there are not two."""
    groups: dict[str, dict[int, int]] = {}
    for column in columns:
        if match := re.fullmatch(r"(.*?)(\d{1,9})", column.name.strip()):
            groups.setdefault(match[1], {})[int(match[2])] = column.place
    best = max(groups.values(), key=len, default={})
    numbers = sorted(best)
    whole = len(numbers) > 1 and numbers[0] in (0, 1) and numbers[-1] - numbers[0] + 1 == len(numbers)
    return tuple(best[number] for number in numbers) if whole else ()


def _check_lists(seen: Look) -> None:
    """Make sure that the sample asks for lists at all."""
    sheet, item = seen.sheet, seen.columns[seen.item]
    if not seen.one_row:
        sizes = sheet.rows.groupby(seen.user, sort=False).size()
        if seen.score is not None and sizes.min() < sizes.max():
            raise NotAListForm(
                f"{sheet.name}: holds pairs to be rated: {sizes.min()} to {sizes.max()} rows a user, with a number in "
                f"column {sheet.column(seen.score)}; Shortlist makes lists of items"
            )
    elif not (seen.told[1] or seen.wide):
        users = seen.columns[seen.user].likeness(USER)
        unknown = not (seen.by_kind or item.item_share or item.named(ITEM)) and users <= 0.2
        if item.decimal or (item.named(SCORE) and not item.named(ITEM)) or unknown:
            raise NotAListForm(
                f"{sheet.name}: asks for one value in column {sheet.column(seen.item)} for each row of column "
                f"{sheet.column(seen.user)}, which are no lists of items; Shortlist makes lists of items"
            )
