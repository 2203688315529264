"""A retriever that is several models, learnt from seeds of their own: each is a task of the engine."""

from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import ClassVar, Self

import numpy as np

from shortlist.common.parameters import Models, Seed
from shortlist.data.dataset import Dataset
from shortlist.engine.base import in_order
from shortlist.retrievers.base import Retriever, parameters

Member = Mapping[str, np.ndarray]
"""What one of the models has learnt, as arrays by name."""


@parameters
class RetrieverEnsemble(Retriever):
    """Models that differ in nothing but chance; the score is the mean of theirs.

    Args:
        seeds: how many models.
        seed: theirs are drawn from it.
    """

    uses_seed: ClassVar[bool] = True
    seeds: Models = 1
    seed: Seed = 0

    def fit(self, dataset: Dataset) -> Self:
        """See `Retriever.fit`; the models are learnt at the same time where there is room."""
        unfitted: RetrieverEnsemble = replace(self)  # type: ignore[type-var]  # mypy does not see pydantic's dataclasses
        long = len(dataset.pairs) >= self.long_from
        self.join(dataset, in_order(_learner, (unfitted, dataset), range(self.seeds), long=long))
        return self

    def rng(self, number: int) -> np.random.Generator:
        """Of the model with that number, from 0."""
        return np.random.default_rng([self.seed, number])

    @abstractmethod
    def learner(self, dataset: Dataset) -> Callable[[int], Member]:
        """What learns the model with a given number; made once in each process that learns some."""

    @abstractmethod
    def join(self, dataset: Dataset, members: Sequence[Member]) -> None:
        """Become the retriever made of these models."""


def _learner(shared: tuple[RetrieverEnsemble, Dataset]) -> Callable[[int], Member]:
    retriever, dataset = shared
    return retriever.learner(dataset)
