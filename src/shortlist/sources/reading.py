"""One CSV file against its declared schema: every complaint is one line that says where and what to do."""

import io
import warnings
from difflib import get_close_matches
from pathlib import Path

import pandas as pd
import pandera.pandas as pa
from pandera.errors import SchemaErrors

from shortlist.errors import DataError
from shortlist.progress import note

FIRST_ROW = 2
"""Row number of the first record, as editors and spreadsheets count: the header is row 1."""


def read_table(path: Path, schema: pa.DataFrameSchema) -> pd.DataFrame:
    """Read a CSV in UTF-8 (with or without BOM) or CP949, with any line ends and its columns in any order.

    Columns that the schema does not declare are left out with a notice.

    Returns:
        The declared columns, in the schema's order and dtypes; the index counts the records from 0.

    Raises:
        DataError: missing or empty file, unreadable text, a missing or repeated column, a value that does not fit.
    """
    table = _parse(path, _decode(path))
    if repeated := [str(name) for name in table.columns[table.columns.duplicated()]]:
        raise DataError(f"{path}: column {repeated[0]}: is there more than once; keep one of them")
    for column in schema.columns:
        if column not in table:
            near = get_close_matches(column, map(str, table.columns), n=1)
            hint = f"'{near[0]}' looks like it: rename it" if near else f"found {', '.join(map(str, table.columns))}; add it"
            raise DataError(f"{path}: column {column}: missing; {hint}")
    if table.empty:
        raise DataError(f"{path}: has a header but no rows; put the organiser's file there again")
    if extra := [str(column) for column in table if column not in schema.columns]:
        note(f"notice: {path}: unknown columns left out: {', '.join(extra)}")
    table = table[list(schema.columns)].apply(lambda column: column.str.strip().replace("", None))
    try:
        return schema.validate(table, lazy=True)
    except SchemaErrors as errors:
        raise DataError(f"{path}: {_first_failure(errors)}") from None


def row_of(table: pd.DataFrame, wrong: pd.Series) -> int:
    """Row number in the file of the first record where `wrong` is true."""
    return int(table.index[wrong.to_numpy()][0]) + FIRST_ROW


def _decode(path: Path) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror}); put the organiser's file there") from None
    if not content.strip():
        raise DataError(f"{path}: is empty; put the organiser's file there again")
    for encoding in ("utf-8-sig", "cp949"):
        try:
            return content.decode(encoding).replace("\r\n", "\n").replace("\r", "\n")
        except UnicodeDecodeError as error:
            row = content.count(b"\n", 0, error.start) + 1
    raise DataError(f"{path}: row {row}: neither UTF-8 nor CP949 text; save the file as CSV UTF-8 again")


def _parse(path: Path, text: str) -> pd.DataFrame:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", pd.errors.ParserWarning)  # else pandas cuts long rows off silently
            table = pd.read_csv(io.StringIO(text), dtype=str, keep_default_na=False, na_values=[""], index_col=False)
    except pd.errors.ParserWarning:
        raise DataError(f"{path}: row {FIRST_ROW}: more fields than the header has; a comma too many, or one unquoted") from None
    except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        reason = str(error).strip().removeprefix("Error tokenizing data. C error: ")
        raise DataError(f"{path}: not a well-formed CSV: {reason}; mend that row") from None
    return table.set_axis([str(column).strip() for column in table.columns], axis=1)


_EXPECTED = {"datetime64": "a date such as 2020-05-22", "float": "a number", "int": "a whole number"}


def _first_failure(errors: SchemaErrors) -> str:
    failures = errors.failure_cases.copy()
    failures["index"] = pd.to_numeric(failures["index"], errors="coerce")
    first = failures.sort_values("index", kind="stable").iloc[0]
    where = f"column {first['column']}"
    if pd.notna(first["index"]):
        where += f": row {int(first['index']) + FIRST_ROW}"
    value, check = first["failure_case"], str(first["check"])
    if check == "not_nullable":
        return f"{where}: empty; fill it in or remove the row"
    if check == "field_uniqueness":
        return f"{where}: {value} is there twice; keep one row"
    wanted = next((text for dtype, text in _EXPECTED.items() if dtype in check), None)
    if wanted:
        return f"{where}: '{value}' is not {wanted}; correct it"
    return f"{where}: '{value}' breaks the rule {check}; correct it"
