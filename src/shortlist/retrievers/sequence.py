"""A sequence model: what a user takes next, from the order, the times and the kinds of the latest events."""

import collections.abc
from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Annotated, Any

import numpy as np
from pydantic import Field

from shortlist.common.parameters import Batch, Count, Depth, Draws, Dropout, Flag, Passes, Rate, Temperature, Width
from shortlist.common.progress import track
from shortlist.data.columns import Dates
from shortlist.data.dataset import Dataset
from shortlist.retrievers.base import parameters
from shortlist.retrievers.ensemble import Member, RetrieverEnsemble
from shortlist.retrievers.sequence_events import Stream
from shortlist.retrievers.tower_model import TowerModel

AT_ONCE = 4096
"""Users at once when the fitted model is applied, see `towers.BLOCK`."""


@parameters
class Sequence(RetrieverEnsemble, TowerModel):
    """TensorFlow Recommenders retrieval whose query tower is SASRec: causal self-attention over the latest events.

    Kang and McAuley, "Self-attentive sequential recommendation", ICDM 2018; see `sequence_attention.Attention` for what
    differs. Items are read and found by the same embeddings and features; users have features too. Every event is
    predicted once in an epoch, from those before it in its row of `length`: the cost is that of events times `length`.
    Events of one time have no order, and are shuffled in each epoch; without times that is all of a user's, and the
    model is one of sets.

    Args:
        dimensions: of a vector.
        blocks: of attention, one after the other.
        heads: of each block.
        length: of a user's latest events, those that are read.
        epochs: passes over the events.
        batch_size: events whose items compete in one softmax.
        negatives: items drawn at random that compete in it as well.
        learning_rate: Adam's.
        temperature: divides the cosines in the softmax.
        dropout: of what is read and of what each block adds.
        features: whether the tables' columns are used; else events alone.
        min_count: rows that must have a feature for it to be used.
        dates: how dates become features, see `shortlist.data.columns`.
    """

    dimensions: Width = 64
    blocks: Depth = 1
    heads: Depth = 2
    length: Annotated[Width, Field(ge=2)] = 50
    epochs: Passes = 10
    batch_size: Batch = 1000
    negatives: Draws = 500
    learning_rate: Rate = 0.003
    temperature: Temperature = 0.1
    dropout: Dropout = 0.3
    features: Flag = True
    min_count: Count = 5
    dates: Dates = "month"

    def learner(self, dataset: Dataset) -> Callable[[int], Member]:
        """See `RetrieverEnsemble.learner`."""
        trainer = self.trainer(dataset)

        def learn(number: int) -> Member:
            losses = trainer.train(self.rng(number))
            for _ in track(losses, f"seed {number + 1}/{self.seeds}: epochs", self.epochs):
                pass
            weights: Member = trainer.weights()
            return weights

        return learn

    def trainer(self, dataset: Dataset) -> Any:
        """A `sequence_training.SequenceTrainer` of the dataset's events."""
        from shortlist.retrievers.sequence_training import SequenceSettings, SequenceTrainer  # imports TensorFlow

        settings = SequenceSettings(**{field.name: getattr(self, field.name) for field in fields(SequenceSettings)})
        kinds = np.array(list(dataset.kinds.values()), dtype=np.float32)
        return SequenceTrainer(self._inputs(dataset), Stream.of(dataset), kinds, self._shape(), settings)

    def join(self, dataset: Dataset, members: collections.abc.Sequence[Member]) -> None:
        """See `RetrieverEnsemble.join`."""
        numbered = {
            f"{number}_{name}": weights for number, member in enumerate(members) for name, weights in member.items()
        }
        self.state_ = {**self._inputs(dataset).arrays(), **numbered}
        self._take_vectors(self.servable(self.state_), dataset)

    def servable(self, state: Mapping[str, np.ndarray]) -> Any:
        """See `TowerModel.servable`."""
        from shortlist.retrievers import sequence_towers, towers  # imports TensorFlow

        inputs, shape = sequence_towers.SequenceInputs.of_arrays(state), self._shape()
        names = shape.layout(inputs.sizes)
        members = [{name: state[f"{number}_{name}"] for name in names} for number in range(self.seeds)]
        return towers.MeanTowers([sequence_towers.SequenceTowers(inputs, weights, shape) for weights in members])

    def memory(self, users: int, items: int, pairs: int) -> int:
        """See `Retriever.memory`: the events as rows, the weights as Adam has them, a batch, and users at once."""
        events = 150 * (pairs + users) + 24 * min(pairs + users, users * self.length)
        weights = 4 * self.dimensions * (6 * items + self.seeds * (2 * items + 2 * users))
        batch = 4 * 12 * self.batch_size * (self.batch_size + self.negatives)
        at_once = 4 * min(users, AT_ONCE) * self.length * (8 * self.dimensions + 4 * self.heads * self.length)
        return events + weights + batch + at_once

    def _inputs(self, dataset: Dataset) -> Any:
        from shortlist.retrievers.sequence_towers import SequenceInputs  # imports TensorFlow

        stream = Stream.of(dataset)
        return SequenceInputs.of(
            dataset, stream, self.length, features=self.features, min_count=self.min_count, dates=self.dates
        )

    def _shape(self) -> Any:
        from shortlist.retrievers.sequence_towers import Shape  # imports TensorFlow

        return Shape(self.dimensions, self.blocks, self.heads, self.length)


RETRIEVER = Sequence
