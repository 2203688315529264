"""What every retriever is, and how one is found by the name it has in competition.toml."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
from pydantic import ConfigDict, ValidationError
from pydantic.dataclasses import dataclass

from shortlist.config import explain
from shortlist.dataset import Dataset, FloatArray, IntArray
from shortlist.errors import ConfigError
from shortlist.index import ItemIndex, Search
from shortlist.topk import largest

parameters = dataclass(kw_only=True, config=ConfigDict(extra="forbid"))
"""Decorator of a retriever class: its fields are its parameters, checked when it is made."""


class NotFittedError(ValueError, AttributeError):
    """A retriever was asked before `fit`; the bases are those of scikit-learn's error of that name."""


@parameters
class Retriever(ABC):
    """Ranks items for users from the pairs seen so far. Parameters are fields; what `fit` learns ends in `_`."""

    uses_seed: ClassVar[bool] = False
    """Whether chance plays a part; such a retriever has a field `seed`."""

    @abstractmethod
    def fit(self, dataset: Dataset) -> Self:
        """Learn from the dataset's pairs and tables; returns self."""

    @abstractmethod
    def score(self, users: IntArray) -> FloatArray:
        """Score every item for some users.

        Args:
            users: (m,) int32 user codes.

        Returns:
            (m, I) float32; higher is better, -inf where the retriever knows no reason for the item.

        Raises:
            NotFittedError: before `fit`.
        """

    def candidates(self, users: IntArray, n: int) -> tuple[IntArray, FloatArray]:
        """The n best items of each user, seen ones included: items and scores, both (m, n), best first."""
        return largest(self.score(users), n)

    def figures(self, pairs: IntArray) -> dict[str, float]:
        """Further figures of the fitted model on hidden pairs, (n, 2) int32, to stand beside recall; mostly none."""
        return {}

    def state(self) -> dict[str, np.ndarray]:
        """What an export needs of the fitted model, by name; empty for a retriever that is not exported."""
        return {}

    def _fitted(self, name: str) -> Any:
        try:
            return self.__dict__[name]
        except KeyError:
            raise NotFittedError(f"{type(self).__name__} is not fitted yet; call fit(dataset) first") from None


@parameters
class VectorRetriever(Retriever):
    """A retriever whose score is the inner product of a user's and an item's vector.

    `fit` sets `user_vectors_` (U, d) and `item_vectors_` (I, d), float32.

    Args:
        search: how the nearest items are found, see `shortlist.index`.
    """

    search: Search = "auto"

    def score(self, users: IntArray) -> FloatArray:
        """See `Retriever.score`."""
        return self._fitted("user_vectors_")[users] @ self._fitted("item_vectors_").T

    def candidates(self, users: IntArray, n: int) -> tuple[IntArray, FloatArray]:
        """See `Retriever.candidates`; through the index, without scoring every item where it is approximate."""
        queries, items = self._fitted("user_vectors_")[users], self._fitted("item_vectors_")
        index = self.__dict__.get("index_")
        if index is None or index.vectors is not items:  # of an earlier fit
            index = self.index_ = ItemIndex(items, self.search)
        return index.search(queries, n)


def kinds() -> list[str]:
    """Every kind of retriever there is, sorted."""
    # Told from the text: importing a helper such as `towers` would import TensorFlow.
    files = Path(__file__).parent.glob("*.py")
    return sorted(path.stem for path in files if "\nRETRIEVER = " in path.read_text(encoding="utf-8"))


def retriever_module(kind: str) -> str:
    """The module of a kind.

    Raises:
        ConfigError: there is no such kind.
    """
    if kind not in kinds():
        raise ConfigError(f"there is no retriever of the kind '{kind}'; there are {', '.join(kinds())}")
    return f"shortlist.retrievers.{kind}"


def make_retriever(kind: str, settings: Mapping[str, Any] | None = None, *, seed: int | None = None) -> Retriever:
    """A retriever, not fitted yet.

    Args:
        kind: name of its file in `shortlist/retrievers`.
        settings: its parameters; those left out have their defaults.
        seed: for a retriever that has a seed which the settings do not give.

    Raises:
        ConfigError: unknown kind or parameter (the nearest known one is named), or a value out of range.
    """
    retriever: type[Retriever] = import_module(retriever_module(kind)).RETRIEVER
    values = dict(settings or {})
    if retriever.uses_seed and seed is not None:
        values.setdefault("seed", seed)
    try:
        return retriever(**values)
    except ValidationError as error:
        raise ConfigError(f"retriever {kind}: {explain(error, retriever)}") from None
