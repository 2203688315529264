"""Several rerankers as one."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Self

import numpy as np
from pydantic import Field

from shortlist.common.arrays import FloatArray
from shortlist.common.parameters import Seed, parameters
from shortlist.errors import ConfigError
from shortlist.rerank.base import Reranker
from shortlist.rerank.registry import RERANKERS
from shortlist.rerank.table import FeatureTable


def _both() -> dict[str, dict[str, Any]]:
    return {"lightgbm": {}, "tfrs_ranking": {}}


@parameters
class RerankerEnsemble(Reranker):
    """Mean of its members' scores, each scaled to deviation 1 (CombSUM; Fox and Shaw, TREC-2 1994).

    The deviation is that over the first table learnt from, so that a row's score does not depend on the rows beside it.

    Args:
        members: kind -> parameters of each.
        seed: handed to the members that have a seed and are given none.
    """

    uses_seed = True
    members: Annotated[dict[str, dict[str, Any]], Field(min_length=1, max_length=100)] = Field(default_factory=_both)
    seed: Seed = 0

    def __post_init__(self) -> None:
        self._made()  # a wrong parameter is found when it is set, not after an hour

    def fit(self, tables: Sequence[FeatureTable]) -> Self:
        """See `Reranker.fit`."""
        self.fitted_ = [member.fit(tables) for member in self._made()]
        self.deviations_ = [max(float(member.score(tables[0]).std()), 1e-12) for member in self.fitted_]
        return self

    def score(self, table: FeatureTable) -> FloatArray:
        """See `Reranker.score`."""
        members = zip(self._fitted("fitted_"), self.deviations_, strict=True)
        return np.asarray(np.mean([member.score(table) / by for member, by in members], axis=0), dtype=np.float32)

    def figures(self, table: FeatureTable) -> dict[str, float]:
        """See `Reranker.figures`: those of all members."""
        return {name: value for member in self._fitted("fitted_") for name, value in member.figures(table).items()}

    def importances(self) -> dict[str, float]:
        """See `Reranker.importances`: of the first member that can tell."""
        return next((shares for member in self._fitted("fitted_") if (shares := member.importances())), {})

    def state(self) -> dict[str, np.ndarray]:
        """See `Reranker.state`: of the members that can tell, each with its deviation."""
        kept: dict[str, np.ndarray] = {}
        for kind, member, by in zip(self.members, self._fitted("fitted_"), self.deviations_, strict=True):
            if state := member.state():
                kept |= {f"{kind}/{name}": value for name, value in state.items()}
                kept[f"deviation/{kind}"] = np.array(by)
        return kept

    def contributions(self, state: Mapping[str, np.ndarray], features: FloatArray) -> FloatArray | None:
        """See `Reranker.contributions`: those of the members that can tell, as they enter the score.

        What the other members say belongs to no feature.
        """
        told = []
        for kind, member in zip(self.members, self._made(), strict=True):
            own = {name.removeprefix(f"{kind}/"): value for name, value in state.items() if name.startswith(f"{kind}/")}
            if own and (moved := member.contributions(own, features)) is not None:
                told.append(moved / state[f"deviation/{kind}"])
        return np.asarray(sum(told) / len(self.members), dtype=np.float32) if told else None

    def _made(self) -> list[Reranker]:
        made = []
        for kind, settings in self.members.items():
            try:
                made.append(RERANKERS.make(kind, settings, seed=self.seed))
            except ConfigError as error:
                raise ConfigError(f"reranker ensemble: members.{kind}: {error}") from None
        return made


RERANKER = RerankerEnsemble
