"""How a validation scheme is found by the name it has in competition.toml."""

from collections.abc import Mapping
from typing import Any

from shortlist.common.registry import Registry
from shortlist.validation.splitters.base import Splitter

SPLITTERS: Registry[Splitter] = Registry("validation scheme", "shortlist.validation.splitters", "SPLITTER")
"""Every splitter: a file each in `shortlist/validation/splitters`."""


def make_splitter(kind: str, settings: Mapping[str, Any]) -> Splitter:
    """A splitter by its kind; see `Registry.make`."""
    return SPLITTERS.make(kind, settings)
