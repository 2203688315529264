"""Gradient boosted trees over the features."""

import os
from collections.abc import Mapping, Sequence
from itertools import product
from typing import Annotated, Any, Literal, Self

import numpy as np
from pydantic import Field

from shortlist.common.arrays import FloatArray
from shortlist.common.parameters import Count, Models, Passes, Rate, Seed, SomeShare, Weight, Width, parameters
from shortlist.common.progress import note, track
from shortlist.errors import DataError, ShortlistError
from shortlist.rerank.base import Reranker, apart, gained, gathered, sampled
from shortlist.rerank.table import FeatureTable

OBJECTIVES = ("binary", "lambdarank")

TREES = (150, 300)

BEYOND = 5
"""Places below the last that counts from which LambdaRank still lifts answers."""


@parameters
class LightGBM(Reranker):
    """LightGBM (Ke et al., NeurIPS 2017), pointwise or with LambdaRank (Burges, MSR-TR-2010-82).

    Args:
        objective: `binary` asks of each candidate whether it is an answer, weighed by what a hit is worth; `lambdarank`
            for the order of each user's, as far down as the metric looks.
        trees: boosting rounds. None, and `auto` above: what puts most answers on top in the last of the tables, by one
            model learnt on the others.
        leaves: of a tree.
        learning_rate: shrinkage of each tree.
        min_rows: of a leaf.
        features_per_tree: share of the features that each tree may use.
        rows_per_tree: share of the rows that each tree learns from.
        l2: penalty of the leaves' values.
        negatives: share of the candidates that are no answers to learn from.
        seeds: models that draw other features and rows for their trees; the score is their mean.
        seed: of the drawn rows and features.
    """

    uses_seed = True
    objective: Literal["auto", "binary", "lambdarank"] = "auto"
    trees: Passes | None = None
    leaves: Annotated[Width, Field(ge=2)] = 15
    learning_rate: Rate = 0.07
    min_rows: Count = 100
    features_per_tree: SomeShare = 0.3
    rows_per_tree: SomeShare = 0.8
    l2: Weight = 10.0
    negatives: SomeShare = 0.3
    seeds: Models = 4
    seed: Seed = 0

    def fit(self, tables: Sequence[FeatureTable]) -> Self:
        """See `Reranker.fit`."""
        self.names_ = tables[0].names  # LightGBM itself refuses some signs that a column's name can have
        self.objective_, self.trees_ = self._chosen(tables)
        self.boosters_ = self._learnt(tables, self.objective_, self.trees_, self.seeds)
        return self

    def _chosen(self, tables: Sequence[FeatureTable]) -> tuple[str, int]:
        """Objective and number of trees; among equals the first."""
        objectives = OBJECTIVES if self.objective == "auto" else (self.objective,)
        numbers = TREES if self.trees is None else (self.trees,)
        choices = [*product(objectives, numbers)]
        if len(choices) == 1:
            return choices[0]
        teaching, test = apart(tables)
        worth = dict.fromkeys(choices, 0.0)
        for objective in objectives:
            try:
                (booster,) = self._learnt(teaching, objective, max(numbers), 1)
            except DataError:  # nothing to learn from but in the last table
                return choices[0]
            for number in numbers:
                scores = booster.predict(test.features, raw_score=True, num_iteration=number)
                worth[objective, number] = gained(test, scores)
        best = max(choices, key=lambda choice: worth[choice])
        note(f"lightgbm: {best[0]}, {best[1]} trees; on the last fold "
             + ", ".join(f"{name} {number} {value:.4f}" for (name, number), value in worth.items()))  # fmt: skip
        return best

    def _learnt(self, tables: Sequence[FeatureTable], objective: str, trees: int, seeds: int) -> list[Any]:
        """Boosters of different draws."""
        lgb, rng = _library(), np.random.default_rng(self.seed)
        rows = sampled(tables, self.negatives, rng)
        ranking = objective == "lambdarank"
        sizes = [_group_sizes(table, kept) for table, kept in zip(tables, rows, strict=True)]
        data = lgb.Dataset(
            gathered([table.features for table in tables], rows),
            gathered([table.labels for table in tables], rows),
            weight=gathered([table.row_worth for table in tables], rows),
            group=np.concatenate(sizes) if ranking else None,
        )
        settings = {"objective": objective, **self._settings()}
        if ranking:
            settings["lambdarank_truncation_level"] = len(tables[0].places) + BEYOND
        return [
            lgb.train({**settings, "seed": int(rng.integers(2**31))}, data, trees)
            for _ in track(range(seeds), "LightGBM seeds", seeds)
        ]

    def score(self, table: FeatureTable) -> FloatArray:
        """See `Reranker.score`; log odds for `binary`."""
        boosters = self._fitted("boosters_")
        total = sum(booster.predict(table.features, raw_score=True) for booster in boosters)
        return np.asarray(total / len(boosters), dtype=np.float32)

    def importances(self) -> dict[str, float]:
        """See `Reranker.importances`: shares of the gain."""
        gain = sum(booster.feature_importance("gain") for booster in self._fitted("boosters_"))
        return {name: float(share) for name, share in zip(self.names_, gain / max(gain.sum(), 1e-12), strict=True)}

    def state(self) -> dict[str, np.ndarray]:
        """See `Reranker.state`: the trees, as LightGBM writes them, in UTF-8."""
        texts = [booster.model_to_string().encode() for booster in self._fitted("boosters_")]
        return {f"booster-{number}": np.frombuffer(text, np.uint8) for number, text in enumerate(texts)}

    def contributions(self, state: Mapping[str, np.ndarray], features: FloatArray) -> FloatArray | None:
        """See `Reranker.contributions`: SHAP values (Lundberg, Erion, Lee, arXiv 1802.03888).

        What is left of the score is the same for every row, the mean over the rows learnt from.
        """
        lgb = _library()
        boosters = [lgb.Booster(model_str=text.tobytes().decode()) for text in state.values()]
        total = sum(booster.predict(features, pred_contrib=True) for booster in boosters)
        return np.asarray(total[:, :-1] / len(boosters), dtype=np.float32)

    def _settings(self) -> dict[str, Any]:
        return {
            "num_leaves": self.leaves,
            "learning_rate": self.learning_rate,
            "min_data_in_leaf": self.min_rows,
            "feature_fraction": self.features_per_tree,
            "bagging_fraction": self.rows_per_tree,
            "bagging_freq": 1,
            "lambda_l2": self.l2,
            "deterministic": True,  # the same trees whatever the number of threads
            "force_row_wise": True,
            "verbose": -1,
        }


def _group_sizes(table: FeatureTable, kept: np.ndarray) -> np.ndarray:
    """Rows of each user among those kept, in order."""
    return np.unique(table.row[kept], return_counts=True)[1]


def _library() -> Any:
    # Threads that wait sleep: by default they spin, and where a core is wanted elsewhere, that takes ten times as long.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    try:
        import lightgbm
    except OSError as error:  # a Linux without OpenMP's runtime
        raise ShortlistError(f"LightGBM cannot be loaded ({error}); on Debian: apt-get install libgomp1") from None
    return lightgbm


RERANKER = LightGBM
