"""Packed files are unpacked up to a bound: a small one must not fill the memory."""

import gzip
import io
import zlib

from shortlist.errors import ShortlistError

TIMES, LEAST = 200, 2**26
"""Times its size that a packed file may unpack to, from 64 MiB on: logs come to 30, what fills memory to 1,000."""

BLOCK = 2**20
"""Bytes that are unpacked at once."""


def bound(size: int) -> int:
    """The bytes that a packed file of this size may unpack to."""
    return max(LEAST, TIMES * size)


def is_packed(content: bytes) -> bool:
    """Whether it begins as gzip begins a file."""
    return content.startswith(b"\x1f\x8b")


def unpacked(content: bytes, name: str, kind: type[ShortlistError], most: int) -> bytes:
    """What gzip has packed, no more than `most` bytes.

    Args:
        content: of the file.
        name: of the file, for messages.
        kind: of the error.
        most: see above.

    Raises:
        ShortlistError: of that kind: there is more, or it is broken.
    """
    whole = bytearray()
    try:
        with gzip.open(io.BytesIO(content)) as file:
            while part := file.read(BLOCK):
                whole += part
                if len(whole) > most:
                    raise kind(f"{name}: unpacks to more than {most:,} bytes, as no submission does; make it again")
    except (OSError, EOFError, zlib.error):
        raise kind(f"{name}: is packed by gzip, and broken; pack or download it again") from None
    return bytes(whole)
