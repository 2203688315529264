"""One CSV file against its declared schema: every complaint is one line that says where and what to do."""

import codecs
import csv
import io
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from itertools import islice
from pathlib import Path

import pandas as pd
import pandera.pandas as pa
from pandera.engines.pandas_engine import DateTime
from pandera.errors import SchemaErrors

from shortlist.common.progress import note
from shortlist.errors import DataError

LONGEST = 80
"""Letters of a value that a message shows."""

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
    """Read a CSV in UTF-8 (with or without BOM) or CP949, with any line ends and its columns in any order.

    Columns that the schema does not declare are left out with a notice; blanks around a value do not count.

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
        names = ", ".join(shown(name) if name else "one without a name" for name in unknown)
        note(f"notice: {path}: unknown columns left out: {names}")
    return checked(path, table[declared], schema)


def read_text(path: Path, needed: Sequence[str]) -> pd.DataFrame:
    """All columns as text, missing where empty, with the index of `read_table`.

    Args:
        path: of the CSV.
        needed: columns that must be there.

    Raises:
        DataError: see `read_table`.
    """
    table = _parse(path, _text(path))
    _check_header(path, [str(name) for name in table.columns], needed)
    if table.empty:
        raise DataError(f"{path}: has a header but no rows; put the organiser's file there again")
    return table


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


def row_at(content: bytes, place: int) -> int:
    """Row number of the byte at `place`."""
    return len(content[: place + 1].splitlines())


def _text(path: Path) -> io.TextIOWrapper:
    """The content as text, decoded while it is read; every line end is a line feed."""
    try:
        content = path.read_bytes().removeprefix(codecs.BOM_UTF8)
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror}); put the organiser's file there") from None
    if not content.strip():
        raise DataError(f"{path}: is empty; put the organiser's file there again")
    bad = content.find(b"\0")  # UTF-16 of plain letters passes for UTF-8
    if bad < 0:
        for encoding in ("utf-8", "cp949"):
            try:
                content.decode(encoding)
            except UnicodeDecodeError as error:
                bad = max(bad, error.start)  # the encoding that got further is the one that was meant
            else:
                return io.TextIOWrapper(io.BytesIO(content), encoding)
    raise DataError(
        f"{path}: row {row_at(content, bad)}: neither UTF-8 nor CP949 text; save the file as CSV UTF-8 again"
    )


def _parse(path: Path, text: io.TextIOWrapper) -> pd.DataFrame:
    """All columns as text, missing where empty."""
    records = _records(path, text)
    _, header = next(records, (0, []))
    parts = [pd.DataFrame(columns=header, dtype=str)]
    while part := list(islice(records, RECORDS)):
        rows, values = zip(*part, strict=True)
        parts.append(pd.DataFrame(values, columns=header, index=rows, dtype=str))
    return pd.concat(parts)


def _records(path: Path, text: io.TextIOWrapper) -> Iterator[tuple[int, list[str | None]]]:
    """The header and then each record, with its row number."""
    width = row = 0
    try:
        for row, fields in enumerate(csv.reader(text, strict=True), start=1):
            values = [field.strip() or None for field in fields]
            if values in ([], [None]):
                continue
            if not width:
                width = len(values)
                yield row, [value or "" for value in values]
            elif len(values) != width:
                what = "a comma too many, or one unquoted" if len(values) > width else "the rest is missing"
                raise DataError(
                    f"{path}: row {row}: has {len(values)} fields where the header has {width}: {what}; mend it"
                )
            else:
                yield row, values
    except csv.Error as error:
        raise DataError(f"{path}: row {row + 1}: not a well-formed CSV ({error}); mend its quotes") from None


def _check_header(path: Path, columns: list[str], declared: Sequence[str]) -> None:
    if len(columns) == 1 and (separators := [sign for sign in ";\t|" if sign in columns[0]]):
        raise DataError(f"{path}: row 1: fields are separated by {separators[0]!r}; save the file with commas")
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
