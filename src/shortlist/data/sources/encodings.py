"""Bytes of a text in UTF-8, CP949 or Unicode with a byte order mark."""

import codecs
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from shortlist.data.sources.text import row_at
from shortlist.errors import DataError

START = 2**24
"""Bytes that are read to tell what a text is."""

MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",  # begins as UTF-16 does, so it is looked for first
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
"""Byte order mark -> encoding."""

NULS = 0.05
"""More of them are UTF-16 without a mark, which passes for UTF-8; fewer are faults of a few values."""


def encoding_of(path: Path, content: bytes, row: int = 1, encodings: Sequence[str] = ("utf-8", "cp949")) -> str:
    """The encoding of a text.

    Args:
        path: of the file, for messages.
        content: the file from the row `row` on.
        encodings: those that it may have without a mark.

    Raises:
        DataError: it has none of them.
    """
    bad = content.find(b"\0") if content.count(b"\0") > NULS * len(content) else -1
    marked = [encoding for mark, encoding in MARKS.items() if content.startswith(mark)]
    if bad < 0 or marked:
        for encoding in marked[:1] or encodings:
            try:
                content.decode(encoding)
            except UnicodeDecodeError as error:
                bad = max(bad, error.start)  # the encoding that got further is the one that was meant
            else:
                return encoding
    row += row_at(content, bad) - 1
    raise DataError(f"{path}: row {row}: neither UTF-8 nor CP949 text; save the file as CSV UTF-8 again")


def plain_start(path: Path, stream: IO[bytes]) -> tuple[bytes, bool]:
    """The first block of a text as UTF-8 without a mark, and whether the stream has the rest.

    A text that begins in another encoding is read as a whole.

    Raises:
        DataError: see `encoding_of`.
    """
    block = stream.read(START)
    if block.startswith(codecs.BOM_UTF8):
        return block.removeprefix(codecs.BOM_UTF8), True
    if not block.startswith(tuple(MARKS)) and is_utf8(block[: block.rfind(b"\n") + 1] or block):
        return block, True
    content = block + stream.read()
    return content.decode(encoding_of(path, content)).encode(), False


def is_utf8(block: bytes) -> bool:
    """Whether bytes are UTF-8 and not mainly NULs."""
    if block.isascii():
        return block.count(b"\0") <= NULS * len(block)
    try:
        block.decode()
    except UnicodeDecodeError:
        return False
    return block.count(b"\0") <= NULS * len(block)
