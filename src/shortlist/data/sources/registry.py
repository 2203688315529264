"""How a source is found by the name it has in competition.toml."""

from typing import Any

from shortlist.common.own_faults import watch
from shortlist.common.registry import Registry
from shortlist.data.dataset import Dataset
from shortlist.data.sources.base import Source


def _watch(source: type) -> None:
    watch(source, "read", _read)


def _read(source: Any, arguments: tuple[Any, ...], result: object) -> str | None:
    return None if isinstance(result, Dataset) else f"gives {type(result).__name__}, expected a Dataset"


SOURCES: Registry[Source] = Registry("source", "shortlist.data.sources", "SOURCE", Source, _watch)
"""Every form that files come in: a file each in `shortlist/data/sources`."""
