"""Try a few settings of each retriever on hidden pairs, to choose its defaults.

    python scripts/tune_retrievers.py [--competition dacon_236170] [KIND ...]

Folds 1 and 2 of `KFold(folds=6, seed=1)`, which hide a sixth of each user's pairs each: about as sparse as what a
submission is scored on. The other folds and seeds are never looked at, so that they can say how good the choice is.
How a popular item or a long history should count, the powers in several models, was explored on the same two folds.
"""

import argparse
import time
from collections.abc import Mapping, Sequence
from itertools import islice, product
from typing import Any

import numpy as np

from shortlist.config.paths import Paths
from shortlist.data.dataset import Dataset
from shortlist.retrievers.registry import make_retriever
from shortlist.retrievers.topk import recommend
from shortlist.validation.metrics import per_user
from shortlist.validation.splitters.kfold import KFold

GRIDS: dict[str, list[Mapping[str, Sequence[Any]]]] = {
    "user_knn": [{"weighting": ["none", "idf", "bm25"]}],
    "item_knn": [{"weighting": ["none", "idf", "bm25"], "neighbours": [100, None]}],
    "near_copies": [{"pooling": [0.1, 0.2, 0.3]}],
    "rp3beta": [{"alpha": [0.4, 0.5, 1.0], "beta": [0.0, 0.1]}],
    "ppr": [{"bias": [0.25, 0.5, 0.75], "beta": [0.0, 0.25, 0.5], "steps": [2]}, {"damping": [0.3, 0.6, 0.9]}],
    "gf_cf": [{"user_power": [0.25, 0.5], "item_power": [0.0, 0.1, 0.25]}, {"factors": [64], "low_pass": [0.3, 1.0]}],
    "ease": [{"user_power": [0.0, 0.5], "regularization": [30.0, 100.0, 300.0]}],
    "hybrid_knn": [{"content_weight": [0.3, 0.6, 0.8, 0.9]}, {"content_neighbours": [5, 60]}],
    "bpr": [{"regularization": [0.02, 0.03, 0.05]}, {"learning_rate": [0.02, 0.1]}, {"iterations": [100, 200]}],
    "ials": [{"alpha": [5.0, 15.0, 40.0], "regularization": [5.0, 15.0]}],
    "lightgcn": [
        {"temperature": [0.2, 0.3, 0.4]},
        {"epochs": [15, 30]},
        {"learning_rate": [0.005, 0.02]},
        {"layers": [1, 3], "ode": [False, True]},
    ],
    "two_tower": [{"audience": [False, True], "dimensions": [64, 128]}],
}
"""By kind, combinations of values to try; a parameter that is not named keeps its default."""

FOLDS = 2


def score(dataset: Dataset, kind: str, settings: Mapping[str, Any]) -> tuple[float, float, float]:
    """Mean recall@5 and recall_n@100 over the folds, and the seconds that a fit took."""
    found, seconds = [], 0.0
    for fold in islice(KFold(folds=6, seed=1).split(dataset), FOLDS):
        train, answers = dataset.take(fold.train), dataset.take(fold.test).matrix()
        start = time.perf_counter()
        model = make_retriever(kind, settings, seed=1).fit(train)
        seconds += time.perf_counter() - start
        users = np.flatnonzero(np.diff(answers.indptr)).astype(np.int32)
        values = per_user(recommend(model, users, 100, train.matrix()).items, users, answers, [5, 100])
        found.append([values["recall@5"].mean(), values["recall_n@100"].mean()])
    recall, candidates = np.mean(found, axis=0)
    return float(recall), float(candidates), seconds / FOLDS


def combinations(kind: str) -> list[dict[str, Any]]:
    """The settings to try for a kind."""
    return [dict(zip(grid, values, strict=True)) for grid in GRIDS[kind] for values in product(*grid.values())]


def main() -> None:
    """Print a line for each combination."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("kinds", nargs="*", default=list(GRIDS), metavar="KIND")
    parser.add_argument("--competition", default="dacon_236170")
    options = parser.parse_args()
    dataset = Dataset.load(Paths(options.competition).dataset)
    for kind in options.kinds:
        for settings in combinations(kind):
            recall, candidates, seconds = score(dataset, kind, settings)
            shown = " ".join(f"{name}={value}" for name, value in settings.items())
            print(f"{kind:12} {recall:.4f} {candidates:.3f} {seconds:6.1f} s  {shown}", flush=True)


if __name__ == "__main__":
    main()
