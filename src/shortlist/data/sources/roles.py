"""What the columns of a table of text are, told by their values."""

from collections.abc import Collection, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Literal

import pandas as pd
import pandera.pandas as pa

from shortlist.common.progress import note
from shortlist.data.sources.lists import as_words, is_list_column
from shortlist.data.sources.missing import MISSING, SURELY_MISSING, without_missing
from shortlist.data.sources.text import LARGEST, UP_TO, row_of, shown, stripped
from shortlist.data.sources.times import as_dates, share_of_dates, whole_days
from shortlist.errors import DataError

Role = Literal["number", "category", "words", "date", "ignore"]
"""What a column is."""

NUMBER = pa.Column(float, pa.Check(lambda numbers: numbers.abs() <= LARGEST, error="finite"), coerce=True)
"""One that must be there."""

NUMBER_OR_NONE = pa.Column(float, NUMBER.checks, nullable=True, coerce=True)

ODD = 0.01
"""A column with fewer odd values than that is one of numbers, or of dates, with faults in it."""

ROWS_OF_A_CODE = 5
"""Text whose values are there in so many rows on average is a category; rarer text is words."""


def with_roles(
    path: Path,
    table: pd.DataFrame,
    codes: Collection[str] = (),
    roles: Mapping[str, Role] = MappingProxyType({}),
) -> pd.DataFrame:
    """The table with each column's role as its dtype, see `dataset.Dataset`.

    A column of numbers only is a number, one of dates only a date; what stands for a missing value counts for neither.
    Other text is a category if its values repeat and none is a list, otherwise words. Where the values tell that it is
    a column of numbers, the few that are none are taken as missing, with a notice.

    Args:
        path: of its file, for messages.
        table: as `reading.read_text` gives it.
        codes: columns that are categories whatever their values.
        roles: column -> what it is whatever its values.

    Raises:
        DataError: a value is none of the role that `roles` gives its column.
    """
    typed = {}
    for name in table:
        column = stripped(table[name])
        role = "category" if name in codes else roles.get(str(name))
        if role is None:
            role = role_of(column)
            column = _without_odd(path, column) if role == "number" else column
        if role != "ignore":
            typed[name] = _CONVERTED[role](path, column)
    return pd.DataFrame(typed, index=table.index)


def role_of(column: pd.Series) -> Role:
    """The role that the known values of a column ask for."""
    values = without_missing(column, MISSING)[0].dropna()
    if len(values) and pd.to_numeric(values, errors="coerce").notna().mean() > 1 - ODD and not whole_days(values):
        return "number"
    if len(values) and share_of_dates(values) > 1 - ODD:
        return "date"
    values = without_missing(column, SURELY_MISSING)[0].dropna()
    if not is_list_column(values) and len(values) >= ROWS_OF_A_CODE * values.nunique():
        return "category"
    return "words"


def _without_odd(path: Path, column: pd.Series) -> pd.Series:
    """A column of numbers without the values that are none, nor stand for a missing one."""
    known = without_missing(column, MISSING)[0]
    odd = known.notna() & ~(pd.to_numeric(known, errors="coerce").abs() <= LARGEST)
    if odd.any():
        note(
            f"notice: {path}: column {column.name}: {int(odd.sum()):,} values among numbers that are none, such as "
            f"{shown(column[odd].iloc[0])} in row {row_of(column, odd)}, are taken as missing"
        )
    return column.mask(odd)


def _numbers(path: Path, column: pd.Series) -> pd.Series:
    known, told = without_missing(column, MISSING)
    _tell(path, column, told)
    numbers = pd.to_numeric(known, errors="coerce").astype(float)
    if (wrong := known.notna() & ~(numbers.abs() <= LARGEST)).any():
        row, value = row_of(column, wrong), shown(column[wrong].iloc[0])
        wanted = "a number" if numbers[wrong].isna().iloc[0] else UP_TO
        raise DataError(
            f"{path}: column {column.name}: row {row}: {value} is not {wanted}; correct it, leave it empty, or set the "
            f"column's role in source.roles"
        )
    return numbers


def _dates(path: Path, column: pd.Series) -> pd.Series:
    known, told = without_missing(column, MISSING)
    _tell(path, column, told)
    return as_dates(path, known)


def _categories(path: Path, column: pd.Series) -> pd.Series:
    known, told = without_missing(column, SURELY_MISSING)
    _tell(path, column, told)
    return known.astype("category")


def _words(path: Path, column: pd.Series) -> pd.Series:
    """Words of a list are joined by semicolons."""
    known, told = without_missing(column, SURELY_MISSING)
    _tell(path, column, told)
    return as_words(known)


_CONVERTED = {"number": _numbers, "date": _dates, "category": _categories, "words": _words}


def _tell(path: Path, column: pd.Series, told: pd.Series) -> None:
    if told.any():
        row, value = row_of(column, told), shown(column[told].iloc[0])
        note(
            f"notice: {path}: column {column.name}: {int(told.sum()):,} values such as {value} are taken as missing, "
            f"first row {row}"
        )
