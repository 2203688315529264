"""What the columns of a table of text are, told by their values."""

from collections.abc import Collection, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Literal

import numpy as np
import pandas as pd
import pandera.pandas as pa

from shortlist.common.progress import note
from shortlist.data.sources.missing import MISSING, SURELY_MISSING, without_missing
from shortlist.data.sources.reading import row_of, shown, stripped
from shortlist.data.sources.times import as_dates, is_dates
from shortlist.errors import DataError

Role = Literal["number", "category", "words", "date", "ignore"]
"""What a column is."""

NUMBER = pa.Column(float, pa.Check(np.isfinite, error="finite"), coerce=True)
"""One that must be there."""

SEPARATORS = r"[|;]"
"""Between the words of a cell, as in "Action|Comedy"."""

LITERAL = r"\s*[\[({](.*)[\])}]\s*"
"""A list as a program writes it."""

COMMAS = r"[^,]{1,40}(?:,\s*[^,]{1,40})+"
"""A list with commas: a sentence has longer parts."""

LISTS = 0.5
"""A column is one of lists if so many of its values look like one; "Lee, Ann" among names is none."""

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
    Other text is a category if its values repeat and none is a list, otherwise words.

    Args:
        path: of its file, for messages.
        table: as `reading.read_text` gives it.
        codes: columns that are categories whatever their values.
        roles: column -> what it is whatever its values.

    Raises:
        DataError: a value is none of its column's role.
    """
    typed = {}
    for name in table:
        column = stripped(table[name])
        role = "category" if name in codes else roles.get(str(name)) or role_of(column)
        if role != "ignore":
            typed[name] = _CONVERTED[role](path, column)
    return pd.DataFrame(typed, index=table.index)


def role_of(column: pd.Series) -> Role:
    """The role that the known values of a column ask for."""
    values = without_missing(column, MISSING)[0].dropna()
    if len(values) and pd.to_numeric(values, errors="coerce").notna().all():
        return "number"
    if len(values) and is_dates(values):
        return "date"
    values = without_missing(column, SURELY_MISSING)[0].dropna()
    if not _has_lists(values) and len(values) >= ROWS_OF_A_CODE * values.nunique():
        return "category"
    return "words"


def _has_lists(values: pd.Series) -> bool:
    if values.str.contains(SEPARATORS).any() or values.str.fullmatch(LITERAL).any():
        return True
    return bool(len(values)) and bool(values.str.fullmatch(COMMAS).mean() > LISTS)


def _numbers(path: Path, column: pd.Series) -> pd.Series:
    known, told = without_missing(column, MISSING)
    _tell(path, column, told)
    numbers = pd.to_numeric(known, errors="coerce").astype(float)
    if (wrong := (numbers.isna() & known.notna()) | np.isinf(numbers)).any():
        row, value = row_of(column.to_frame(), wrong), shown(column[wrong].iloc[0])
        raise DataError(
            f"{path}: column {column.name}: row {row}: {value} is not a number; correct it or leave it empty"
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
    values = known.dropna()
    literal = bool(len(values)) and bool(values.str.fullmatch(LITERAL).mean() > LISTS)
    if literal:
        known = known.str.replace(LITERAL, r"\1", regex=True).str.replace(r"['\"]", "", regex=True)
    if literal or (len(values) and values.str.fullmatch(COMMAS).mean() > LISTS):
        # A word of two, as in "Science Fiction", stays one.
        known = known.str.replace(r"\s*,\s*", ";", regex=True).str.replace(r"\s+", "_", regex=True)
    return known.str.replace(SEPARATORS, ";", regex=True)


_CONVERTED = {"number": _numbers, "date": _dates, "category": _categories, "words": _words}


def _tell(path: Path, column: pd.Series, told: pd.Series) -> None:
    if told.any():
        row, value = row_of(column.to_frame(), told), shown(column[told].iloc[0])
        note(
            f"notice: {path}: column {column.name}: {int(told.sum()):,} values such as {value} are taken as missing, "
            f"first row {row}"
        )
