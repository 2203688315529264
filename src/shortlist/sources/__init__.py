"""The organisers' files: a module for each form that they come in, named by `source` in competition.toml."""

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

from shortlist.dataset import Dataset
from shortlist.errors import ConfigError


class Source(Protocol):
    """What a module of this package offers."""

    FILES: Mapping[str, bool]
    """Name of each raw file -> whether it must be there."""

    def read(self, raw: Path) -> Dataset:
        """Read and check the files in the folder `raw`.

        Raises:
            DataError: a file does not hold what it should.
        """
        ...


def find_source(name: str) -> Source:
    """The module of that name.

    Raises:
        ConfigError: there is none.
    """
    known = sorted(path.stem for path in Path(__file__).parent.glob("*.py") if path.stem not in ("__init__", "reading"))
    if name not in known:
        raise ConfigError(
            f"source = '{name}' in competition.toml: there is no such source; there are {', '.join(known)}"
        )
    return cast(Source, import_module(f"shortlist.sources.{name}"))
