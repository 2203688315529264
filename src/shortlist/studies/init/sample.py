"""Which file is the sample submission, and the ids that its columns hold."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from shortlist.data.forms.sheet import Sheet, read_sheet
from shortlist.errors import DataError, listed
from shortlist.studies.init.names import SAMPLE, plain
from shortlist.studies.init.profile import Looked, Profile, share_in

PIECES = re.compile(r"[\s,;|\[\]'\"]+")
"""Between the items of a list, in whatever way it is written."""

KIND_JOINT = re.compile(r"[_:\-][A-Za-z]+$")
"""The kind behind a user in one cell, as in `123_clicks`."""

MOST_COLUMNS = 4
"""Of a sample whose name says nothing; a wide one has more, whose names are numbered."""


@dataclass(frozen=True)
class Sample:
    """The file that shows the form.

    Attributes:
        path: of the file.
        sheet: its cells.
        by_name: whether its name says so.
    """

    path: Path
    sheet: Sheet
    by_name: bool

    @property
    def name(self) -> str:
        """Of the file."""
        return self.path.name

    @cached_property
    def tokens(self) -> list[pd.Index]:
        """The distinct ids that each column may hold: cells, parts of lists, users without a kind."""
        return [_tokens(self.sheet.rows[place]) for place in range(self.sheet.width)]

    @cached_property
    def parts(self) -> list[tuple[str, pd.Index]]:
        """Name and ids of what may be the items: each column and, of a wide sample, all but the first together."""
        header = self.sheet.header or ("",) * self.sheet.width
        parts = [(plain(name), ids) for name, ids in zip(header, self.tokens, strict=True)]
        if self.sheet.width > 2:
            together = pd.Index([cell for ids in self.tokens[1:] for cell in ids]).unique()
            parts.append(("", together))
        return parts

    def like_users(self, place: int) -> float:
        """How much a column of the sample has the look of the users: each once, or each equally often; 0 to 0.35."""
        cells = self.sheet.rows[place]
        sizes = cells.value_counts()
        even = len(sizes) > 1 and sizes.min() == sizes.max()
        return (0.3 if even else 0.0) + (0.05 if place == 0 else 0.0)


def find_sample(looked: Looked, raw: Path) -> Sample:
    """The sample submission, by its name or else by its form.

    Raises:
        DataError: there is none.
    """
    names = sorted(set(looked.profiles) | set(looked.unread))
    for trait in SAMPLE:
        named = [name for name in names if trait.search(name.casefold())]
        if named:
            best = min(named, key=lambda name: ("sample" not in name.casefold(), len(name), name))
            return Sample(raw / best, read_sheet(raw / best), True)
    for name in _by_form(looked.profiles):
        return Sample(raw / name, read_sheet(raw / name), False)
    raise DataError(
        f"{raw}: no sample submission among {listed(names)}; put the organiser's there as sample_submission.csv, or "
        f"make one: a row for each user and item to be handed in"
    )


def _by_form(profiles: Mapping[str, Profile]) -> Iterator[str]:
    """Files of few columns, the first of which holds users of a larger file, each with equally many items."""
    for small in sorted(profiles.values(), key=lambda part: part.rows):
        names = list(small.columns)
        numbered = sum(bool(re.search(r"\d$", name)) for name in names) >= 2
        if len(names) < 2 or (len(names) > MOST_COLUMNS and not numbered):
            continue
        for large in profiles.values():
            if large.rows > small.rows and _lists_of(small, large):
                yield small.name


def _lists_of(small: Profile, large: Profile) -> bool:
    """Whether the first column holds users of the larger file, and another one lists or equally many of its items."""
    first, *others = small.columns.values()
    sizes = small.table[first.name].value_counts()
    if sizes.min() != sizes.max() or not first.ids:
        return False
    logs = [column for column in large.columns.values() if column.ids and not column.unique]
    for user in logs:
        if share_in(first.distinct, user.distinct) < 0.5:
            continue
        for item in logs:
            lists = [column for column in others if share_in(_tokens(pd.Series(column.distinct)), item.distinct) > 0.9]
            if item is not user and lists and (sizes.min() > 1 or len(lists) > 1 or _holds_lists(lists[0].distinct)):
                return True
    return False


def _holds_lists(values: pd.Index) -> bool:
    return bool(pd.Series(values).str.contains(r"[\s,;|]").mean() > 0.5)


def _tokens(cells: pd.Series) -> pd.Index:
    """Distinct cells, the parts of those that are lists, and users without the kind behind them."""
    distinct = pd.Series(cells.dropna().unique(), dtype=str)
    pieces = [piece for cell in distinct for piece in (PIECES.split(cell) if PIECES.search(cell) else ())]
    users = distinct[distinct.str.contains(KIND_JOINT.pattern)].str.replace(KIND_JOINT, "", regex=True)
    return pd.Index([*distinct, *(piece for piece in pieces if piece), *users], dtype=object).unique()
