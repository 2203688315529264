"""Times as numbers: dates in the forms that organisers write, and epochs, all as days since 1970."""

import re
from pathlib import Path

import numpy as np
import pandas as pd

from shortlist.common.progress import note
from shortlist.data.columns import days
from shortlist.data.sources.missing import MISSING
from shortlist.data.sources.reading import row_of, shown
from shortlist.errors import DataError

EPOCHS = {"s": 1.0, "ms": 1e3, "us": 1e6, "ns": 1e9}
"""Units of a second since 1970, by the size of their numbers."""

SINCE, UNTIL = 631_152_000, 4_102_444_800
"""Seconds of the years 1990 to 2100: numbers of that size are epochs."""

ZERO_DATE = r"0000[-/.]?00[-/.]?00.*"
"""Databases' way to say that there is no date."""

DATE = re.compile(
    r"(?:(?P<year>\d{4})(?P<sign>[-/.])\s?\d{1,2}(?P=sign)\s?\d{1,2}\.?"
    r"|\d{1,2}(?P<other>[-/.])\d{1,2}(?P=other)\d{4})"
    r"(?:[T ]\s?\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?)?\s?(?:Z|UTC|KST|[+-]\d{2}:?\d{2})?"
)


def as_times(path: Path, column: pd.Series) -> pd.Series:
    """A log's times: dates and epochs as days since 1970, float64; numbers that are no epochs as they are.

    Raises:
        DataError: a value is missing or no time.
    """
    text = column.str.strip()
    numbers = pd.to_numeric(text, errors="coerce")
    if numbers.notna().mean() > 0.5 and not text.str.fullmatch(r"(?:19|20)\d{6}").all():
        if (wrong := ~np.isfinite(numbers)).any():
            raise _fault(path, column, wrong, "a number")
        return _epoch(numbers.astype(np.float64))
    dates = parsed_dates(text)
    if (wrong := dates.isna()).any():
        raise _fault(path, column, wrong, "a date or a number")
    return pd.Series(days(dates), column.index)


def is_dates(values: pd.Series) -> bool:
    """Whether known values are dates, all of them."""
    some = values[~values.str.fullmatch(ZERO_DATE)]
    return bool(len(some)) and bool(some.str.fullmatch(DATE.pattern).all())


def as_dates(path: Path, column: pd.Series) -> pd.Series:
    """A table's column of dates, datetime64[ns]; missing and zero dates are NaT, with a notice of the latter.

    Raises:
        DataError: a value is no date.
    """
    text = column.str.strip()
    zero = text.str.fullmatch(ZERO_DATE).fillna(False).astype(bool)
    missing = text.isna() | text.isin(MISSING) | zero
    if zero.any():
        note(
            f"notice: {path}: column {column.name}: {int(zero.sum()):,} dates such as {shown(text[zero].iloc[0])} "
            f"are taken as missing, first row {row_of(column.to_frame(), zero)}"
        )
    dates = pd.Series(pd.NaT, text.index, dtype="datetime64[ns]")
    dates[~missing] = parsed_dates(text[~missing])
    if (wrong := dates.isna() & ~missing).any():
        raise _fault(path, column, wrong, "a date such as 2020-05-22", " or leave it empty")
    return dates


def parsed_dates(text: pd.Series) -> pd.Series:
    """Dates in one of the forms that all of them have, datetime64[ns] in UTC; NaT where a value is none."""
    plain = text.str.replace(r"\s*(?:UTC|Z)$", "+00:00", regex=True).str.replace(r"\s*KST$", "+09:00", regex=True)
    plain = plain.str.replace(r"(\d)\.\s*(?=\d)", r"\1.", regex=True).str.rstrip(".")
    plain = plain.str.replace(r"^(\d{4})[./](\d{1,2})[./](\d{1,2})", r"\1-\2-\3", regex=True)
    plain = plain.str.replace(r"^(\d{4})-(\d)(?=-)", r"\1-0\2", regex=True)
    plain = plain.str.replace(r"^(\d{4}-\d{2})-(\d)(?!\d)", r"\1-0\2", regex=True)
    parts = plain.str.extract(r"^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(.*)$")
    if len(parts) and parts[0].notna().all():
        plain = _year_first(parts)
    parsed = pd.to_datetime(plain, format="ISO8601", errors="coerce", utc=True)
    return parsed.dt.tz_localize(None).astype("datetime64[ns]")


def _year_first(parts: pd.DataFrame) -> pd.Series:
    """Dates as 1/31/2020 or 31/1/2020 with the year first: the month is the part that is never more than 12."""
    first, second = (parts[place].astype(int) for place in (0, 1))
    day, month = (
        (first, second) if (first > 12).any() or ((second <= 12).all() and first.nunique() > 12) else (second, first)
    )
    texts = parts[2] + "-" + month.astype(str).str.zfill(2) + "-" + day.astype(str).str.zfill(2)
    return texts + parts[3].fillna("").str.strip().map(lambda clock: f" {clock}" if clock else "")


def _epoch(numbers: pd.Series) -> pd.Series:
    """Numbers of the size of an epoch in days; others as they are."""
    for per_second in EPOCHS.values():
        if ((numbers >= SINCE * per_second) & (numbers <= UNTIL * per_second)).mean() > 0.99:
            return numbers / per_second / 86_400
    return numbers


def _fault(path: Path, column: pd.Series, wrong: pd.Series, wanted: str, otherwise: str = "") -> DataError:
    value = column[wrong].iloc[0]
    what = "is missing" if pd.isna(value) else f"{shown(value)} is not {wanted}"
    row = row_of(column.to_frame(), wrong)
    return DataError(f"{path}: column {column.name}: row {row}: {what}; correct it{otherwise}")
