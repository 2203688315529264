"""Files of any format as tables of text, part by part: separated values, packed or not, Parquet, and JSON."""

import gzip
import io
import json
import lzma
import math
import os
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import chain, islice
from pathlib import Path
from typing import IO, Any, Protocol, cast

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from shortlist.common.files import open_file
from shortlist.data.sources.encodings import encoding_of
from shortlist.data.sources.packed import TIMES, bound, is_packed
from shortlist.data.sources.separated import RECORDS, Separated
from shortlist.data.sources.text import check_seen, known
from shortlist.errors import DataError

JSON_ENDS = (".jsonl", ".ndjson", ".json")


class Reader(Protocol):
    """Reads an open file.

    Attributes:
        columns: names as they are in the file: some may be empty or duplicated.
    """

    columns: list[str]

    def parts(self, places: Sequence[int]) -> Iterator[pd.DataFrame]:
        """The columns at these places as text, missing where blank; the index is the row number in the file.

        Raises:
            DataError: what is there is not well-formed.
        """


@contextmanager
def opened(path: Path, needed: Sequence[str]) -> Iterator[Reader]:
    """The reader for a file's format, which its first bytes tell, or its name.

    Args:
        needed: columns that there are, if the file has a header.

    Raises:
        DataError: the file cannot be read, or is not what it seems to be.
    """
    try:
        with _unpacked(path) as (name, stream, most):
            head = stream.read(4096)
            if not head.strip():
                raise DataError(f"{path}: is empty; put the organiser's file there again")
            whole = io.BufferedReader(_Chained(path, head, stream, most))
            if head.startswith(b"PAR1"):
                yield _Parquet(path, whole)
            elif name.lower().endswith(JSON_ENDS) or _is_json(head):
                yield _Json(path, whole)
            else:
                yield Separated(path, whole, needed)
    except (zipfile.BadZipFile, lzma.LZMAError) as error:
        raise DataError(f"{path}: is a broken zip file ({_line(error)}); download it again") from None
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise DataError(f"{path}: is packed by gzip, and broken; download it again") from None
    except OSError as error:
        raise DataError(
            f"{path}: cannot be read ({error.strerror or _line(error)}); put the organiser's file there"
        ) from None


class _Chained(io.RawIOBase):
    """What was read of a stream already, and the rest of it, up to a number of bytes.

    Raises:
        DataError: there are more.
    """

    def __init__(self, path: Path, head: bytes, stream: IO[bytes], most: float) -> None:
        self._path, self._head, self._stream, self._left = path, head, stream, most

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        read = self._head[: len(buffer)] or self._stream.read(len(buffer))
        self._head = self._head[len(read) :]
        self._left -= len(read)
        if self._left < 0:
            raise DataError(
                f"{self._path}: unpacks to more than {TIMES} times its size, as no log does; download it again, or "
                f"unpack it in raw/"
            )
        buffer[: len(read)] = read
        return len(read)


@contextmanager
def _unpacked(path: Path) -> Iterator[tuple[str, IO[bytes], float]]:
    """Name and bytes of a file, or of the only one that is packed in it, and how many bytes there may be."""
    with open_file(path) as file:
        most = bound(os.fstat(file.fileno()).st_size)
        start = file.peek(4)
        if is_packed(start):
            with gzip.open(file) as unpacked:
                yield path.name.lower().removesuffix(".gz"), cast(IO[bytes], unpacked), most
        elif start.startswith(b"PK\x03\x04"):
            with zipfile.ZipFile(file) as archive, _member(path, archive) as packed:
                yield packed.name, packed, most
        else:
            yield path.name, file, math.inf


def _member(path: Path, archive: zipfile.ZipFile) -> IO[bytes]:
    """The only file of an archive, opened."""
    name = _only(path, archive)
    try:
        return archive.open(name)
    except RuntimeError as error:  # a password, or a way of packing that Python has not
        raise DataError(f"{path}: is a zip file that is locked ({_line(error)}); unpack it in raw/") from None


def _only(path: Path, archive: zipfile.ZipFile) -> str:
    names = [name for name in archive.namelist() if not name.endswith("/") and not name.startswith("__MACOSX")]
    if "[Content_Types].xml" in names:
        raise DataError(f"{path}: is a workbook of Excel; save the sheet as CSV UTF-8")
    if len(names) != 1:
        listed = ", ".join(names[:3]) + (" ..." if len(names) > 3 else "")
        raise DataError(f"{path}: holds {len(names)} files ({listed}), expected one; unpack it in raw/")
    return names[0]


class _Parquet:
    """See `Reader`; row n is record n."""

    def __init__(self, path: Path, stream: "io.BufferedReader[_Chained]") -> None:
        self._path = path
        with _parquet_errors(path):
            source = path if pa.OSFile(str(path)).read(4) == b"PAR1" else pa.BufferReader(stream.read())
            self._file = pq.ParquetFile(source)
        # Pandas's own row numbers are no column; it calls a column without a name so.
        self.columns = ["" if name == "__index_level_0__" else name for name in self._file.schema_arrow.names]

    def parts(self, places: Sequence[int]) -> Iterator[pd.DataFrame]:
        """See `Reader.parts`."""
        names = self._file.schema_arrow.names
        alike = len(set(names)) < len(names)  # then a column is told by its place, and all are read
        wanted = None if alike else [names[place] for place in places]
        row = 1
        with _parquet_errors(self._path):
            for batch in self._file.iter_batches(RECORDS, columns=wanted):
                batch.validate(full=True)  # text that is no UTF-8 would be noticed by whoever touches it first
                index = pd.RangeIndex(row, row + len(batch))
                cells = [
                    _arrow_text(batch.column(place if alike else names[place])).set_axis(index) for place in places
                ]
                part = pd.DataFrame(dict(enumerate(cells)), index=index)
                check_seen(self._path, part)
                yield part
                row += len(batch)


@contextmanager
def _parquet_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, UnicodeDecodeError, pa.ArrowException) as error:
        raise DataError(f"{path}: cannot be read as Parquet ({_line(error)}); download it again") from None


def _arrow_text(column: pa.Array) -> pd.Series:
    """A whole number that is kept as a float is written without `.0`: pandas makes floats of ids with gaps."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        column = column.dictionary_decode()
    elif pa.types.is_nested(kind):
        column = pa.array([_json_text(value) for value in column.to_pylist()], pa.string())
    elif pa.types.is_floating(kind):
        column = pc.if_else(pc.is_nan(column), None, column)
        if pc.all(pc.and_(pc.equal(column, pc.round(column)), pc.less(pc.abs(column), 2.0**53))).as_py():
            column = pc.cast(column, pa.int64())
    elif pa.types.is_timestamp(kind) and kind.tz is not None:
        column = pc.cast(column, pa.timestamp(kind.unit))  # in UTC
    return known(pc.cast(column, pa.string()).to_pandas().astype("str"))


class _Json:
    """See `Reader`: an object a line, or one list of objects. Row n is line n, or object n of a list."""

    def __init__(self, path: Path, stream: "io.BufferedReader[_Chained]") -> None:
        self._path, self._stream = path, stream
        self._rows = self._objects()
        self._first = list(islice(self._rows, RECORDS))
        self.columns = list(dict.fromkeys(name for _, row in self._first for name in row))

    def parts(self, places: Sequence[int]) -> Iterator[pd.DataFrame]:
        """See `Reader.parts`."""
        rows = chain(self._first, self._rows)
        names = [self.columns[place] for place in places]
        while some := list(islice(rows, RECORDS)):
            index = [row for row, _ in some]
            cells = [pd.Series([_json_text(values.get(name)) for _, values in some], index, str) for name in names]
            part = pd.DataFrame(dict(enumerate(map(known, cells))), index=index)
            check_seen(self._path, part)
            yield part

    def _objects(self) -> Iterator[tuple[int, dict[str, Any]]]:
        """Row number and content of each object."""
        start = self._stream.peek(64).lstrip(b"\xef\xbb\xbf \t\r\n")
        if start.startswith(b"["):
            yield from enumerate(self._list(), start=1)
            return
        for row, line in enumerate(self._stream, start=1):
            if not line.strip():
                continue
            try:
                value = json.loads(line.decode("utf-8-sig"))
            except (ValueError, RecursionError) as error:
                raise DataError(f"{self._path}: row {row}: not a JSON object ({_line(error)}); fix it") from None
            if not isinstance(value, dict):
                raise DataError(f"{self._path}: row {row}: not a JSON object; write one object per line")
            self._check_letters(row, value, line)
            yield row, value

    def _list(self) -> list[dict[str, Any]]:
        content = self._stream.read()
        text = content.decode(encoding_of(self._path, content))
        try:
            rows = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise DataError(f"{self._path}: not JSON ({_line(error)}); fix it") from None
        if not all(isinstance(row, dict) for row in rows):
            raise DataError(f"{self._path}: is not a list of JSON objects; write one object per line")
        for row, values in enumerate(rows, start=1):
            self._check_letters(row, values, content)
        return rows

    def _check_letters(self, row: int, values: dict[str, Any], source: bytes) -> None:
        """Make sure that no letter is half of one, as an escape may write it and no file can hold it."""
        if b"\\ud" in source or b"\\uD" in source:
            try:
                json.dumps(values, ensure_ascii=False).encode()
            except UnicodeEncodeError as error:
                sign = f"U+{ord(error.object[error.start]):04X}"
                raise DataError(f"{self._path}: row {row}: holds {sign}, half of a character; remove it") from None


def _is_json(head: bytes) -> bool:
    """Whether the first line is an object, or a list of objects begins, whatever the file's name."""
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    return start.startswith(b'{"') or start.removeprefix(b"[").lstrip().startswith((b'{"', b"{\n"))


def _json_text(value: object) -> str | None:
    if value is None or value != value:  # NaN
        return None
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, default=str)


def _line(error: BaseException) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__
