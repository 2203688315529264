"""One file against its declared schema: every complaint is one line that says where and what to do."""

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from itertools import chain, islice
from pathlib import Path

import pandas as pd
import pandera.pandas as pa
from pandera.engines.pandas_engine import DateTime
from pandera.errors import SchemaErrors

from shortlist.common.progress import note
from shortlist.data.sources.formats import UNSEEN, Record, plain_parts, records, table_of
from shortlist.data.sources.formats import row_at as row_at
from shortlist.errors import DataError

LONGEST = 80
"""Letters of a value that a message shows."""

FIRST_ROW = 2
"""Below the header."""

PANDAS_INDEX = "Unnamed: 0"
"""What pandas calls the row numbers that it has written into a file."""

RECORDS = 200_000
"""Records at once that are Python's strings; as a table they take a tenth of the memory."""

ID = pa.Column("category", coerce=True)
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
        note(f"notice: {path}: unknown columns left out: {', '.join(map(shown, unknown))}")
    ids = [name for name, column in schema.columns.items() if column is ID or column.unique]
    return checked(path, table[declared].apply(lambda part: part if part.name in ids else stripped(part)), schema)


def read_text(path: Path, needed: Sequence[str]) -> pd.DataFrame:
    """All columns as text as the file has it, missing where blank, with the index of `read_table`.

    Raises:
        DataError: see `read_table`.
    """
    parts = list(_parts(path, needed, needed_alone=False))
    table = pd.concat(parts) if len(parts) > 1 else parts[0]
    if table.empty:
        raise DataError(f"{path}: has a header but no rows; put the organiser's file there again")
    return table


def read_chunks(path: Path, needed: Sequence[str]) -> Iterator[pd.DataFrame]:
    """The columns `needed` of a file of any size, as `read_text` gives them, some `RECORDS` rows at a time.

    Raises:
        DataError: see `read_table`.
    """
    unread = yield from plain_parts(path, needed)
    if unread is None:
        return
    rows = 0
    for part in _parts(path, needed, needed_alone=True, unread=unread):
        rows += len(part)
        yield part
    if not rows and unread == FIRST_ROW:
        raise DataError(f"{path}: has a header but no rows; put the organiser's file there again")


def stripped(column: pd.Series) -> pd.Series:
    """Text without the blanks around it; missing where nothing is left."""
    text = column.str.strip()
    return text.mask(text == "")


def checked(path: Path, table: pd.DataFrame, schema: pa.DataFrameSchema) -> pd.DataFrame:
    """The table of `read_text` with the schema's dtypes.

    Raises:
        DataError: a value does not fit.
    """
    try:
        return schema.validate(table, lazy=True)
    except SchemaErrors as errors:
        raise DataError(f"{path}: {_first_failure(errors)}") from None


def check_known(path: Path, pairs: pd.DataFrame, column: str, known: pd.Index, listed_in: str) -> None:
    """Make sure that the ids in a column are listed in another file.

    Raises:
        DataError: one is not.
    """
    unknown = ~pairs[column].isin(known)
    if unknown.any():
        value = shown(pairs.loc[unknown, column].iloc[0])
        raise DataError(
            f"{path}: column {column}: row {row_of(pairs, unknown)}: {value} is not in {listed_in} "
            f"({int(unknown.sum())} such rows in all); take all files from the same download"
        )


def row_of(table: pd.DataFrame, wrong: pd.Series) -> int:
    """Row number in the file of the first record where `wrong` is true."""
    return int(table.index[wrong.to_numpy()][0])


def shown(value: object) -> str:
    """A value from a file as part of a message: in quotes, on one line, and not too long."""
    text = repr(str(value))
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 4]}...{text[-1]}"


def _parts(path: Path, needed: Sequence[str], *, needed_alone: bool, unread: int = FIRST_ROW) -> Iterator[pd.DataFrame]:
    """A file's rows as tables of text, from the row `unread` on."""
    if (whole := table_of(path)) is not None:
        _check_header(path, [str(name) for name in whole.columns], needed)
        yield whole[list(dict.fromkeys(needed))] if needed_alone else whole
        return
    rows = records(path)
    first = next(rows, None)
    if first is None:
        raise DataError(f"{path}: is empty; put the organiser's file there again")
    header, rows = _header(path, first, rows)
    _check_header(path, header, needed)
    kept = [place for place, name in enumerate(header) if name in needed] if needed_alone else _named(path, header)
    names = [header[place] for place in kept]
    yield pd.DataFrame(columns=names, dtype=str)
    checked_rows = (row for row in _checked_rows(path, header, rows) if row[0] >= unread or unread == FIRST_ROW)
    while part := list(islice(checked_rows, RECORDS)):
        numbers, fields = zip(*part, strict=True)
        cells = list(zip(*fields, strict=True))
        columns = {name: pd.Series(cells[place], list(numbers), str) for name, place in zip(names, kept, strict=True)}
        yield pd.DataFrame({name: values.mask(values.str.strip() == "") for name, values in columns.items()})


def _header(path: Path, first: Record, rows: Iterator[Record]) -> tuple[list[str], Iterator[Record]]:
    """The names of the columns, and the rows below; a file without names gets column_1, column_2, ..."""
    names = [name.strip() for name in first[1]]
    ahead = list(islice(rows, 20))
    rows = chain(ahead, rows)
    if not _is_data(names, [fields for _, fields in ahead]):
        return names, rows
    numbered = [f"column_{place}" for place in range(1, len(names) + 1)]
    note(f"notice: {path}: has no header; its columns are called {', '.join(numbered)}")
    return numbered, chain([first], rows)


def _is_data(names: list[str], rows: list[list[str]]) -> bool:
    """Whether the first row is one like the others: a number where they have numbers, and no count from 0 or 1."""
    numeric = [place for place, name in enumerate(names) if _is_number(name)]
    counted = [names[place] for place in numeric] in (
        [str(n) for n in range(len(numeric))],
        [str(n + 1) for n in range(len(numeric))],
    )
    if not numeric or not rows or (counted and len(numeric) > 2):
        return False
    return all(_is_number(fields[place]) for fields in rows for place in numeric if place < len(fields))


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return text.strip().lower() not in ("nan", "inf", "infinity")


def _named(path: Path, header: list[str]) -> list[int]:
    """Places of the columns that have a name of their own; the others are left out with a notice."""
    kept = [place for place, name in enumerate(header) if name and header.index(name) == place and name != PANDAS_INDEX]
    if len(kept) < len(header):
        out = [shown(name) if name else "one without a name" for place, name in enumerate(header) if place not in kept]
        note(f"notice: {path}: columns left out: {', '.join(dict.fromkeys(out))}")
    return kept


def _checked_rows(path: Path, header: list[str], rows: Iterator[Record]) -> Iterator[Record]:
    """The rows, each with as many fields as the header."""
    width = len(header)
    for row, fields in rows:
        if len(fields) != width:
            what = "a separator too many, or one unquoted" if len(fields) > width else "the rest is missing"
            raise DataError(
                f"{path}: row {row}: has {len(fields)} fields where the header has {width}: {what}; mend it"
            )
        if fields[0] == header[0] and [field.strip() for field in fields] == header:
            raise DataError(f"{path}: row {row}: the header again; remove the row, or put the files there one by one")
        if any(found := UNSEEN.search(field) for field in fields):
            assert found is not None
            sign = f"U+{ord(found.group()):04X}"
            raise DataError(f"{path}: row {row}: holds {sign}, a character that nobody sees; take it out")
        yield row, fields


def _check_header(path: Path, columns: list[str], declared: Sequence[str]) -> None:
    if repeated := [column for column in declared if columns.count(column) > 1]:
        raise DataError(f"{path}: column {repeated[0]}: is there more than once; keep one of them")
    unknown = {name.casefold(): name for name in columns if name not in declared}
    for column in declared:
        if column not in columns:
            near = get_close_matches(column.casefold(), unknown, n=1)
            hint = f"{shown(unknown[near[0]])} looks like it: rename it" if near else "add it"
            raise DataError(f"{path}: column {column}: missing, found {shown(', '.join(columns))}; {hint}")


_EXPECTED = {"datetime64": "a date such as 2020-05-22", "float": "a number", "finite": "a number"}


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
