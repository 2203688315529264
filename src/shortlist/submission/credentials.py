"""Who hands in: Dacon's token and the team's name, from the environment or from `.env` in the project's folder.

The token is a SecretStr from here to the request: printing it, or anything that holds it, shows asterisks. No message
shows a value of either.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from shortlist.common import system
from shortlist.common.files import open_file
from shortlist.errors import ConfigError

TOKEN, TEAM = "DACON_TOKEN", "DACON_TEAM"

LONGEST_FILE, LONGEST_TOKEN, LONGEST_TEAM = 65_536, 4096, 200
"""Bytes of `.env`, and letters of the two: more is something else."""

QUOTES = "'\""


@dataclass(frozen=True)
class Credentials:
    """Token and team; None where there is none."""

    token: SecretStr | None
    team: str | None

    @property
    def missing(self) -> list[str]:
        """Names of what is not set."""
        return [name for name, value in ((TOKEN, self.token), (TEAM, self.team)) if value is None]


def read_credentials(root: Path) -> Credentials:
    """Read them; the environment goes before `.env`.

    Raises:
        ConfigError: `.env` can be read by others or cannot be read at all, or one of the two cannot be what it says.
    """
    values = {name: value for name in (TOKEN, TEAM) if (value := os.environ.get(name, "").strip())}
    if len(values) < 2:
        values = {**_read(root / ".env"), **values}
    token, team = values.get(TOKEN), values.get(TEAM)
    if token is not None and not _one_word(token):
        raise ConfigError(
            f"{TOKEN}: must be one word of letters, digits and signs, without quotes and of at most "
            f"{LONGEST_TOKEN:,}; copy it once more"
        )
    if team is not None and (len(team) > LONGEST_TEAM or _unseen(team)):
        raise ConfigError(f"{TEAM}: must be a name on one line, of at most {LONGEST_TEAM} letters")
    return Credentials(None if token is None else SecretStr(token), team)


def _one_word(token: str) -> bool:
    """Whether it may be a token: a line that was broken, or a quote that was never closed, leaves none."""
    fit = token.isascii() and token.isprintable() and " " not in token
    return fit and not (token[0] in QUOTES or token[-1] in QUOTES) and len(token) <= LONGEST_TOKEN


def _unseen(text: str) -> bool:
    """Whether it holds what ends a line or cannot be seen; what is no UTF-8 is told where it is to be sent."""
    return not all(letter.isprintable() or 0xDC80 <= ord(letter) <= 0xDCFF for letter in text)


def _read(path: Path) -> dict[str, str]:
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
        raise ConfigError(f"{path}: has more than {LONGEST_FILE:,} bytes; keep {TOKEN} and {TEAM} in it alone")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ConfigError(f"{path}: not UTF-8; save it as UTF-8") from None
    return _values(path, text)


def _values(path: Path, text: str) -> dict[str, str]:
    """The two of them, as far as they are there.

    Raises:
        ConfigError: a line of ours is none, or goes on in the next one.
    """
    values: dict[str, str] = {}
    ours = False
    for number, line in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), 1):
        name, equals, value = line.strip().removeprefix("export ").partition("=")
        name, value = name.strip(), value.strip()
        goes_on = ours and not equals and bool(name) and not name.startswith("#")
        if goes_on or (not equals and name.startswith((TOKEN, TEAM))):
            raise ConfigError(f"{path}: line {number}: must be NAME=value on one line; write it so, or remove it")
        ours = name in (TOKEN, TEAM)
        if ours and value:
            values[name] = _unquoted(path, number, name, value)
    return values


def _unquoted(path: Path, number: int, name: str, value: str) -> str:
    if value[0] not in QUOTES and value[-1] not in QUOTES:
        return value
    if len(value) < 2 or value[0] != value[-1]:
        raise ConfigError(f"{path}: line {number}: {name} has a quote at one end only; close it, or leave both out")
    return value[1:-1].strip()
