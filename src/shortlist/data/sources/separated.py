"""Separated values as tables of text: parts where nothing is odd are read by Arrow, the others record by record."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from functools import reduce
from itertools import islice
from pathlib import Path
from typing import IO, Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from shortlist.common.progress import note
from shortlist.data.sources.encodings import encoding_of, is_utf8, plain_start
from shortlist.data.sources.headers import is_header
from shortlist.data.sources.text import check_seen, known
from shortlist.errors import DataError, listed

SEPARATORS = "\t,;|"
"""What may stand between two fields, beside `::`. A tab goes first: it is hardly ever a part of a value."""

DOUBLE_COLON = "::"
"""Between the fields of MovieLens' older files, which know no quotes."""

UNIT = "\x1f"
"""Stands for `::` where a separator must be one character."""

LOOKED_AT = 100
"""Lines from which the separator is told."""

COMPARED = 20
"""Records from which it is told whether the first one is a header."""

BLOCK = 2**24
"""Bytes that Arrow reads at once."""

RECORDS = 200_000
"""Records at once that are Python's strings; as a table they take a tenth of the memory."""

CONTROL = bytes(code for code in (*range(32), 127) if code not in b"\t\n\r")

Record = tuple[int, list[str]]
"""Row number in the file, from 1, and the fields."""

csv.field_size_limit(2**31 - 1)  # Python's own limit is less than one long text


class Separated:
    """See `formats.Reader`. A row is a record, and a blank line is a row too; the header is mostly row 1.

    Args:
        path: of the file, for messages.
        stream: its bytes.
        needed: columns that there are, if the file has a header.

    Raises:
        DataError: the start is no text, or holds no record.
    """

    def __init__(self, path: Path, stream: IO[bytes], needed: Sequence[str]) -> None:
        self._path = path
        self._block, more = plain_start(path, stream)
        self._stream = stream if more else io.BytesIO()
        start = self._block[: self._block.rfind(b"\n", 0, 2**20) + 1] or self._block
        lines = list(islice(io.StringIO(start.decode(errors="replace"), newline=None), LOOKED_AT + 1))
        self._separator = told_separator(lines)
        header_row, fields, next_rows = self._first_records(lines)
        names = [name.strip() for name in fields]
        self._header = names if is_header(names, next_rows, needed) else None
        self.columns = self._header or [f"column_{place}" for place in range(1, len(names) + 1)]
        if self._header is None:
            note(f"notice: {path}: has no header; its columns are called {listed(self.columns)}")
        self._first = header_row + (self._header is not None)
        self._is_plain = header_row == 1 and not any("\n" in name for name in fields)

    def parts(self, places: Sequence[int]) -> Iterator[pd.DataFrame]:
        """See `formats.Reader.parts`."""
        block, row, is_ascii = self._block, 1, True
        if self._is_plain and self._header is not None:
            line = block[: block.find(b"\n") + 1] or block
            if b"\r" not in line.removesuffix(b"\r\n"):
                block, row, is_ascii = block[len(line) :], 2, line.isascii()
        while row >= self._first and self._is_plain:
            block += self._stream.read(max(0, BLOCK - len(block)))
            if not block:
                return
            cut = len(block) if len(block) < BLOCK else block.rfind(b"\n", 0, BLOCK) + 1
            part = self._quick(block[:cut], places)
            if part is None:
                break
            yield part.set_axis(pd.RangeIndex(row, row + len(part)))
            row, is_ascii, block = row + len(part), is_ascii and block[:cut].isascii(), block[cut:]
        if block:
            content = block + self._stream.read()
            encoding = encoding_of(self._path, content, row, ("utf-8", "cp949") if is_ascii else ("utf-8",))
            yield from self._careful(io.TextIOWrapper(io.BytesIO(content), encoding), row, places)

    def _first_records(self, lines: Sequence[str]) -> tuple[int, list[str], list[list[str]]]:
        """Row number and fields of the first record, and the fields of some more; what is wrong later is told later."""
        filled: list[Record] = []
        try:
            for row, fields in records(self._path, lines, self._separator):
                if _is_filled(fields):
                    filled.append((row, fields))
                if len(filled) == COMPARED:
                    break
        except DataError:
            if not filled:
                raise
        if not filled:
            raise DataError(f"{self._path}: is empty; put the organiser's file there again")
        return *filled[0], [fields for _, fields in filled[1:]]

    def _quick(self, block: bytes, places: Sequence[int]) -> pd.DataFrame | None:
        """Whole lines as a table; None where only `_careful` can tell what is odd."""
        block = block.replace(b"\r\n", b"\n")
        if not block or b"\r" in block or not is_utf8(block) or len(block.translate(None, CONTROL)) < len(block):
            return None
        quotes: str | bool = '"'
        if self._separator == UNIT:
            block, quotes = block.replace(DOUBLE_COLON.encode(), UNIT.encode()), False
        elif not _quotes_are_plain(block, self._separator):
            return None
        probe = next((place for place, name in enumerate(self.columns) if name), 0)
        read = {str(place): pa.string() for place in dict.fromkeys([*places, probe])}
        names = [str(place) for place in range(len(self.columns))]
        try:
            table = pacsv.read_csv(
                pa.BufferReader(block),
                pacsv.ReadOptions(use_threads=False, block_size=len(block) + 1, column_names=names),
                pacsv.ParseOptions(
                    delimiter=self._separator, quote_char=quotes, newlines_in_values=True, ignore_empty_lines=False
                ),
                pacsv.ConvertOptions(include_columns=list(read), column_types=read, strings_can_be_null=False),
            )
        except pa.ArrowInvalid:
            return None
        trimmed = {name: pc.utf8_trim_whitespace(table.column(name)) for name in read}
        blank = {name: pc.equal(cells, "") for name, cells in trimmed.items()}
        again = self._header is not None and pc.any(pc.equal(trimmed[str(probe)], self._header[probe])).as_py()
        if again or pc.any(reduce(pc.and_, blank.values())).as_py():
            return None
        nothing = pa.scalar(None, pa.string())
        cells = [pc.if_else(blank[str(place)], nothing, table.column(str(place))) for place in places]
        return pd.DataFrame({place: column.to_pandas().astype("str") for place, column in enumerate(cells)})

    def _careful(self, lines: Iterable[str], row: int, places: Sequence[int]) -> Iterator[pd.DataFrame]:
        """The table of the lines from the row `row` on, but those above the first of data."""
        rows = self._checked(records(self._path, lines, self._separator, row))
        while some := list(islice(rows, RECORDS)):
            numbers, fields = zip(*some, strict=True)
            cells = {place: list(column) for place, column in enumerate(zip(*fields, strict=True))}
            table = pd.DataFrame(cells, index=list(numbers), dtype=str)
            check_seen(self._path, table)
            yield pd.DataFrame({place: known(table[kept]) for place, kept in enumerate(places)}, index=table.index)

    def _checked(self, rows: Iterator[Record]) -> Iterator[Record]:
        """Records that have as many fields as the header, and are not the header again."""
        width, blank = len(self.columns), 0
        for row, fields in rows:
            if row < self._first or not _is_filled(fields):
                blank += len(fields) > 1 and row >= self._first
                continue
            if len(fields) != width:
                what = "a separator too many, or one unquoted" if len(fields) > width else "the rest is missing"
                raise DataError(
                    f"{self._path}: row {row}: has {len(fields)} fields where the header has {width}: {what}; fix it"
                )
            if self._header is not None and [field.strip() for field in fields] == self._header:
                raise DataError(
                    f"{self._path}: row {row}: the header again; remove the row, or put the files there one by one"
                )
            yield row, fields
        if blank:
            note(f"notice: {self._path}: {blank:,} rows of separators only left out")


def records(path: Path, lines: Iterable[str], separator: str, first: int = 1) -> Iterator[Record]:
    """The records of lines that are rows from `first` on, blank ones too.

    Raises:
        DataError: not well-formed.
    """
    if separator == UNIT:
        lines = (line.replace(DOUBLE_COLON, UNIT) for line in lines)
    quoting: Literal[0, 3] = csv.QUOTE_NONE if separator == UNIT else csv.QUOTE_MINIMAL
    row = first - 1
    try:
        for row, fields in enumerate(csv.reader(lines, delimiter=separator, quoting=quoting, strict=True), first):
            yield row, fields
    except csv.Error as error:
        raise DataError(f"{path}: row {row + 1}: not a well-formed CSV ({error}); fix its quotes") from None


def told_separator(lines: Sequence[str]) -> str:
    """What divides most of the first lines into as many fields as the header; a comma where nothing does.

    Args:
        lines: some `LOOKED_AT`, one more where the file goes on.
    """
    filled = [line for line in lines[:LOOKED_AT] if line.strip()]
    if filled and all(line.count(DOUBLE_COLON) == filled[0].count(DOUBLE_COLON) > 0 for line in filled):
        return UNIT
    shares = {sign: _share_alike(lines, sign) for sign in SEPARATORS if filled and sign in filled[0]}
    best = [sign for sign, share in shares.items() if share == max(shares.values()) > 0]
    if not best or "\t" in best:
        return best[0] if best else ","
    return min(best, key=filled[0].index)


def _share_alike(lines: Sequence[str], sign: str) -> float:
    """Share of the records that a sign divides into as many fields as the header, at least two."""
    widths = []
    try:
        for record in csv.reader(lines, delimiter=sign):
            if _is_filled(record):
                widths.append(len(record))
    except csv.Error:
        return 0.0
    if len(lines) > LOOKED_AT:
        widths = widths[:-1] or widths  # the last one may have been cut
    return widths.count(widths[0]) / len(widths) if widths and widths[0] > 1 else 0.0


def _is_filled(fields: Sequence[str]) -> bool:
    return any(field.strip() for field in fields)


def _quotes_are_plain(block: bytes, separator: str) -> bool:
    """Whether each quote opens or closes a whole field, which holds none itself."""
    if b'"' not in block:
        return True
    data = np.frombuffer(b"\n" + block + b"\n", dtype=np.uint8)
    places = np.flatnonzero(data == ord('"'))
    if len(places) % 2:
        return False
    beside = np.concatenate([data[places[::2] - 1], data[places[1::2] + 1]])
    return bool(np.isin(beside, [ord("\n"), ord(separator)]).all())
