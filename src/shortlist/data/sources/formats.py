"""Files of any format as records of text: separated values, packed or not, Parquet, and JSON lines."""

import codecs
import csv
import gzip
import io
import json
import re
import zipfile
import zlib
from collections.abc import Generator, Iterator, Sequence
from functools import reduce
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from shortlist.common.progress import note
from shortlist.errors import DataError

SEPARATORS = "\t,;|"
"""What may stand between two fields, beside `::`. A tab goes first: it is hardly ever a part of a value."""

DOUBLE_COLON = "::"
"""Between the fields of MovieLens' older files."""

LOOKED_AT = 100
"""Lines from which the separator is told."""

UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
"""Characters that nobody sees in a value; a tab or a line's end within quotes is none."""

csv.field_size_limit(2**31 - 1)  # Python's own limit is less than one long text

Record = tuple[int, list[str]]
"""Row number in the file, from 1, and the fields."""


def records(path: Path) -> Iterator[Record]:
    """Every record of a file of separated values, the header's first; those of nothing but blanks are left out.

    Raises:
        DataError: unreadable, empty, no text, or not well-formed.
    """
    text = _text(path, unpacked(path))
    separator = _separator(text)
    lines: Iterator[str] = text
    if separator == DOUBLE_COLON:
        lines, separator = (line.replace(DOUBLE_COLON, "\x1f") for line in text), "\x1f"
    row = blank = 0
    try:
        for row, fields in enumerate(csv.reader(lines, delimiter=separator, strict=True), start=1):
            if any(field.strip() for field in fields):
                yield row, fields
            else:
                blank += len(fields) > 1
    except csv.Error as error:
        raise DataError(f"{path}: row {row + 1}: not a well-formed CSV ({error}); mend its quotes") from None
    if blank:
        note(f"notice: {path}: {blank:,} rows of separators only left out")


def plain_parts(path: Path, names: Sequence[str]) -> Generator[pd.DataFrame, None, int | None]:
    """The columns `names` of a plain file, part by part, as long as nothing is odd: a tenth of the time of `records`.

    Stops before the first part that holds what only `records` can tell of, such as a row too short, a blank one or the
    header again.

    Returns:
        The number of the first row that was not read, below the header's 1; None where all were.
    """
    row = 2
    try:
        with path.open("rb") as file:
            header = file.readline(2**20)
            if header.startswith(
                (b"\x1f\x8b", b"PK\x03\x04", codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
            ):
                return row
            start = io.BytesIO(header + b"".join(file.readlines(2**16)))
        separator = _separator(io.TextIOWrapper(start, "utf-8"))
        columns = next(csv.reader([header.decode()], delimiter=separator, strict=True), [])
        if len(separator) > 1 or len(set(columns)) < len(columns) or not set(names) <= set(columns):
            return row
        for part in _arrow_parts(path, separator, columns[0], list(names)):
            if part is None:
                return row
            yield part.set_axis(pd.RangeIndex(row, row + len(part)))
            row += len(part)
    except (OSError, UnicodeDecodeError, csv.Error, pa.ArrowInvalid):
        return row
    return None if row > 2 else row


def _arrow_parts(path: Path, separator: str, first: str, names: list[str]) -> Iterator[pd.DataFrame | None]:
    """The parts; None for one that is odd."""
    asked = list(dict.fromkeys([*names, first]))
    reader = pacsv.open_csv(
        path,
        pacsv.ReadOptions(use_threads=False, block_size=2**24),
        pacsv.ParseOptions(delimiter=separator, ignore_empty_lines=False),
        pacsv.ConvertOptions(
            include_columns=asked, column_types=dict.fromkeys(asked, pa.string()), strings_can_be_null=False
        ),
    )
    for batch in reader:
        yield None if _is_odd(batch, first) else pd.DataFrame({name: _known(batch.column(name)) for name in names})


def _known(column: pa.Array) -> pd.Series:
    """Text, missing where blank."""
    blank = pc.equal(pc.utf8_trim_whitespace(column), "")
    return pc.if_else(blank, pa.scalar(None, pa.string()), column).to_pandas().astype("str")


def _is_odd(batch: pa.RecordBatch, first: str) -> bool:
    """Whether a part holds a blank row, the header again, or a character that nobody sees."""
    if pc.any(pc.equal(batch.column(first), first)).as_py():
        return True
    blank = [pc.equal(pc.utf8_trim_whitespace(column), "") for column in batch.columns]
    if pc.any(reduce(pc.and_, blank)).as_py():
        return True
    return any(pc.any(pc.match_substring_regex(column, UNSEEN.pattern)).as_py() for column in batch.columns)


def unpacked(path: Path) -> bytes:
    """The content of a file, or of the only one that is packed in it."""
    try:
        content = path.read_bytes()
        if content.startswith(b"\x1f\x8b"):
            content = gzip.decompress(content)
        elif content.startswith(b"PK\x03\x04"):
            content = _of_zip(path)
    except zipfile.BadZipFile:
        raise DataError(f"{path}: is a broken zip file; download it again") from None
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise DataError(f"{path}: is packed by gzip, and broken; download it again") from None
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror}); put the organiser's file there") from None
    if not content.strip():
        raise DataError(f"{path}: is empty; put the organiser's file there again")
    return content


def row_at(content: bytes, place: int) -> int:
    """Row number of the byte at `place`."""
    return len(content[: place + 1].splitlines())


def table_of(path: Path) -> pd.DataFrame | None:
    """A Parquet file or one of JSON lines as text, missing where empty; None for another format."""
    try:
        with path.open("rb") as file:
            head = file.read(4)
    except OSError:
        return None  # `records` says why
    if head == b"PAR1":
        return _of_parquet(path)
    name = path.name.lower().removesuffix(".gz")
    if name.endswith((".jsonl", ".ndjson", ".json")):
        return _of_json_lines(path)
    return None


def _of_zip(path: Path) -> bytes:
    with zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if not name.endswith("/") and not name.startswith("__MACOSX")]
        if len(names) != 1:
            raise DataError(f"{path}: holds {len(names)} files ({', '.join(names[:3])} ...); unpack it in raw/")
        return archive.read(names[0])


def _text(path: Path, content: bytes) -> io.TextIOWrapper:
    """The content as text, decoded while it is read; every line end is a line feed."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return io.TextIOWrapper(io.BytesIO(content), "utf-16", errors="replace")
    content = content.removeprefix(codecs.BOM_UTF8)
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


def _separator(text: io.TextIOWrapper) -> str:
    """What divides the first lines into the same number of fields, at least two; a comma where nothing does."""
    start = text.tell()
    lines = [line for _, line in zip(range(LOOKED_AT), text, strict=False)]
    text.seek(start)
    filled = [line for line in lines if line.strip()]
    if filled and all(line.count(DOUBLE_COLON) == filled[0].count(DOUBLE_COLON) > 0 for line in filled):
        return DOUBLE_COLON
    fitting = [sign for sign in SEPARATORS if _widths(lines, sign)]
    if not fitting or "\t" in fitting:
        return fitting[0] if fitting else ("," if not filled else _only_sign(filled[0]))
    return min(fitting, key=filled[0].index)


def _widths(lines: Sequence[str], sign: str) -> bool:
    """Whether a sign divides all records into the same number of fields."""
    try:
        widths = {len(record) for record in csv.reader(lines, delimiter=sign) if any(field.strip() for field in record)}
    except csv.Error:
        return False
    return len(widths) == 1 and widths != {1}


def _only_sign(header: str) -> str:
    """The separator of a header when no sign fits every line: the only one that stands in it, or a comma."""
    there = [sign for sign in SEPARATORS if sign in header]
    return there[0] if len(there) == 1 else ","


def _of_parquet(path: Path) -> pd.DataFrame:
    try:
        table = pd.read_parquet(path)
    except (OSError, ValueError) as error:
        raise DataError(f"{path}: cannot be read as Parquet ({_line(error)}); download it again") from None
    if not isinstance(table.index, pd.RangeIndex):
        table = table.reset_index()
    return _as_text(table)


def _of_json_lines(path: Path) -> pd.DataFrame:
    rows = []
    text = _text(path, unpacked(path))
    for row, line in enumerate(text, start=1):
        try:
            rows.append(json.loads(line) if line.strip() else {})
        except ValueError as error:
            if row == 1:
                return _of_json(path)
            raise DataError(f"{path}: row {row}: not a JSON object ({_line(error)}); mend it") from None
        if not isinstance(rows[-1], dict):
            return _of_json(path)
    return _as_text(pd.DataFrame(rows))


def _of_json(path: Path) -> pd.DataFrame:
    """A file that is one list of objects."""
    try:
        rows = json.loads(_text(path, unpacked(path)).read())
    except ValueError as error:
        raise DataError(f"{path}: not JSON ({_line(error)}); mend it") from None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise DataError(f"{path}: is no list of JSON objects; write an object a line")
    return _as_text(pd.DataFrame(rows))


def _as_text(table: pd.DataFrame) -> pd.DataFrame:
    """Every column as text, rows numbered from 1."""
    columns = {str(name): _column(table[name]) for name in table}
    return pd.DataFrame(columns).set_axis(pd.RangeIndex(1, len(table) + 1))


def _column(values: pd.Series) -> pd.Series:
    if pd.api.types.is_float_dtype(values) and (values.dropna() % 1 == 0).all():
        values = values.astype("Int64")  # a column of whole numbers with gaps is no column of decimals
    if values.dtype == object:
        values = values.map(
            lambda value: (
                ", ".join(map(str, value)) if isinstance(value, list | tuple) or hasattr(value, "tolist") else value
            )
        )
    text = values.astype("str")
    return text.mask(values.isna() | (text == ""))


def _line(error: Exception) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__
