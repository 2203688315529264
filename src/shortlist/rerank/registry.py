"""How a reranker is found by the name it has in competition.toml."""

from typing import Any

import numpy as np

from shortlist.common.own_faults import watch
from shortlist.common.registry import Registry
from shortlist.rerank.base import Reranker


def _watch(reranker: type) -> None:
    watch(reranker, "fit", _fit)
    watch(reranker, "score", _score)


def _fit(reranker: Any, arguments: tuple[Any, ...], result: object) -> str | None:
    return None if result is reranker else f"gives {type(result).__name__}; expected: it returns self"


def _score(reranker: Any, arguments: tuple[Any, ...], result: Any) -> str | None:
    expected = (len(arguments[0].features),)
    if not isinstance(result, np.ndarray) or result.shape != expected or result.dtype != np.float32:
        given = f"{result.dtype} {result.shape}" if isinstance(result, np.ndarray) else type(result).__name__
        return f"gives {given}, expected float32 {expected}: a score for each row"
    return None if np.isfinite(result).all() else "gives NaN or infinity, expected finite scores"


RERANKERS: Registry[Reranker] = Registry("reranker", "shortlist.rerank", "RERANKER", Reranker, _watch)
"""Every reranker: a file each in `shortlist/rerank`."""
