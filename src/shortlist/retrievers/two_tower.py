"""The two-tower model that is meant to win: users are what they did before, not an id."""

from dataclasses import fields
from typing import Annotated, Self

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
        self.inputs_ = towers.Inputs.of(dataset, features=self.features, min_count=self.min_count, dates=self.dates)
        self.weights_: list[dict[str, np.ndarray]] = []
        users, items = [], []
        for number in range(self.seeds):
            rng = np.random.default_rng([self.seed, number])
            model = towers.Towers.drawn(self.inputs_, self.dimensions, rng)
            for _ in track(towers.train(model, dataset.pairs, settings, rng), f"seed {number + 1}: epochs", self.epochs):
                pass
            user, item = model.vectors()
            users.append(user)
            items.append(item)
            self.weights_.append({name: weights.numpy() for name, weights in model.weights.items()})
        # The product of the joined vectors is the sum of the models' cosines; so scaled, it is their mean.
        scale = np.float32(1 / np.sqrt(self.seeds))
        self.user_vectors_ = np.concatenate(users, axis=1) * scale
        self.item_vectors_ = np.concatenate(items, axis=1) * scale
        self.__dict__.pop("index_", None)
        return self


RETRIEVER = TwoTower
