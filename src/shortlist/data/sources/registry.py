"""How a source is found by the name it has in competition.toml."""

from shortlist.common.registry import Registry
from shortlist.data.sources.base import Source

SOURCES: Registry[Source] = Registry("source", "shortlist.data.sources", "SOURCE")
"""Every form that files come in: a file each in `shortlist/sources`."""
