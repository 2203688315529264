"""What every reranker is, and how one is found by the name it has in competition.toml."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from shortlist.common.arrays import DoubleArray, FloatArray
from shortlist.common.parameters import fitted, parameters
from shortlist.errors import DataError
from shortlist.rerank.table import FeatureTable


@parameters
class Reranker(ABC):
    """Learns from candidates with known answers which of a user's candidates to put first."""

    uses_seed: ClassVar[bool] = False
    """Whether chance plays a part; such a reranker has a field `seed`."""

    @abstractmethod
    def fit(self, tables: Sequence[FeatureTable]) -> Self:
        """Learn from tables with labels, all with the same features; returns self."""

    @abstractmethod
    def score(self, table: FeatureTable) -> FloatArray:
        """(rows,) float32 for a table with those features; higher is better.

        Raises:
            NotFittedError: before `fit`.
        """

    def figures(self, table: FeatureTable) -> dict[str, float]:
        """What else can be said of a table whose answers are known, by name, for the report; nothing by default."""
        return {}

    def importances(self) -> dict[str, float]:
        """Share of each feature in what the model learnt, where it can tell; otherwise empty."""
        return {}

    def state(self) -> dict[str, np.ndarray]:
        """What `contributions` needs of the fitted model, by name; empty for a reranker that cannot tell them."""
        return {}

    def contributions(self, state: Mapping[str, np.ndarray], features: FloatArray) -> FloatArray | None:
        """How far each feature moves the score of each row up or down.

        Args:
            state: what `state` gave of the fitted model; this one need not be fitted.
            features: (rows, F) float32.

        Returns:
            (rows, F) float32, or None where the reranker cannot tell. The rest belongs to no feature.
        """
        return None

    def _fitted(self, name: str) -> Any:
        return fitted(self, name)


def sampled(tables: Sequence[FeatureTable], negatives: float, rng: np.random.Generator) -> list[NDArray[np.intp]]:
    """Of each table the rows to learn from: all answers, and this share of the other rows.

    Users without an answer among the candidates are left out: they teach nothing about the candidates' order.

    Raises:
        DataError: there is no answer among all the candidates.
    """
    kept = []
    for table in tables:
        row = table.row
        useful = np.bincount(row, weights=table.labels)[row] > 0
        kept.append(np.flatnonzero(useful & (table.labels | (rng.random(len(row)) < negatives))))
    if not any(len(rows) for rows in kept):
        raise DataError(
            "rerankers: no hidden pair is among the candidates, so there is nothing to learn from; "
            "raise blend.candidates, add retrievers, or run with RERANK=0"
        )
    return kept


def gathered(parts: Sequence[np.ndarray], rows: Sequence[NDArray[np.intp]]) -> np.ndarray:
    """The rows chosen of each table, one table after the other."""
    return np.concatenate([part[kept] for part, kept in zip(parts, rows, strict=True)])


def apart(tables: Sequence[FeatureTable]) -> tuple[Sequence[FeatureTable], FeatureTable]:
    """Tables to learn from and one to choose by: the last or, of a single one, the half of its users."""
    if len(tables) > 1:
        return tables[:-1], tables[-1]
    users = tables[0].candidates.users
    return [tables[0].of_users(users[::2])], tables[0].of_users(users[1::2])


def gains(table: FeatureTable, scores: FloatArray) -> DoubleArray:
    """(m,) what the best candidates by `scores`, (rows,), add to the official metric of each user, up to a factor."""
    order = np.lexsort((-scores, table.row))
    row, k = table.row[order], len(table.places)
    place = np.arange(len(row)) - np.searchsorted(row, row)
    hits = table.labels[order] & (place < k)
    worth = table.worth[row[hits]] * table.places[place[hits]]
    user_gains: DoubleArray = np.bincount(row[hits], weights=worth, minlength=len(table.worth)).astype(np.float64)
    return user_gains


def gained(table: FeatureTable, scores: FloatArray) -> float:
    """The mean of `gains` over users."""
    return float(gains(table, scores).sum() / max(len(table.worth), 1))
