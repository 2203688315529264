"""Times as numbers: dates in the forms that organisers write, and epochs, all as days since 1970."""

import re
from itertools import chain
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from shortlist.common.progress import note
from shortlist.data.columns import days
from shortlist.data.sources.missing import MISSING
from shortlist.data.sources.reading import read_chunks
from shortlist.data.sources.text import DATE, LARGEST, UP_TO, row_of, shown
from shortlist.errors import DataError

EPOCHS = {"s": 1.0, "ms": 1e3, "us": 1e6, "ns": 1e9}
"""Units of a second since 1970, by the size of their numbers."""

SINCE, UNTIL = 631_152_000, 4_102_444_800
"""Seconds of the years 1990 to 2100: numbers of that size are epochs."""

LOOKED_AT = 10_000
"""Values, from all of a part, that tell what they are."""

ZERO_DATE = r"0{4}[-/.]?\s?0{1,2}[-/.]?\s?0{1,2}\.?(?:[T ][0:.]*)?"
"""Databases' way to say that there is no date."""

DIGITS = r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])?"
"""A day or a month without signs, where a whole column is such."""

YEAR_LAST = r"\d{1,2}[-/.]\d{1,2}[-/.]\d{4}"
"""The day or the month comes first, and only the other rows tell which."""

FORM = re.compile(
    r"(?:(\d{4})[-/.]\s?(\d{1,2})[-/.]\s?(\d{1,2})\.?|(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}))"
    r"(?:[T ]\s?(\d{1,2})(:\d{2}(?::\d{2}(?:[.,]\d+)?)?))?\s*(Z|UTC|KST|[+-]\d{2}:?\d{2})?"
)
"""What `DATE` takes for a date: year, month, day, or two numbers and the year; hour, clock and zone."""

ZONES = {"Z": "+00:00", "UTC": "+00:00", "KST": "+09:00"}


class Times:
    """A log's column of times that comes part by part: what the first part is, the others are.

    Args:
        path: of the log.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._unit: float | None = None  # of numbers; 0 = the column is one of dates
        self._day_first: bool | None = None

    def days(self, column: pd.Series) -> pd.Series:
        """Dates and epochs as days since 1970, float64; numbers that are no epochs as they are.

        Raises:
            DataError: a value is missing or no time, or it is open whether its day or its month comes first.
        """
        if column.empty:
            return column.astype(np.float64)
        text = column.str.strip()
        if self._unit is None:
            self._unit = _unit(text)
        if self._unit:
            numbers = as_numbers(text)
            if (wrong := ~(numbers.abs() <= LARGEST)).any():
                raise _fault(self._path, column, wrong, UP_TO if np.isfinite(numbers[wrong].iloc[0]) else "a number")
            return numbers / self._unit
        if self._day_first is None and text.str.match(YEAR_LAST).any():
            self._day_first = self._told_order(column)
        dates = parsed_dates(text, bool(self._day_first))
        if (wrong := dates.isna()).any():
            raise _fault(self._path, column, wrong, "a date or a number")
        return pd.Series(days(dates), column.index)

    def _told_order(self, column: pd.Series) -> bool:
        """Whether the day comes first: told by the part at hand, or else by the first that tells it."""
        name = str(column.name)
        for part in chain([column], (part[name] for part in read_chunks(self._path, [name]))):
            if (order := day_first(part)) is not None:
                return order
        raise _open(self._path, column)


def is_dates(values: pd.Series) -> bool:
    """Whether known values are dates, all of them, and it is clear which."""
    return bool(share_of_dates(values) == 1)


def share_of_dates(values: pd.Series) -> float:
    """Share of the known values that are dates; 0 if it is open whether the day or the month comes first."""
    some = values[~values.str.fullmatch(ZERO_DATE)]
    if not len(some):
        return 0.0
    if whole_days(some):
        return 1.0
    if some.str.match(YEAR_LAST).any() and day_first(some) is None:
        return 0.0
    return float(some.str.fullmatch(DATE.pattern).mean())


def whole_days(values: pd.Series) -> bool:
    """Whether known values are dates such as 20200522 or 202005, all of one length, and not all the same."""
    some = values[~values.str.fullmatch(r"0{6}(?:00)?")]
    lengths = set(some.str.len().unique())
    return len(some.unique()) > 1 and len(lengths) == 1 and bool(some.str.fullmatch(DIGITS).all())


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
            f"are taken as missing, first row {row_of(column, zero)}"
        )
    order = day_first(text[~missing])
    if order is None and text.str.match(YEAR_LAST).any():
        raise _open(path, column)
    dates = pd.Series(pd.NaT, text.index, dtype="datetime64[ns]")
    dates[~missing] = parsed_dates(text[~missing], bool(order))
    if (wrong := dates.isna() & ~missing).any():
        raise _fault(path, column, wrong, "a date such as 2020-05-22", " or leave it empty")
    return dates


def day_first(text: pd.Series) -> bool | None:
    """Whether dates with the year at the end have the day first: one of the parts is above 12 somewhere.

    None where there is no such date, or where they do not tell.
    """
    first = bool(text.str.match(r"\s*(?:1[3-9]|[23]\d)[-/.]\d{1,2}[-/.]\d{4}").any())
    second = bool(text.str.match(r"\s*\d{1,2}[-/.](?:1[3-9]|[23]\d)[-/.]\d{4}").any())
    return None if first == second else first


def parsed_dates(text: pd.Series, day_first: bool = False) -> pd.Series:
    """Dates as datetime64[ns] in UTC; NaT where a value is none."""
    if (quick := _quick_dates(text)) is not None:
        return quick
    places, distinct = pd.factorize(text)
    forms = pd.Series([_as_iso(value, day_first) for value in distinct], dtype=str)
    if len(forms) and forms.str.fullmatch(r"\d{6}").all():
        forms = forms + "01"
    if (dates := _quick_dates(forms)) is None:
        dates = pd.to_datetime(forms, format="ISO8601", errors="coerce", utc=True).dt.tz_localize(None)
        # Years that nanoseconds do not reach are none, as the quick way has it.
        dates = dates.where(dates.between(pd.Timestamp.min, pd.Timestamp.max)).astype("datetime64[ns]")
    return pd.Series(dates.reindex(places).to_numpy(), text.index)  # a missing one's place is -1, which no row has


def _quick_dates(text: pd.Series) -> pd.Series | None:
    """Dates that are all in ISO's main forms, in a tenth of the time; None for others."""
    cells = pa.array(text.str.removesuffix(" UTC"), pa.string())
    for zone in (None, "UTC"):
        try:
            moments = pc.cast(cells, pa.timestamp("ns", zone))
        except pa.ArrowInvalid:
            continue
        dates = pc.cast(moments, pa.timestamp("ns")).to_pandas()
        return pd.Series(dates.to_numpy(), text.index).astype("datetime64[ns]")
    return None


def _as_iso(text: str, day_first: bool) -> str:
    """A date in another form as ISO writes it; what is none stays as it is."""
    matched = FORM.fullmatch(text)
    if matched is None:
        return text
    year, month, day, first, second, last, hour, clock, zone = matched.groups()
    if year is None:
        year, month, day = (last, second, first) if day_first else (last, first, second)
    written = f"{year}-{month:0>2}-{day:0>2}" + (f" {hour:0>2}{clock.replace(',', '.')}" if hour else " 00:00")
    return written + ZONES.get(zone, zone or "")


def as_numbers(text: pd.Series) -> pd.Series:
    """Numbers as float64; NaN where a value is none."""
    try:
        numbers = pc.cast(pa.array(text, pa.string()), pa.float64()).to_numpy(zero_copy_only=False)
    except pa.ArrowInvalid:  # something is no number, or written in a way that only pandas reads
        return pd.to_numeric(text, errors="coerce").astype(np.float64)
    return pd.Series(numbers, text.index, name=text.name)


def _unit(text: pd.Series) -> float:
    """What divides a column's numbers of the size of an epoch into days; 1 for others, 0 for dates.

    Most of them tell: a 0 among epochs, for a time that is not known, does not make steps of them.
    """
    text = text.iloc[:: max(1, len(text) // LOOKED_AT)]
    numbers = as_numbers(text)
    if numbers.notna().mean() <= 0.5 or text.str.fullmatch(DIGITS).all():
        return 0.0
    middle = numbers[np.isfinite(numbers)].median()
    for per_second in EPOCHS.values():
        if SINCE * per_second <= middle <= UNTIL * per_second:
            return per_second * 86_400
    return 1.0


def _fault(path: Path, column: pd.Series, wrong: pd.Series, wanted: str, otherwise: str = "") -> DataError:
    value = column[wrong].iloc[0]
    what = "is missing" if pd.isna(value) else f"{shown(value)} is not {wanted}"
    return DataError(f"{path}: column {column.name}: row {row_of(column, wrong)}: {what}; correct it{otherwise}")


def _open(path: Path, column: pd.Series) -> DataError:
    """The error where dates such as 1/2/2020 may be of January or of February."""
    wrong = column.str.strip().str.match(YEAR_LAST).fillna(False).astype(bool)
    value = shown(column[wrong].iloc[0])
    return DataError(
        f"{path}: column {column.name}: row {row_of(column, wrong)}: no row tells whether {value} has the day or the "
        f"month first; write dates as 2020-05-22"
    )
