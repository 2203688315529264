"""A submission's CSV verbatim: nothing is stripped, and what was read can be written again in the same dialect."""

import codecs
import csv
import gzip
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

import pandas as pd

from shortlist.common.files import read_file
from shortlist.common.parameters import unseen
from shortlist.common.progress import note
from shortlist.data.sources.encodings import encoding_of
from shortlist.data.sources.packed import LEAST, bound, is_packed, unpacked
from shortlist.data.sources.reading import row_at, shown
from shortlist.data.sources.separated import LOOKED_AT, told_separator
from shortlist.data.sources.text import check_width
from shortlist.errors import DataError, ShortlistError, SubmissionError

SPELT = {"utf-8": "UTF-8", "cp949": "CP949"}
"""The encodings that a submission may have, as people write them."""

ENDS = {"\r\n": "CRLF", "\n": "LF", "\r": "CR"}
"""Of lines, as editors call them."""

NAMED = 3
"""How many rows a message names."""

ROW = 10_000
"""Bytes of a row, which no answer exceeds on the average."""

RECORDS = 200_000
"""Records at once that are Python's strings; as a table they take a part of the memory."""


@dataclass(frozen=True)
class Dialect:
    """How the fields became bytes.

    Attributes:
        delimiter: between two fields.
        end: of a line.
        encoding: `utf-8` or `cp949`.
        bom: whether the text begins with a byte order mark.
        packed: whether the bytes are packed by gzip.
    """

    delimiter: str = ","
    end: str = "\n"
    encoding: str = "utf-8"
    bom: bool = False
    packed: bool = False


@dataclass(frozen=True)
class Sheet:
    """The fields of a CSV.

    Attributes:
        name: of the file, for messages.
        header: names of the columns; None for a file without them.
        rows: text, a column for each field, named 0, 1, ...; the index is the row number, where a header is row 1.
        dialect: see `Dialect`.
    """

    name: str
    header: tuple[str, ...] | None
    rows: pd.DataFrame
    dialect: Dialect = Dialect()

    def __len__(self) -> int:
        """Number of rows below the header."""
        return len(self.rows)

    @property
    def width(self) -> int:
        """Number of columns."""
        return self.rows.shape[1]

    @property
    def most(self) -> int:
        """Bytes beyond which nothing is an answer to this sample, unpacked or not."""
        return max(LEAST, ROW * len(self))

    def column(self, place: int) -> str:
        """What a message calls a column."""
        return str(place + 1) if self.header is None else self.header[place] or str(place + 1)

    def headless(self) -> "Sheet":
        """The same file, its first row taken for data."""
        if self.header is None:
            return self
        first = pd.DataFrame([self.header], columns=range(self.width), index=[1], dtype=str)
        return replace(self, header=None, rows=pd.concat([first, self.rows]))

    def encode(self, rows: pd.DataFrame) -> bytes:
        """Other rows as a file with this one's header and dialect; the same rows give the same bytes.

        Raises:
            SubmissionError: a letter that the file's encoding does not have.
        """
        text = io.StringIO()
        writer = csv.writer(text, delimiter=self.dialect.delimiter, lineterminator=self.dialect.end)
        if self.header is not None:
            writer.writerow(self.header)
        # Arrow's text one by one would take longer than all the rest.
        writer.writerows(zip(*(rows[column].to_numpy(object).tolist() for column in rows), strict=True))
        try:
            content = text.getvalue().encode(self.dialect.encoding)
        except UnicodeEncodeError as error:
            letter = shown(error.object[error.start])
            raise SubmissionError(
                f"{self.name}: is {SPELT[self.dialect.encoding]}, which has no {letter}; save the sample as UTF-8"
            ) from None
        content = codecs.BOM_UTF8 + content if self.dialect.bom else content
        return gzip.compress(content, mtime=0) if self.dialect.packed else content


def read_sheet(path: Path, *, header: bool = True) -> Sheet:
    """Read the organiser's sample: UTF-8 or CP949, packed by gzip or not, any of `separated.SEPARATORS` and line ends.

    Blank lines at the end are left out with a notice.

    Raises:
        DataError: unreadable, no text, empty, ragged or with blank lines, or a control character in a field.
    """
    try:
        content = read_file(path)
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror}); put the organiser's file there") from None
    if packed := is_packed(content):
        content = unpacked(content, str(path), DataError, bound(len(content)))
    bom = content.startswith(codecs.BOM_UTF8)
    encoding, text = _text(str(path), content.removeprefix(codecs.BOM_UTF8))
    delimiter = told_separator(text.splitlines()[: LOOKED_AT + 1])
    line_end = re.search(r"\r\n|\n|\r", text)
    dialect = Dialect(delimiter, line_end.group() if line_end else "\n", encoding, bom, packed)
    filled = text.rstrip("\r\n")
    if not filled:
        raise DataError(f"{path}: is empty; put the organiser's file there again")
    if (blank := len(text[len(filled) :].splitlines()) - 1) > 0:
        note(f"notice: {path}: {blank:,} blank lines at the end left out")
    parts = _parts(str(path), filled, dialect, DataError)
    return _sheet(str(path), parts, dialect, header)


def read_sheet_like(content: bytes, sample: Sheet, name: str) -> Sheet:
    """Read a CSV that must have the sample's dialect and header.

    Ends of lines of CR alone, which the sample has not, are refused: who knows LF counts one row. LF for CRLF or the
    other way round is read alike everywhere, and gets a warning.

    Args:
        content: of the file.
        sample: what it must be like.
        name: of the file, for messages.

    Raises:
        SubmissionError: packed or not unlike the sample, more bytes than any answer has, a byte order mark that the
            sample has not, another encoding, header, ends of lines or number of fields, blank lines, or a control
            character in a field.
    """
    dialect = sample.dialect
    if is_packed(content) != dialect.packed:
        states = ("is not packed by gzip", "is packed by gzip")
        is_now, wanted = states[not dialect.packed], states[dialect.packed]
        raise SubmissionError(f"{name}: {is_now}, {sample.name} {wanted}; make it so")
    if dialect.packed:
        content = unpacked(content, name, SubmissionError, sample.most)
    save = f"save it as {SPELT[dialect.encoding]}"
    if content.startswith(codecs.BOM_UTF8) and not dialect.bom:
        raise SubmissionError(f"{name}: row 1: begins with a byte order mark; {save} without BOM")
    content = content.removeprefix(codecs.BOM_UTF8)
    try:
        text = content.decode(dialect.encoding)
    except UnicodeDecodeError as error:
        row = row_at(content, error.start)
        without = "" if dialect.bom else " without BOM"
        raise SubmissionError(f"{name}: row {row}: not {SPELT[dialect.encoding]}; {save}{without}") from None
    _check_ends(name, text, sample)
    if sample.header is not None:
        _check_header(name, text, sample.header, dialect.delimiter)
    parts = _parts(name, text, dialect, SubmissionError, sample.width)
    return _sheet(name, parts, dialect, sample.header is not None)


def rows_named(numbers: Sequence[int] | pd.Index) -> str:
    """Row numbers as a message names them: the first `NAMED`, and how many more."""
    named = ", ".join(str(number) for number in numbers[:NAMED])
    more = f" and {len(numbers) - NAMED:,} more" if len(numbers) > NAMED else ""
    return f"row{'s' if len(numbers) > 1 else ''} {named}{more}"


def _text(name: str, content: bytes) -> tuple[str, str]:
    """The encoding and the text."""
    encoding = encoding_of(Path(name), content)
    if encoding not in SPELT:
        raise DataError(f"{name}: is {encoding.upper()}, which no check reads; save it as CSV UTF-8 again")
    return encoding, content.decode(encoding)


def _check_ends(name: str, text: str, sample: Sheet) -> None:
    """Hold the ends of lines against the sample's; what stands within quotes is looked at with the fields."""
    wanted, pairs = sample.dialect.end, text.count("\r\n")
    counts = {"\r\n": pairs, "\n": text.count("\n") - pairs, "\r": text.count("\r") - pairs}
    if wanted != "\r" and counts["\r"]:
        row = row_at(text.encode(), len(re.split(r"\r(?!\n)", text, maxsplit=1)[0].encode()))
        raise SubmissionError(
            f"{name}: row {row}: ends with CR alone, which {sample.name} does not, and many readers know no such end; "
            f"save it with {ENDS[wanted]}"
        )
    if other := [ENDS[end] for end, times in counts.items() if times and end != wanted]:
        note(f"warning: {name}: has lines that end with {' and '.join(other)} where {sample.name} has {ENDS[wanted]}")


def _check_header(name: str, text: str, header: tuple[str, ...], sign: str) -> None:
    try:
        first = next(csv.reader(_lines(text), delimiter=sign, strict=True), None)
    except csv.Error as error:
        raise SubmissionError(f"{name}: row 1: not a well-formed CSV ({error}); fix its quotes") from None
    if first is None or tuple(first) != header:
        first_row = "nothing" if first is None else shown(sign.join(first))
        raise SubmissionError(f"{name}: row 1: the header must be {sign.join(header)}, found {first_row}")


def _parts(
    name: str, text: str, dialect: Dialect, kind: type[ShortlistError], width: int | None = None
) -> list[pd.DataFrame]:
    """All records, the header too, in tables of `RECORDS` rows; the index is the row number, from 1.

    They all have `width` fields, or as many as the first where that is None.
    """
    reader = csv.reader(_lines(text), delimiter=dialect.delimiter, strict=True)
    parts: list[pd.DataFrame] = []
    ragged: list[int] = []
    done = 0
    while records := _some(reader, name, done, kind):
        width = len(records[0]) if width is None else width
        ragged += [row for row, record in enumerate(records, start=done + 1) if len(record) != width]
        if not ragged:
            rows = range(done + 1, done + len(records) + 1)
            columns = {place: pd.Series(cells, rows, str) for place, cells in enumerate(zip(*records, strict=True))}
            parts.append(pd.DataFrame(columns))
            _check_seen(name, parts[-1], kind)
        done += len(records)
    if ragged:
        raise kind(f"{name}: {rows_named(ragged)}: must have {width} fields and no line may be blank")
    return parts or [pd.DataFrame(columns=range(width or 0), index=range(1, 1), dtype=str)]


def _some(reader: Iterator[list[str]], name: str, done: int, kind: type[ShortlistError]) -> list[list[str]]:
    """The next `RECORDS` records."""
    records: list[list[str]] = []
    try:
        for record in islice(reader, RECORDS):
            check_width(name, len(record), kind)
            records.append(record)
    except csv.Error as error:
        row = done + len(records) + 1
        raise kind(f"{name}: row {row}: not a well-formed CSV ({error}); fix its quotes") from None
    return records


def _check_seen(name: str, table: pd.DataFrame, kind: type[ShortlistError]) -> None:
    """Make sure that there is no character that nobody sees."""
    for column in table:
        for text in table[column].unique():
            if hidden := unseen(text):
                row = table.index[table[column] == text][0]
                raise kind(f"{name}: row {row}: {hidden}; take it out")


def _sheet(name: str, parts: list[pd.DataFrame], dialect: Dialect, header: bool) -> Sheet:
    """The records as a sheet."""
    rows = pd.concat(parts) if len(parts) > 1 else parts[0]
    if not header:
        return Sheet(name, None, rows, dialect)
    return Sheet(name, tuple(rows.iloc[0]), rows.iloc[1:], dialect)


def _lines(text: str) -> io.TextIOWrapper:
    """The text as csv reads it; a StringIO would take four bytes for each letter."""
    return io.TextIOWrapper(io.BytesIO(text.encode()), "utf-8", newline="")
