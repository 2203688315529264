"""Values in competition.toml changed where they stand, so that its comments and its order stay."""

import json
import re
import tomllib
from collections.abc import Mapping
from typing import Any

from shortlist.errors import ConfigError


def with_values(text: str, section: str, name: str, values: Mapping[str, Any]) -> str:
    """The text of a TOML file with other values in the table [section.name]; new keys come at the table's end.

    Only tables with a header of their own are edited, not those written inline; the result is parsed to be sure.

    Raises:
        ConfigError: the table is written in another way; says what to change by hand.
    """
    wanted = tomllib.loads(text)
    wanted[section][name] |= values
    lines = text.splitlines(keepends=True)
    part = rf"(?:{re.escape(name)}|\"{re.escape(name)}\"|'{re.escape(name)}')"
    header = re.compile(rf"\s*\[\s*{section}\s*\.\s*{part}\s*\]\s*(#.*)?$")
    start = next((place for place, line in enumerate(lines) if header.match(line)), None)
    if start is not None:
        for key, value in values.items():
            _set(lines, start + 1, key, json.dumps(value, ensure_ascii=False))
    edited = "".join(lines)
    if start is None or _parsed(edited) != wanted:
        by_hand = ", ".join(f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in values.items())
        raise ConfigError(f"competition.toml: [{section}.{name}] is not a plain table to edit; set by hand: {by_hand}")
    return edited


def _set(lines: list[str], start: int, key: str, value: str) -> None:
    """Change or add `key` in the table whose first line after the header is at `start`."""
    end = next((place for place in range(start, len(lines)) if lines[place].lstrip().startswith("[")), len(lines))
    assignment = re.compile(rf"(\s*(?:{re.escape(key)}|\"{re.escape(key)}\")\s*=\s*)")
    last = start - 1
    for place in range(start, end):
        if match := assignment.match(lines[place]):
            rest = "".join(lines[place:end])
            lines[place:end] = (match[1] + value + rest[_length(rest) :]).splitlines(keepends=True)
            return
        if lines[place].strip() and not lines[place].lstrip().startswith("#"):
            last = place
    newline = "\r\n" if lines[last].endswith("\r\n") else "\n"
    lines[last] = lines[last].rstrip("\r\n") + newline
    lines.insert(last + 1, f"{key} = {value}{newline}")


def _length(text: str) -> int:
    """How far the first assignment of `text` reaches, without the space, comment or line end after it."""
    for mark in re.finditer(r"#|\r?\n|$", text):
        # The shortest start that is valid TOML: a sign within a string or a list leaves it open.
        if _parsed(text[: mark.start()]):
            return len(text[: mark.start()].rstrip())
    return 0


def _parsed(text: str) -> dict[str, Any] | None:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return None
