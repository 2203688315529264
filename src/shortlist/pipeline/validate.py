"""The offline scores: every method on every scheme, with errors and paired comparisons, as JSON and as a table."""

import json
from collections.abc import Iterable
from typing import Any

import numpy as np

from shortlist.common.arrays import DoubleArray
from shortlist.common.files import write_text
from shortlist.config.competition import Competition
from shortlist.config.paths import Paths
from shortlist.data.dataset import Dataset
from shortlist.pipeline.cross_validate import FoldResult, hidden_pairs, load_fold, splitters
from shortlist.pipeline.score_table import render
from shortlist.retrievers.topk import user_blocks
from shortlist.validation.metrics import PER_USER, coverage, estimate, paired_bootstrap, per_user
from shortlist.validation.splits import Fold


class MethodRows:
    """One method's values on one scheme: a row for each user of each fold, in the same order for every method."""

    def __init__(self, results: Iterable[tuple[Fold, FoldResult]], dataset: Dataset, ks: tuple[int, ...]) -> None:
        values, users, covered, figures = [], [], [], []
        self.sizes = []
        self.seconds = 0.0
        for fold, result in results:
            found = result.candidates
            _, answers = hidden_pairs(dataset, fold)
            parts = [found.rows(block) for block in user_blocks(len(found.users))]
            blocks = [per_user(part.items, part.users, answers, ks) for part in parts]
            values.append({key: np.concatenate([block[key] for block in blocks]) for key in blocks[0]})
            users.append(found.users)
            covered.append([coverage(found.items, k, len(dataset.items)) for k in ks])
            figures.append(result.figures)
            self.sizes.append(
                {"fold": fold.number, "train": len(fold.train), "test": len(fold.test), "users": len(found.users)}
            )
            self.seconds += result.seconds
        self.users = np.concatenate(users)
        self.values: dict[str, DoubleArray] = {key: np.concatenate([fold[key] for fold in values]) for key in values[0]}
        self.by_fold = {key: [float(fold[key].mean()) for fold in values] for key in values[0]}
        self.fold_errors = {
            key: [estimate(fold[key], found).error for fold, found in zip(values, users, strict=True)]
            for key in values[0]
        }
        self.coverage = {f"coverage@{k}": float(share) for k, share in zip(ks, np.mean(covered, axis=0), strict=True)}
        self.figures = {key: float(np.mean([fold[key] for fold in figures])) for key in figures[0]}

    def summary(self) -> dict[str, Any]:
        """Mean and standard error of every metric, over all and of each fold, as JSON."""
        metrics = {}
        for key, values in self.values.items():
            found = estimate(values, self.users)
            folds = {"folds": self.by_fold[key], "fold_errors": self.fold_errors[key]}
            metrics[key] = {"mean": found.mean, "error": found.error, **folds}
        return {"metrics": metrics, "coverage": self.coverage, "figures": self.figures, "seconds": self.seconds}


def validate(paths: Paths, competition: Competition) -> None:
    """Score what `crossval` saved; write the JSON and the table."""
    dataset = Dataset.load(paths.dataset)
    settings = competition.validation
    headline = competition.headline
    schemes = {}
    for scheme, splitter in splitters(competition).items():
        # What has learnt on the first scheme's answers has seen those of the others: it is scored on the first alone.
        names = competition.methods if scheme == competition.first_scheme else tuple(competition.retrievers)
        folds = list(splitter.split(dataset))
        rows = {}
        for name in names:
            results = ((fold, load_fold(paths, name, scheme, fold)) for fold in folds)  # one at a time in memory
            rows[name] = MethodRows(results, dataset, settings.ks)
        schemes[scheme] = {"description": splitter.describe().en, **_scheme(rows, headline)}
    first = competition.first_scheme
    scores = {
        "competition": paths.competition,
        "title": competition.title,
        "data": {"users": len(dataset.users), "items": len(dataset.items), "pairs": len(dataset)},
        "k": competition.submission.k,
        "ks": list(settings.ks),
        "metrics": list(PER_USER),
        "headline": headline,
        "seed": competition.seed,
        "chosen_by": first,
        "rerankers": list(competition.rerankers),
        "order": schemes[first]["order"],
        "schemes": schemes,
    }
    write_text(paths.table, render(scores))
    write_text(paths.validation, json.dumps(scores, indent=1, ensure_ascii=False) + "\n")


def _scheme(rows: dict[str, MethodRows], headline: str) -> dict[str, Any]:
    """Every method's summary, the methods from best to worst, and each one's distance from the best."""
    order = sorted(rows, key=lambda name: (-rows[name].values[headline].mean(), name))
    best = rows[order[0]]
    distances = {}
    for name in order[1:]:
        found = paired_bootstrap(best.values[headline], rows[name].values[headline], best.users)
        distances[name] = {"mean": found.mean, "low": found.low, "high": found.high, "significant": found.significant}
    methods = {name: rows[name].summary() for name in order}
    return {"sizes": best.sizes, "order": order, "methods": methods, "behind_best": distances}


def load_scores(paths: Paths) -> dict[str, Any]:
    """The JSON that `validate` wrote."""
    return dict(json.loads(paths.validation.read_text(encoding="utf-8")))
