"""LightGCN: embeddings that are smoothed over the graph of users and items while they are learnt."""

from dataclasses import fields
from typing import Self

import numpy as np

from shortlist.common.parameters import Batch, Depth, Flag, Passes, Rate, Seed, Temperature, Width
from shortlist.common.progress import track
from shortlist.data.dataset import Dataset
from shortlist.retrievers.base import VectorRetriever, parameters


@parameters
class LightGCN(VectorRetriever):
    """LightGCN (He et al., SIGIR 2020), trained with a softmax among the items of a batch (see `graph_training`).

    Args:
        dimensions: of a vector.
        layers: how far the embeddings spread over the graph.
        ode: each layer adds to the embeddings instead of replacing them: Euler's method for the differential equation
            of LT-OCF (Choi et al., CIKM 2021), with its mean over the steps.
        epochs: passes over the pairs.
        batch_size: pairs whose items compete in one softmax.
        learning_rate: Adam's.
        temperature: divides the cosines in the softmax.
        seed: of the initial embeddings and the order of the pairs.
    """

    uses_seed = True
    # tuned: scripts/tune_retrievers.py
    dimensions: Width = 64
    layers: Depth = 2
    ode: Flag = False
    epochs: Passes = 40
    batch_size: Batch = 4000
    learning_rate: Rate = 0.01
    temperature: Temperature = 0.3
    seed: Seed = 0

    def fit(self, dataset: Dataset) -> Self:
        """See `Retriever.fit`."""
        from shortlist.retrievers import graph_training  # imports TensorFlow

        names = (field.name for field in fields(graph_training.GraphSettings))
        settings = graph_training.GraphSettings(**{name: getattr(self, name) for name in names})
        trainer = graph_training.GraphTrainer(dataset, settings, np.random.default_rng(self.seed))
        for _ in track(trainer.train(), "epochs", self.epochs):
            pass
        self.user_vectors_, self.item_vectors_ = trainer.vectors()
        return self


RETRIEVER = LightGCN
