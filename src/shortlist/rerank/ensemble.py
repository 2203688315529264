"""Several rerankers as one."""

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from pydantic import Field

from shortlist.config import Seed
from shortlist.dataset import FloatArray
from shortlist.registry import parameters
from shortlist.rerank.base import RERANKERS, Reranker
from shortlist.rerank.table import Table


def _both() -> dict[str, dict[str, Any]]:
    return {"lightgbm": {}, "tfrs_ranking": {}}


@parameters
class Ensemble(Reranker):
    """Mean of its members' scores, each scaled to deviation 1 over the table (CombSUM; Fox and Shaw, TREC-2 1994).

    Args:
        members: kind -> parameters of each.
        seed: handed to the members that have a seed and are given none.
    """

    uses_seed = True
    members: dict[str, dict[str, Any]] = Field(default_factory=_both)
    seed: Seed = 0

    def __post_init__(self) -> None:
        self._made()  # a wrong parameter is found when it is set, not after an hour

    def fit(self, tables: Sequence[Table]) -> Self:
        """See `Reranker.fit`."""
        self.fitted_ = [member.fit(tables) for member in self._made()]
        return self

    def score(self, table: Table) -> FloatArray:
        """See `Reranker.score`."""
        scores = [member.score(table) for member in self._fitted("fitted_")]
        scaled = [score / max(float(score.std()), 1e-12) for score in scores]
        return np.asarray(np.mean(scaled, axis=0), dtype=np.float32)

    def figures(self, table: Table) -> dict[str, float]:
        """See `Reranker.figures`: those of all members."""
        return {name: value for member in self._fitted("fitted_") for name, value in member.figures(table).items()}

    def importances(self) -> dict[str, float]:
        """See `Reranker.importances`: of the first member that can tell."""
        return next((shares for member in self._fitted("fitted_") if (shares := member.importances())), {})

    def _made(self) -> list[Reranker]:
        return [RERANKERS.make(kind, settings, seed=self.seed) for kind, settings in self.members.items()]


RERANKER = Ensemble
