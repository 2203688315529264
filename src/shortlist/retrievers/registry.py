"""How a retriever is found by the name it has in competition.toml."""

from collections.abc import Mapping
from typing import Any

from shortlist.common.registry import Registry
from shortlist.retrievers.base import Retriever

RETRIEVERS: Registry[Retriever] = Registry("retriever", "shortlist.retrievers", "RETRIEVER")
"""Every retriever: a file each in `shortlist/retrievers`."""


kinds = RETRIEVERS.kinds


def make_retriever(kind: str, settings: Mapping[str, Any] | None = None, *, seed: int | None = None) -> Retriever:
    """A retriever, not fitted yet; see `Registry.make`."""
    return RETRIEVERS.make(kind, settings, seed=seed)
