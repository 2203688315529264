"""What a file of raw/ looks like: its columns and the values in them."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from shortlist.common.progress import track
from shortlist.data.sources.missing import MISSING
from shortlist.data.sources.raw_files import raw_files
from shortlist.data.sources.reading import read_parts
from shortlist.data.sources.times import EPOCHS, SINCE, UNTIL, is_dates
from shortlist.errors import DataError
from shortlist.studies.init.names import COUNT, says

ROWS = 500_000
"""Rows of a file that are looked at; the rest of a larger one is like them."""

CELLS = 2_000
"""Distinct values, evenly spread, from which it is told what a column holds."""

LONGEST_ID = 64
"""Letters; longer values on average are texts."""

NO_TABLES = (".md", ".pdf", ".png", ".jpg", ".jpeg", ".gif", ".ipynb", ".py", ".docx", ".pptx", ".html", ".toml")
"""Endings of files that come with a download and hold no table."""


@dataclass(frozen=True)
class Column:
    """A column as far as it was looked at.

    Attributes:
        name: in the header.
        rows: number of rows.
        filled: those with a value.
        distinct: its values, text.
    """

    name: str
    rows: int
    filled: int
    distinct: pd.Index

    @property
    def unique(self) -> bool:
        """Whether every row has a value, and each another one."""
        return self.filled == self.rows == len(self.distinct)

    @property
    def missing(self) -> float:
        """Share of rows without a value."""
        return 1 - self.filled / max(self.rows, 1)

    @cached_property
    def some(self) -> pd.Series:
        """Some of the values."""
        values = self.distinct[:: max(1, len(self.distinct) // CELLS)]
        return pd.Series(values[~values.isin(MISSING)], dtype=str)

    @cached_property
    def numbers(self) -> np.ndarray:
        """Some of the values that are numbers, float64."""
        numbers = pd.to_numeric(self.some, errors="coerce").to_numpy(np.float64, na_value=np.nan)
        return numbers[np.isfinite(numbers)]

    @property
    def numeric(self) -> bool:
        """Whether nearly all values are numbers."""
        return len(self.numbers) > 0 and len(self.numbers) >= 0.95 * len(self.some)

    @property
    def whole(self) -> bool:
        """Whether those are whole, as in `7` and `7.0`."""
        return self.numeric and bool((self.numbers % 1 == 0).all())

    @property
    def lists(self) -> bool:
        """Whether values may be lists: a fifth of them at least have a separator in them."""
        return len(self.some) > 0 and bool(self.some.str.contains(r"[\s,;|]").mean() > 0.2)

    @property
    def nested(self) -> bool:
        """Whether values are objects within objects, as JSON can have them."""
        return len(self.some) > 0 and bool(self.some.str.match(r"\[?\s*\{").all())

    @property
    def numbers_only(self) -> bool:
        """Whether every value, none left out, is a number."""
        return len(self.distinct) > 0 and bool(pd.to_numeric(pd.Series(self.distinct), errors="coerce").notna().all())

    @property
    def dates(self) -> bool:
        """Whether the values are dates, or numbers of the size of an epoch."""
        if self.whole and self.some.str.fullmatch(r"(19|20)\d{6}").mean() > 0.99:
            return True
        if self.numeric:
            return any(((self.numbers > SINCE * n) & (self.numbers < UNTIL * n)).mean() > 0.99 for n in EPOCHS.values())
        return len(self.some) > 0 and is_dates(self.some)

    @property
    def counts_rows(self) -> bool:
        """Whether it only numbers the rows, as the index that pandas writes."""
        if not (self.unique and self.whole and says(COUNT, self.name)):
            return False
        numbers = pd.to_numeric(pd.Series(self.distinct), errors="coerce").to_numpy(np.float64)
        return bool((np.diff(numbers) == 1).all())

    @property
    def ids(self) -> bool:
        """Whether the values may be ids: short, more than one, and no measured numbers or dates."""
        long = len(self.some) and self.some.str.len().mean() > LONGEST_ID
        fraction = self.numeric and not self.whole
        return not (len(self.distinct) < 2 or long or fraction or self.dates or self.counts_rows or not self.name)


@dataclass(frozen=True)
class Profile:
    """A file as far as it was looked at.

    Attributes:
        path: of the file.
        table: its rows, all columns as text.
        complete: whether that is all of it.
    """

    path: Path
    table: pd.DataFrame
    complete: bool

    @property
    def name(self) -> str:
        """Of the file."""
        return self.path.name

    @property
    def rows(self) -> int:
        """Number of rows that were looked at."""
        return len(self.table)

    @cached_property
    def columns(self) -> dict[str, Column]:
        """By name; of a duplicated name, none."""
        names = [str(name) for name in self.table.columns]
        once = [name for name in names if names.count(name) == 1]
        return {name: _column(self.table[name]) for name in once}

    def depends(self, column: str, on: str) -> bool:
        """Whether a column says something about another one's ids: each of them has one value."""
        pairs = self.table[[on, column]].drop_duplicates()
        return len(pairs) <= 1.01 * len(self.columns[on].distinct) and len(pairs) < 0.9 * self.rows


@dataclass(frozen=True)
class Looked:
    """The folder raw/.

    Attributes:
        profiles: of the files that could be read, by name.
        unread: name -> why it could not be read, for the others.
    """

    profiles: dict[str, Profile]
    unread: dict[str, str]


def look_at(raw: Path) -> Looked:
    """Look at every file.

    Raises:
        DataError: there is none.
    """
    files = [path for path in raw_files(raw) if path.suffix.casefold() not in NO_TABLES] if raw.is_dir() else []
    if not files:
        raise DataError(f"{raw}: holds no files; put the competition's files there as downloaded, then run this again")
    profiles, unread = {}, {}
    for path in track(files, "look", len(files)):
        try:
            profiles[path.name] = profile(path)
        except DataError as error:
            unread[path.name] = str(error).removeprefix(f"{path}: ")
    return Looked(profiles, unread)


def profile(path: Path) -> Profile:
    """Look at one file.

    Raises:
        DataError: it cannot be read.
    """
    parts: list[pd.DataFrame] = []
    rows, complete = 0, True
    for chunk in read_parts(path, []):
        if rows >= ROWS:
            complete = False
            break
        parts.append(chunk)
        rows += len(chunk)
    return Profile(path, pd.concat(parts), complete)


def _column(cells: pd.Series) -> Column:
    known = cells.dropna()
    return Column(str(cells.name), len(cells), len(known), pd.Index(known.unique(), dtype=object))


def share_in(some: Iterable[str], values: pd.Index) -> float:
    """Share of the distinct ids `some` that are among the values; 0 for none."""
    distinct = pd.Index(some).unique()
    return float(distinct.isin(values).mean()) if len(distinct) else 0.0
