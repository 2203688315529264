"""Who hands in: Dacon's token and the team's name, from the environment or from `.env` in the project's folder.

The token is a SecretStr from here to the request: printing it, or anything that holds it, shows asterisks.
"""

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from shortlist.errors import ConfigError

TOKEN, TEAM = "DACON_TOKEN", "DACON_TEAM"


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
        ConfigError: `.env` can be read by others or is not text, or the token cannot be one.
    """
    values = {name: value for name in (TOKEN, TEAM) if (value := os.environ.get(name, "").strip())}
    if len(values) < 2:
        values = {**_read(root / ".env"), **values}
    token, team = values.get(TOKEN), values.get(TEAM)
    if token is not None and not (token.isascii() and token.isprintable() and " " not in token):
        raise ConfigError(f"{TOKEN}: must be one word of letters, digits and signs; copy it once more")
    return Credentials(None if token is None else SecretStr(token), team)


def _read(path: Path) -> dict[str, str]:
    """Lines NAME=value, with or without `export` and quotes; other names and # comments are passed over."""
    try:
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_mode & (stat.S_IRWXG | stat.S_IRWXO):
                raise ConfigError(f"{path}: others can read it, and it holds a token; run: chmod 600 {path}")
            lines = file.read().decode("utf-8").splitlines()
    except FileNotFoundError:
        return {}
    except UnicodeDecodeError:
        raise ConfigError(f"{path}: not UTF-8; save it as UTF-8") from None
    values = {}
    for line in lines:
        name, _, value = line.strip().removeprefix("export ").partition("=")
        value = value.strip()
        if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"":
            value = value[1:-1]
        if name.strip() in (TOKEN, TEAM) and value:
            values[name.strip()] = value
    return values
