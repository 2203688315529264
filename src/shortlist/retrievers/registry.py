"""How a retriever is found by the name it has in competition.toml."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from shortlist.common.own_faults import watch
from shortlist.common.registry import Registry
from shortlist.retrievers.base import Retriever, SparseRetriever


def _watch(retriever: type) -> None:
    watch(retriever, "fit", _fit)
    watch(retriever, "score", _score)
    watch(retriever, "candidates", _candidates)
    if issubclass(retriever, SparseRetriever):
        watch(retriever, "stored_scores", _stored_scores)


def _fit(retriever: Any, arguments: tuple[Any, ...], result: Any) -> str | None:
    if result is not retriever:
        return f"gives {type(result).__name__}; expected: it returns self"
    retriever.fitted_items_ = len(arguments[0].items)
    return None


def _score(retriever: Any, arguments: tuple[Any, ...], result: Any) -> str | None:
    if not isinstance(result, np.ndarray) or _unlike(retriever, arguments, result):
        return f"gives {_shape(result)}, expected an array of users and items {_due(retriever, arguments)}"
    if result.dtype != np.float32:
        return f"gives {result.dtype}, expected float32"
    return "gives NaN; -inf says that nothing speaks for an item" if np.isnan(result).any() else None


def _stored_scores(retriever: Any, arguments: tuple[Any, ...], result: Any) -> str | None:
    if not _unlike(retriever, arguments, result):
        return None
    return f"gives {_shape(result)}, expected a sparse matrix {_due(retriever, arguments)}"


def _due(retriever: Any, arguments: tuple[Any, ...]) -> tuple[int, int | None]:
    """The shape of scores; without the number of items where `fit` is not an own one."""
    return len(arguments[0]), retriever.__dict__.get("fitted_items_")


def _unlike(retriever: Any, arguments: tuple[Any, ...], result: Any) -> bool:
    shape: tuple[int, ...] = getattr(result, "shape", ())
    users, items = _due(retriever, arguments)
    return len(shape) != 2 or shape[0] != users or items not in (None, shape[1])


def _candidates(retriever: Any, arguments: tuple[Any, ...], result: Any) -> str | None:
    expected = (len(arguments[0]), arguments[1])
    if isinstance(result, tuple) and [getattr(part, "shape", None) for part in result] == [expected] * 2:
        return None
    return f"gives {_shape(result)}, expected items and scores, two arrays {expected}"


def _shape(result: Any) -> str:
    return f"{type(result).__name__} {getattr(result, 'shape', '')}".strip()


RETRIEVERS: Registry[Retriever] = Registry("retriever", "shortlist.retrievers", "RETRIEVER", Retriever, _watch)
"""Every retriever: a file each in `shortlist/retrievers`."""


kinds = RETRIEVERS.kinds


def make_retriever(kind: str, settings: Mapping[str, Any] | None = None, *, seed: int | None = None) -> Retriever:
    """A retriever, not fitted yet; see `Registry.make`."""
    return RETRIEVERS.make(kind, settings, seed=seed)
