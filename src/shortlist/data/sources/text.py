"""Values of a file as text: how they are shown, which are blank, and what may not be in them."""

import re
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd

from shortlist.common.parameters import unseen
from shortlist.data.ids import id_fault, wrong_id
from shortlist.errors import DataError, ShortlistError
from shortlist.errors import shown as shown

LARGEST = float(np.finfo(np.float32).max)
"""Of a number: models and events keep them in four bytes."""

UP_TO = f"a number up to {LARGEST:.1e}"

MOST_COLUMNS = 5000
"""Of a file. Vectors of a text or picture have up to 4,096 numbers; more columns are a matrix that lies on its side."""

HIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
"""Characters that nobody sees in a value; a tab or a line's end within quotes is none."""

DATE = re.compile(
    r"(?:\d{4}(?P<sign>[-/.])\s?\d{1,2}(?P=sign)\s?\d{1,2}\.?"
    r"|\d{1,2}(?P<other>[-/.])\d{1,2}(?P=other)\d{4})"
    r"(?:[T ]\s?\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?)?\s?(?:Z|UTC|KST|[+-]\d{2}:?\d{2})?"
)
"""A day with the year first or last, with or without the time of day."""


def row_of(table: pd.DataFrame | pd.Series, wrong: pd.Series) -> int:
    """Row number in the file of the first record where `wrong` is true."""
    return int(table.index[wrong.to_numpy()][0])


def row_at(content: bytes, place: int) -> int:
    """Row number of the byte at `place`."""
    return len(content[: place + 1].splitlines())


def stripped(column: pd.Series) -> pd.Series:
    """Text without the blanks around it; missing where nothing is left."""
    text = column.str.strip()
    return text.mask(text == "")


def known(column: pd.Series) -> pd.Series:
    """Text as it is, missing where blank."""
    return column.mask(column.str.strip() == "")


def check_seen(path: Path, part: pd.DataFrame) -> None:
    """Make sure that no value holds a character that nobody sees.

    Raises:
        DataError: one does.
    """
    wrong = pd.DataFrame({place: part.iloc[:, place].str.contains(HIDDEN) for place in range(part.shape[1])})
    wrong = wrong.fillna(False).astype(bool)
    rows = wrong.any(axis=1)
    if rows.any():
        place = int(wrong.to_numpy()[rows.to_numpy()][0].argmax())
        match = HIDDEN.search(part.iloc[:, place][rows].iloc[0])
        assert match is not None
        raise DataError(f"{path}: row {row_of(part, rows)}: {unseen(match.group())}; take it out")


def check_ids(path: Path | str, ids: pd.Series, distinct: Iterable[str]) -> None:
    """Make sure that what stands in a column of ids can be one.

    Args:
        path: of the file, for messages.
        ids: the column.
        distinct: the values in it that are to be looked at.

    Raises:
        DataError: one cannot.
    """
    if (wrong := wrong_id(list(distinct))) is not None:
        row = row_of(ids, ids == wrong)
        raise DataError(f"{path}: column {ids.name}: row {row}: {id_fault(wrong)}")


def check_width(name: Path | str, columns: int, kind: type[ShortlistError] = DataError) -> None:
    """Make sure that a file has no more columns than a table can have.

    Raises:
        ShortlistError: of this kind; it has more.
    """
    if columns > MOST_COLUMNS:
        raise kind(
            f"{name}: has {columns:,} columns, and {MOST_COLUMNS:,} at most are read; "
            f"leave out what is not needed, or write it with a row for each value"
        )
