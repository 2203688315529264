"""A TOML file that a person has written, read with care: whatever it holds, the answer is its tables or one line."""

import re
import tomllib
from collections.abc import Iterator
from datetime import date, time
from math import isfinite
from pathlib import Path
from typing import Any

from shortlist.common.files import open_file
from shortlist.common.parameters import UNSEEN, unseen
from shortlist.errors import ConfigError, brief, one_line

MOST_BYTES = 2**20
"""A hundred times what a competition needs; of more, reading alone would take minutes."""

DEEPEST = 16
"""Tables and lists in each other; a competition needs four."""

LONGEST_KEY, LONGEST_TEXT = 1_000, 10_000
"""Letters of a key and of a text."""

LARGEST_INTEGER = 2**63
"""What TOML itself promises to carry."""

_PART = r'(?:[A-Za-z0-9_-]++|"(?:[^"\\\n]|\\.)*+"|\'[^\'\n]*+\')'
DOTTED = re.compile(rf"(?<![A-Za-z0-9_-]){_PART}(?:[ \t]*+\.[ \t]*+{_PART}){{100}}")
"""A key of more than a hundred parts: the time that tomllib needs for one grows with their square."""


def read_toml(path: Path) -> dict[str, Any]:
    """The tables of a TOML file; every number is finite, every key and text of a length that can be shown.

    Raises:
        FileNotFoundError: there is none.
        ConfigError: it is no file, is too large, or is not TOML that can be used; one line.
    """
    text = _text(path)
    if DOTTED.search(text):
        raise ConfigError(f"{path}: not valid TOML: a key of more than 100 parts with dots between them")
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        hint = "; its lines end with CR alone, save it with LF" if "\r" in text and "\n" not in text else ""
        raise ConfigError(f"{path}: not valid TOML: {one_line(str(error), 200)}{hint}") from None
    except RecursionError:
        raise ConfigError(f"{path}: not valid TOML: too many brackets in each other; {DEEPEST} are allowed") from None
    except ValueError:  # Python refuses to read thousands of digits
        raise ConfigError(f"{path}: not valid TOML: {_too_long(text)}") from None
    if (fault := next(_faults(tables, ()), None)) is not None:
        raise ConfigError(f"{path}: {fault}")
    return tables


def _text(path: Path) -> str:
    try:
        with open_file(path) as file:
            content = file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror}); put the file there") from None
    if len(content) > MOST_BYTES:
        raise ConfigError(f"{path}: has more than {MOST_BYTES:,} bytes; no competition.toml needs so many")
    if not content.strip():
        raise ConfigError(f"{path}: is empty; write it, or remove it and let `make init` write it")
    if content.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        raise ConfigError(f"{path}: not valid TOML: begins with a byte-order mark; save it as UTF-8 without one")
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: not valid TOML: {error}; save it as UTF-8") from None


def _too_long(text: str) -> str:
    """Which line has the number that Python did not read."""
    number = re.search(r"\d[\d_]{1000,}", text)
    line = f"line {text.count(chr(10), 0, number.start()) + 1}: " if number else ""
    return f"{line}a number of thousands of digits"


def _faults(value: Any, place: tuple[str, ...]) -> Iterator[str]:
    """What no key of competition.toml can take, wherever it stands, with the place."""
    if len(place) > DEEPEST:
        yield f"{_shown(place)}: tables and lists in each other, more than {DEEPEST}"
    elif isinstance(value, dict):
        for key, own in value.items():
            if len(key) > LONGEST_KEY or UNSEEN.search(key):
                yield f"{_shown((*place, key))}: a key of one line and of 1 to {LONGEST_KEY:,} letters is expected"
            yield from _faults(own, (*place, key))
    elif isinstance(value, list):
        for number, own in enumerate(value):
            yield from _faults(own, (*place, str(number)))
    elif (fault := _fault(value)) is not None:
        yield f"{_shown(place)}: {fault}"


def _fault(value: object) -> str | None:
    if isinstance(value, date | time):
        return f"a date or time, got {value}; write it in quotes"
    if isinstance(value, float) and not isfinite(value):
        return f"must be a finite number, got {value}"
    if isinstance(value, int) and not -LARGEST_INTEGER <= value < LARGEST_INTEGER:
        return f"must be a number of at most 64 bits, got {brief(value)}"
    if isinstance(value, str) and len(value) > LONGEST_TEXT:
        return f"a text of {len(value):,} letters, got {brief(value)}; {LONGEST_TEXT:,} are allowed"
    if isinstance(value, str) and (hidden := unseen(value.translate({9: None, 10: None, 13: None}))):
        return f"{hidden}, got {brief(value)}; take it out"
    return None


def _shown(place: tuple[str, ...]) -> str:
    return one_line(".".join(place), 120)
