"""One file against its declared schema: every complaint is one line that says where and what to do."""

import re
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path

import pandas as pd
import pandera.pandas as pa
from pandera.engines.pandas_engine import DateTime
from pandera.errors import SchemaErrors

from shortlist.common.progress import note
from shortlist.data.sources.formats import opened
from shortlist.data.sources.text import UP_TO, check_width
from shortlist.data.sources.text import check_ids as check_ids
from shortlist.data.sources.text import row_at as row_at
from shortlist.data.sources.text import row_of as row_of
from shortlist.data.sources.text import shown as shown
from shortlist.data.sources.text import stripped as stripped
from shortlist.errors import DataError, listed

NO_NAME = re.compile(r"Unnamed: \d+(_level_\d+)?(\.\d+)?")
"""What pandas calls a column without a name, such as the row numbers that it has written itself."""

ID = pa.Column("category", coerce=True, metadata={"id": True})
"""An id that stands in many rows: kept once, and in each row as a code."""


class IsoDate(DateTime):
    """A date or time in any ISO form. Pandera alone takes a year such as 9999 for one, then fails without a row."""

    def __init__(self) -> None:
        super().__init__(to_datetime_kwargs={"format": "ISO8601"})  # type: ignore[call-arg]  # a dataclass in disguise

    def coerce_value(self, value: str) -> object:
        """See `DateTime.coerce_value`; used to find the first row that is wrong."""
        return super().coerce_value(value).as_unit("ns")


def read_table(path: Path, schema: pa.DataFrameSchema) -> pd.DataFrame:
    """Read the declared columns of a file of any format that `formats` knows, in any order.

    Columns that the schema does not declare are left out with a notice; blanks around a value do not count, but in ids.

    Returns:
        The declared columns, in the schema's order and dtypes; the index is the row number in the file, as
        spreadsheets count: the header is row 1, and a blank line is a row too.

    Raises:
        DataError: missing or empty file, unreadable text, a missing or repeated column, a row with too many or too few
            fields, a value that does not fit.
    """
    declared = list(schema.columns)
    table = read_text(path, declared)
    if unknown := [str(name) for name in table.columns if name not in declared]:
        note(f"notice: {path}: unknown columns left out: {listed(map(shown, unknown))}")
    ids = [name for name, column in schema.columns.items() if column.metadata or column.unique]
    for name in ids:
        check_ids(path, table[name], table[name].dropna().unique())
    return checked(path, table[declared].apply(lambda part: part if part.name in ids else stripped(part)), schema)


def read_text(path: Path, needed: Sequence[str]) -> pd.DataFrame:
    """All columns as text as the file has it, missing where blank, with the index of `read_table`.

    A file without a header has the columns `column_1`, `column_2`, ...; columns without a name are left out.

    Raises:
        DataError: see `read_table`.
    """
    parts = list(read_parts(path, needed))
    return pd.concat(parts) if len(parts) > 1 else parts[0]


def read_chunks(path: Path, needed: Sequence[str]) -> Iterator[pd.DataFrame]:
    """The columns `needed` of a file of any size, as `read_text` gives them, some 100,000s of rows at a time.

    Raises:
        DataError: see `read_table`.
    """
    return _parts(path, needed, needed_alone=True)


def read_parts(path: Path, needed: Sequence[str]) -> Iterator[pd.DataFrame]:
    """What `read_text` gives, some 100,000s of rows at a time.

    Raises:
        DataError: see `read_table`.
    """
    return _parts(path, needed, needed_alone=False)


def checked(path: Path, table: pd.DataFrame, schema: pa.DataFrameSchema) -> pd.DataFrame:
    """The table of `read_text` with the schema's dtypes.

    Raises:
        DataError: a value does not fit.
    """
    try:
        return schema.validate(table, lazy=True)
    except SchemaErrors as errors:
        raise DataError(f"{path}: {_first_failure(errors)}") from None


def _parts(path: Path, needed: Sequence[str], *, needed_alone: bool) -> Iterator[pd.DataFrame]:
    rows = 0
    with opened(path, needed) as reader:
        check_width(path, len(reader.columns))
        names = [name.strip() for name in reader.columns]
        _check_header(path, names, needed)
        places = [names.index(name) for name in dict.fromkeys(needed)] if needed_alone else _named(path, names)
        for part in reader.parts(places):
            rows += len(part)
            yield part.set_axis([names[place] for place in places], axis=1)
    if not rows:
        raise DataError(f"{path}: has a header but no rows; put the organiser's file there again")


def _named(path: Path, header: list[str]) -> list[int]:
    """Places of the columns that have a name of their own; the others are left out with a notice."""
    first = {name: place for place, name in reversed(list(enumerate(header)))}
    kept = [
        place for name, place in sorted(first.items(), key=lambda each: each[1]) if name and not NO_NAME.fullmatch(name)
    ]
    if len(kept) < len(header):
        out = [shown(name) if name else "one without a name" for place, name in enumerate(header) if place not in kept]
        note(f"notice: {path}: columns left out: {listed(dict.fromkeys(out))}")
    return kept


def _check_header(path: Path, columns: list[str], declared: Sequence[str]) -> None:
    if repeated := [column for column in declared if columns.count(column) > 1]:
        raise DataError(f"{path}: column {repeated[0]}: is there more than once; keep one of them")
    unknown = {name.casefold(): name for name in columns if name not in declared}
    for column in declared:
        if column not in columns:
            near = get_close_matches(column.casefold(), unknown, n=1)
            hint = f"{shown(unknown[near[0]])} looks like it: rename it" if near else "add it"
            raise DataError(f"{path}: column {column}: missing, found {listed(columns)}; {hint}")


_EXPECTED = {"datetime64": "a date such as 2020-05-22", "float": "a number", "finite": UP_TO}


def _first_failure(errors: SchemaErrors) -> str:
    failures = errors.failure_cases.copy()
    failures["index"] = pd.to_numeric(failures["index"], errors="coerce")
    first = failures.sort_values("index", kind="stable").iloc[0]
    where = f"column {first['column']}"
    if pd.notna(first["index"]):
        where += f": row {int(first['index'])}"
    value, check = shown(first["failure_case"]), str(first["check"])
    if check == "not_nullable":
        return f"{where}: empty; fill it in or remove the row"
    if check == "field_uniqueness":
        return f"{where}: {value} is there a second time; keep one row"
    wanted = next((text for name, text in _EXPECTED.items() if name in check), None)
    if wanted:
        return f"{where}: {value} is not {wanted}; correct it or leave it empty"
    return f"{where}: {value} breaks the rule {check}; correct it"
