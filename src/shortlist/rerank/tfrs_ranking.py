"""A neural ranking model over the features, of TensorFlow Recommenders."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Self

import numpy as np
from pydantic import Field

from shortlist.common.arrays import FloatArray
from shortlist.common.parameters import (
    Batch,
    Depth,
    Dropout,
    Models,
    Passes,
    Positive,
    Rate,
    Seed,
    SomeShare,
    Width,
    parameters,
)
from shortlist.common.progress import track
from shortlist.rerank.base import Reranker, gathered, sampled
from shortlist.rerank.table import FeatureTable

if TYPE_CHECKING:
    from shortlist.rerank import ranking_training


@parameters
class TFRSRanking(Reranker):
    """Deep & cross network (Wang et al., "DCN V2", WWW 2021) trained by `tfrs.tasks.Ranking`.

    A feature enters as its normal score (the quantile of its value, as a deviation), 0 where it is missing, and beside
    it whether it is missing. Where pairs have ratings, a second head learns to predict them from the same layers, and
    its root mean squared error is reported beside recall; the order of candidates is the first head's.

    Args:
        cross_layers: of `tfrs.layers.dcn.Cross`.
        rank: of the cross layers' matrices.
        hidden: units of the dense layers after them.
        dropout: before each dense layer.
        epochs: passes over the rows.
        batch_size: rows of a step.
        learning_rate: Adam's at the start; it falls to 0 along a cosine.
        negatives: share of the candidates that are no answers to learn from.
        rating_weight: of the ratings' squared error, in units of their variance, against the cross entropy.
        seeds: models from different seeds; the score is their mean.
        seed: of the weights, the batches and the dropout.
    """

    uses_seed = True
    cross_layers: Depth = 2
    rank: Width = 32
    hidden: Annotated[tuple[Width, ...], Field(max_length=64)] = (64, 32)
    dropout: Dropout = 0.2
    epochs: Passes = 4
    batch_size: Batch = 2048
    learning_rate: Rate = 0.002
    negatives: SomeShare = 0.15
    rating_weight: Positive = 0.3
    seeds: Models = 3
    seed: Seed = 0

    def fit(self, tables: Sequence[FeatureTable]) -> Self:
        """See `Reranker.fit`."""
        from sklearn.preprocessing import QuantileTransformer  # takes a second, and the next one some

        from shortlist.rerank import ranking_training  # imports TensorFlow

        rng = np.random.default_rng(self.seed)
        rows = sampled(tables, self.negatives, rng)
        features = gathered([table.features for table in tables], rows)
        labels = gathered([table.labels for table in tables], rows).astype(np.float32)
        weights = gathered([table.row_worth for table in tables], rows)
        self.known_ = ~np.isnan(features).all(axis=0)  # of a feature that is always missing nothing can be learnt
        self.quantiles_ = QuantileTransformer(
            n_quantiles=min(200, len(features)), output_distribution="normal", random_state=self.seed
        ).fit(features[:, self.known_])
        settings = ranking_training.RankingSettings(
            self.cross_layers, self.rank, self.hidden, self.dropout, self.epochs, self.batch_size, self.learning_rate
        )
        learnt = [ranking_training.LabelledRows(self._inputs(features), labels, weights), *self._ratings(tables)]
        self.models_ = [
            ranking_training.train(learnt, settings, np.random.default_rng([self.seed, number]))
            for number in track(range(self.seeds), "TFRS ranking seeds", self.seeds)
        ]
        return self

    def score(self, table: FeatureTable) -> FloatArray:
        """See `Reranker.score`; log odds."""
        return self._predicted(table.features)[:, 0]

    def figures(self, table: FeatureTable) -> dict[str, float]:
        """See `Reranker.figures`: errors over the answers' ratings, of the model and of the learnt mean alone."""
        if table.rated is None or self._fitted("models_")[0].output_shape[1] == 1:
            return {}
        ratings = table.rated.ratings
        predicted = self.mean_ + self.deviation_ * self._predicted(table.rated.features)[:, 1]
        return {"rmse": _rmse(predicted - ratings), "rmse of the mean": _rmse(self.mean_ - ratings)}

    def _ratings(self, tables: Sequence[FeatureTable]) -> "list[ranking_training.LabelledRows]":
        """The rated answers of all tables, if there are any; sets how their ratings are standardized."""
        from shortlist.rerank import ranking_training  # imports TensorFlow

        rated = [table.rated for table in tables if table.rated is not None]
        ratings = np.concatenate([answers.ratings for answers in rated]) if rated else np.empty(0, dtype=np.float32)
        if not len(ratings):
            return []
        self.mean_, self.deviation_ = float(ratings.mean()), max(float(ratings.std()), 1e-6)
        inputs = self._inputs(np.concatenate([answers.features for answers in rated]))
        weights = np.full(len(ratings), self.rating_weight, dtype=np.float32)
        return [ranking_training.LabelledRows(inputs, (ratings - self.mean_) / self.deviation_, weights)]

    def _predicted(self, features: FloatArray) -> FloatArray:
        """(rows, heads), mean over the seeds."""
        from shortlist.rerank import ranking_training  # imports TensorFlow

        models = self._fitted("models_")
        inputs = self._inputs(features)
        return np.asarray(np.mean([ranking_training.predict(model, inputs) for model in models], axis=0), np.float32)

    def _inputs(self, features: FloatArray) -> FloatArray:
        known = features[:, self.known_]
        missing = np.isnan(known)
        normal = np.clip(self.quantiles_.transform(known), -3, 3)
        return np.hstack([np.where(missing, 0, normal), missing]).astype(np.float32)


def _rmse(error: FloatArray) -> float:
    return float(np.sqrt(np.mean(np.square(error, dtype=np.float64))))


RERANKER = TFRSRanking
