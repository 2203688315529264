"""How a reranker is found by the name it has in competition.toml."""

from shortlist.common.registry import Registry
from shortlist.rerank.base import Reranker

RERANKERS: Registry[Reranker] = Registry("reranker", "shortlist.rerank", "RERANKER")
"""Every reranker: a file each in `shortlist/rerank`."""
