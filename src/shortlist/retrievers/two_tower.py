"""The two-tower model that is meant to win: users are what they did before, items are also who took them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from typing import Annotated, Any

import numpy as np
from pydantic import BeforeValidator

from shortlist.common.parameters import (
    Batch,
    Count,
    Dropout,
    Flag,
    Models,
    Passes,
    Rate,
    Temperature,
    Width,
    WidthOrNone,
    Workers,
)
from shortlist.common.progress import track
from shortlist.data.columns import Dates
from shortlist.data.dataset import Dataset
from shortlist.engine.base import together
from shortlist.retrievers.base import parameters
from shortlist.retrievers.ensemble import Member, RetrieverEnsemble
from shortlist.retrievers.tower_model import TowerModel

MEMBERS = 64
"""Enough to draw every member of 236170's lists, the longest of which have 54 items and 51 users."""


def _bound(value: object) -> object:
    return MEMBERS * value if isinstance(value, bool) else value


Members = Annotated[WidthOrNone, BeforeValidator(_bound)]
"""A number; true, as competition.toml could say before there was a bound, is the default one, and false none."""


@parameters
class TwoTower(RetrieverEnsemble, TowerModel):
    """TensorFlow Recommenders retrieval with history and audience, side features, logQ correction and averaged seeds.

    A user's vector is made of the items that the user has (see `towers.Towers`), so that it learns from a few thousand
    pairs what an embedding for each user id cannot, and an item's also of the users that it has. Training:
    `tfrs.tasks.Retrieval` with Adam.

    Args:
        dimensions: of a vector.
        epochs: passes over the pairs; more than about 10 overfits.
        examples: pairs that a model learns from at most, all epochs together: a large log is passed over fewer times.
        batch_size: pairs whose items compete in one softmax.
        learning_rate: Adam's.
        temperature: divides the cosines in the softmax.
        dropout: of both towers' sums.
        history_dropout: share of a user's items, and of an item's users, left out at each step.
        history: items that stand for a user at most, drawn at each step, so that time does not grow with them.
        audience: likewise users that stand for an item, beside its own embedding; 0: none.
        features: whether the tables' columns are used; else pairs alone.
        min_count: rows that must have a feature for it to be used.
        dates: how dates become features, see `shortlist.data.columns`.
        workers: processes that share the training of one model, with ENGINE=ray.
    """

    dimensions: Width = 64
    epochs: Passes = 10
    examples: Count = 3_000_000
    batch_size: Batch = 1000
    learning_rate: Rate = 0.01
    temperature: Temperature = 0.1
    dropout: Dropout = 0.3
    history_dropout: Dropout = 0.3
    history: Width = MEMBERS
    audience: Members = MEMBERS
    features: Flag = True
    min_count: Count = 5
    dates: Dates = "month"
    seeds: Models = 4
    workers: Workers = 1

    def learner(self, dataset: Dataset) -> Callable[[int], Member]:
        """See `RetrieverEnsemble.learner`."""
        if self.workers > 1:
            return lambda number: self._learnt_together(dataset, number)
        trainer = self.trainer(dataset)

        def learn(number: int) -> Member:
            losses = trainer.train(self.rng(number))
            for _ in track(losses, f"seed {number + 1}/{self.seeds}: epochs", self.epochs):
                pass
            return trainer.weights()

        return learn

    def trainer(self, dataset: Dataset) -> Any:
        """A `tower_training.Trainer` of the dataset's pairs."""
        from shortlist.retrievers import tower_training  # imports TensorFlow

        return tower_training.Trainer(self._inputs(dataset), dataset.pairs, self._settings())

    def _learnt_together(self, dataset: Dataset, number: int) -> Member:
        from shortlist.retrievers import tower_parallel  # imports TensorFlow

        shared = self._inputs(dataset).arrays(), dataset.pairs, self._settings(), [self.seed, number]
        return together(tower_parallel.train_together, shared, self.workers)

    def _settings(self) -> Any:
        from shortlist.retrievers import tower_training  # imports TensorFlow

        names = (field.name for field in fields(tower_training.TowerSettings))
        return tower_training.TowerSettings(**{name: getattr(self, name) for name in names})

    def join(self, dataset: Dataset, members: Sequence[Member]) -> None:
        """See `RetrieverEnsemble.join`."""
        numbered = {
            f"{number}_{name}": weights for number, member in enumerate(members) for name, weights in member.items()
        }
        self.state_ = {**self._inputs(dataset).arrays(), **numbered}
        self._take_vectors(self.servable(self.state_), dataset)

    def _inputs(self, dataset: Dataset) -> Any:
        from shortlist.retrievers.towers import Inputs  # imports TensorFlow

        return Inputs.of(
            dataset,
            history=self.history,
            audience=self.audience,
            features=self.features,
            min_count=self.min_count,
            dates=self.dates,
        )

    def servable(self, state: Mapping[str, np.ndarray]) -> Any:
        """See `TowerModel.servable`."""
        from shortlist.retrievers import towers  # imports TensorFlow

        inputs = towers.Inputs.of_arrays(state)
        members = [{name: state[f"{number}_{name}"] for name in towers.WEIGHTS} for number in range(self.seeds)]
        return towers.MeanTowers([towers.Towers(inputs, weights) for weights in members])


RETRIEVER = TwoTower
