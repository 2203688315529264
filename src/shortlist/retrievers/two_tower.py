"""The two-tower model that is meant to win: users are what they did before, not an id."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Annotated, Any, Self

import numpy as np
from pydantic import Field

from shortlist.dataset import Dataset
from shortlist.features import Dates
from shortlist.progress import track
from shortlist.retrievers.base import parameters
from shortlist.retrievers.tower_model import TowerModel

Positive = Annotated[int, Field(ge=1)]
Share = Annotated[float, Field(ge=0, lt=1)]


@parameters
class TwoTower(TowerModel):
    """TensorFlow Recommenders retrieval with a history tower, side features, logQ correction and averaged seeds.

    The user vector is made of the items that the user has (see `towers.Towers`), so that it learns from a few thousand
    pairs what an embedding for each user id cannot. Training: `tfrs.tasks.Retrieval` with Adam.

    Args:
        dimensions: of a vector.
        epochs: passes over the pairs; more than about 10 overfits.
        batch_size: pairs whose items compete in one softmax.
        learning_rate: Adam's.
        temperature: divides the cosines in the softmax.
        dropout: of both towers' sums.
        history_dropout: share of a user's items left out of the history at each step.
        features: whether the tables' columns are used; else pairs alone.
        min_count: rows that must have a feature for it to be used.
        dates: how dates become features, see `shortlist.features`.
        seeds: models trained from different seeds; the score is their mean.
    """

    dimensions: Positive = 64
    epochs: Positive = 10
    batch_size: Positive = 1000
    learning_rate: Annotated[float, Field(gt=0)] = 0.01
    temperature: Annotated[float, Field(gt=0)] = 0.1
    dropout: Share = 0.3
    history_dropout: Share = 0.3
    features: bool = True
    min_count: Positive = 5
    dates: Dates = "month"
    seeds: Positive = 4

    def fit(self, dataset: Dataset) -> Self:
        """See `Retriever.fit`."""
        from shortlist.retrievers import towers  # imports TensorFlow

        settings = towers.Training(**{field.name: getattr(self, field.name) for field in fields(towers.Training)})
        inputs = towers.Inputs.of(dataset, features=self.features, min_count=self.min_count, dates=self.dates)
        members = []
        for number in range(self.seeds):
            rng = np.random.default_rng([self.seed, number])
            member = towers.Towers.drawn(inputs, self.dimensions, rng)
            for _ in track(towers.train(member, dataset.pairs, settings, rng), f"seed {number + 1}: epochs", self.epochs):
                pass
            members.append(member)
        self._take_vectors(towers.MeanTowers(members), dataset)
        weights = {
            f"{number}_{name}": value.numpy()
            for number, member in enumerate(members)
            for name, value in member.weights.items()
        }
        self.state_ = {**inputs.arrays(), **weights}
        return self

    def servable(self, state: Mapping[str, np.ndarray]) -> Any:
        """See `TowerModel.servable`."""
        from shortlist.retrievers import towers  # imports TensorFlow

        inputs = towers.Inputs.of_arrays(state)
        names = ("items", "user_features", "item_features")
        return towers.MeanTowers(
            [towers.Towers(inputs, {name: state[f"{number}_{name}"] for name in names}) for number in range(self.seeds)]
        )


RETRIEVER = TwoTower
