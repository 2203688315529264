"""Values of a file as text: how they are shown, which are blank, and what may not be in them."""

import re
from pathlib import Path

import pandas as pd

from shortlist.errors import DataError

LONGEST = 80
"""Letters of a value that a message shows."""

UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
"""Characters that nobody sees in a value; a tab or a line's end within quotes is none."""

DATE = re.compile(
    r"(?:\d{4}(?P<sign>[-/.])\s?\d{1,2}(?P=sign)\s?\d{1,2}\.?"
    r"|\d{1,2}(?P<other>[-/.])\d{1,2}(?P=other)\d{4})"
    r"(?:[T ]\s?\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?)?\s?(?:Z|UTC|KST|[+-]\d{2}:?\d{2})?"
)
"""A day with the year first or last, with or without the time of day."""


def shown(value: object) -> str:
    """A value from a file as part of a message: in quotes, on one line, and not too long."""
    text = repr(str(value))
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 4]}...{text[-1]}"


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
    wrong = pd.DataFrame({place: part.iloc[:, place].str.contains(UNSEEN) for place in range(part.shape[1])})
    wrong = wrong.fillna(False).astype(bool)
    rows = wrong.any(axis=1)
    if rows.any():
        place = int(wrong.to_numpy()[rows.to_numpy()][0].argmax())
        found = UNSEEN.search(part.iloc[:, place][rows].iloc[0])
        assert found is not None
        sign = f"U+{ord(found.group()):04X}"
        raise DataError(f"{path}: row {row_of(part, rows)}: holds {sign}, a character that nobody sees; take it out")
