"""How a validation scheme is found by the name it has in competition.toml."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from shortlist.common.own_faults import watch_each
from shortlist.common.registry import Registry
from shortlist.validation.splitters.base import Splitter


def _watch(splitter: type) -> None:
    watch_each(splitter, "_masks", _masks, lambda made: len(made.numbers))


def _masks(splitter: Any, arguments: tuple[Any, ...], pair: Any) -> str | None:
    due = (len(arguments[0]),)
    for mask in pair if isinstance(pair, tuple) and len(pair) == 2 else [None]:
        if not isinstance(mask, np.ndarray) or mask.shape != due or mask.dtype != bool:
            return (
                f"yields {getattr(mask, 'shape', type(pair).__name__)}, expected visible, hidden: two bool arrays {due}"
            )
    return None


SPLITTERS: Registry[Splitter] = Registry(
    "validation scheme", "shortlist.validation.splitters", "SPLITTER", Splitter, _watch
)
"""Every splitter: a file each in `shortlist/validation/splitters`."""


def make_splitter(kind: str, settings: Mapping[str, Any]) -> Splitter:
    """A splitter by its kind; see `Registry.make`."""
    return SPLITTERS.make(kind, settings)
