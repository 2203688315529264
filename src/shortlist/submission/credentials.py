"""Who hands in: a service's token and names, from the environment or from `.env` in the project's folder.

A token is a SecretStr from here to the request: printing it, or anything that holds it, shows asterisks. No message
shows a value of either.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from shortlist.common import system
from shortlist.common.files import open_file
from shortlist.errors import ConfigError

LONGEST_FILE, LONGEST_TOKEN, LONGEST_NAME = 65_536, 4096, 200
"""Bytes of `.env`, and letters of a token and of a name: more is something else."""

QUOTES = "'\""


@dataclass(frozen=True)
class Credentials:
    """What is set of a service's tokens and names, by variable."""

    secrets: Mapping[str, SecretStr]
    names: Mapping[str, str]

    def missing(self, wanted: Sequence[str]) -> list[str]:
        """Those of some variables that are not set."""
        return [name for name in wanted if name not in self.secrets and name not in self.names]


def read_credentials(root: Path, secrets: Sequence[str], names: Sequence[str]) -> Credentials:
    """Read them; the environment goes before `.env`.

    Args:
        root: the project's folder.
        secrets, names: variables of tokens, and of names of people and teams.

    Raises:
        ConfigError: `.env` can be read by others or cannot be read at all, or a value cannot be what it says.
    """
    wanted = (*secrets, *names)
    values = {name: value for name in wanted if (value := os.environ.get(name, "").strip())}
    if len(values) < len(wanted):
        values = {**_read(root / ".env", wanted), **values}
    for name, value in values.items():
        if name in secrets and not _one_word(value):
            raise ConfigError(
                f"{name}: must be one word of letters, digits and signs, without quotes and of at most "
                f"{LONGEST_TOKEN:,}; copy it once more"
            )
        if name in names and (len(value) > LONGEST_NAME or _unseen(value)):
            raise ConfigError(f"{name}: must be a name on one line, of at most {LONGEST_NAME} letters")
    return Credentials(
        {name: SecretStr(value) for name, value in values.items() if name in secrets},
        {name: value for name, value in values.items() if name in names},
    )


def _one_word(token: str) -> bool:
    """Whether it may be a token: a line that was broken, or a quote that was never closed, leaves none."""
    fit = token.isascii() and token.isprintable() and " " not in token
    return fit and not (token[0] in QUOTES or token[-1] in QUOTES) and len(token) <= LONGEST_TOKEN


def _unseen(text: str) -> bool:
    """Whether it holds what ends a line or cannot be seen; what is no UTF-8 is told where it is to be sent."""
    return not all(letter.isprintable() or 0xDC80 <= ord(letter) <= 0xDCFF for letter in text)


def _read(path: Path, wanted: tuple[str, ...]) -> dict[str, str]:
    """Lines NAME=value, with or without `export` and quotes; other names and # comments are passed over."""
    try:
        with open_file(path) as file:
            if system.others_can_read(file.fileno()):
                raise ConfigError(f"{path}: others can read it, and it holds a token; run: chmod 600 {path}")
            content = file.read(LONGEST_FILE + 1)
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror}); make it a file, or remove it") from None
    if len(content) > LONGEST_FILE:
        raise ConfigError(f"{path}: has more than {LONGEST_FILE:,} bytes; keep {' and '.join(wanted)} in it alone")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ConfigError(f"{path}: not UTF-8; save it as UTF-8") from None
    return _values(path, text, wanted)


def _values(path: Path, text: str, wanted: tuple[str, ...]) -> dict[str, str]:
    """Those that are wanted, as far as they are there.

    Raises:
        ConfigError: a line of ours is none, or goes on in the next one.
    """
    values: dict[str, str] = {}
    ours = False
    for number, line in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), 1):
        name, equals, value = line.strip().removeprefix("export ").partition("=")
        name, value = name.strip(), value.strip()
        goes_on = ours and not equals and bool(name) and not name.startswith("#")
        if goes_on or (not equals and name.startswith(wanted)):
            raise ConfigError(f"{path}: line {number}: must be NAME=value on one line; write it so, or remove it")
        ours = name in wanted
        if ours and value:
            values[name] = _unquoted(path, number, name, value)
    return values


def _unquoted(path: Path, number: int, name: str, value: str) -> str:
    if value[0] not in QUOTES and value[-1] not in QUOTES:
        return value
    if len(value) < 2 or value[0] != value[-1]:
        raise ConfigError(f"{path}: line {number}: {name} has a quote at one end only; close it, or leave both out")
    return value[1:-1].strip()
