"""How a source is found by the name it has in competition.toml."""

from collections.abc import Mapping
from typing import Any

from shortlist.common.own_faults import demand, watch
from shortlist.common.registry import Registry
from shortlist.data.dataset import Dataset
from shortlist.data.sources.base import Source
from shortlist.errors import brief


def _watch(source: type) -> None:
    watch(source, "read", _read)


def _read(source: Any, arguments: tuple[Any, ...], result: object) -> str | None:
    return None if isinstance(result, Dataset) else f"gives {type(result).__name__}, expected a Dataset"


def files_of(source: Source) -> Mapping[str, bool]:
    """Its files.

    Raises:
        OwnPartError: an own source names none as it should.
    """
    files: object = source.files
    good = isinstance(files, Mapping) and all(isinstance(name, str) for name in files)
    what = f"{type(source).__name__}.files gives {brief(files)}, expected a dict: name -> whether it must be there"
    demand(type(source), good, what)
    return source.files


SOURCES: Registry[Source] = Registry("source", "shortlist.data.sources", "SOURCE", Source, _watch)
"""Every form that files come in: a file each in `shortlist/data/sources`."""
