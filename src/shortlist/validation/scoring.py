"""Every method's lists on one scheme as scores, with errors and paired comparisons."""

from collections.abc import Iterable

import numpy as np

from shortlist.common.arrays import DoubleArray
from shortlist.data.candidates import user_blocks
from shortlist.data.dataset import Dataset
from shortlist.validation.division import Fold
from shortlist.validation.folds import FoldResult
from shortlist.validation.headline import Answers, Headline
from shortlist.validation.metrics import coverage, estimate, paired_bootstrap
from shortlist.validation.scores import FoldSize, MethodScores, MetricScore, SchemeScores


class MethodRows:
    """One method's values on one scheme: a row for each user of each fold, in the same order for every method."""

    def __init__(
        self, results: Iterable[tuple[Fold, FoldResult]], dataset: Dataset, ks: tuple[int, ...], headline: Headline
    ) -> None:
        values, users, covered, figures, sizes = [], [], [], [], []
        self.seconds = 0.0
        for fold, result in results:
            lists = result.candidates
            answers = Answers.of(dataset, fold, headline)
            parts = [lists.rows(block) for block in user_blocks(len(lists.users))]
            blocks = [headline.per_user(part.items, part.users, answers, ks) for part in parts]
            values.append({key: np.concatenate([block[key] for block in blocks]) for key in blocks[0]})
            users.append(lists.users)
            covered.append([coverage(lists.items, k, len(dataset.items)) for k in ks])
            figures.append(result.figures)
            sizes.append(FoldSize(fold.number, len(fold.train), len(fold.test), len(lists.users)))
            self.seconds += result.seconds
        self.sizes = tuple(sizes)
        self.users = np.concatenate(users)
        self.values: dict[str, DoubleArray] = {key: np.concatenate([fold[key] for fold in values]) for key in values[0]}
        self.by_fold = {key: tuple(float(fold[key].mean()) for fold in values) for key in values[0]}
        self.fold_errors = {
            key: tuple(estimate(fold[key], own).error for fold, own in zip(values, users, strict=True))
            for key in values[0]
        }
        self.coverage = {f"coverage@{k}": float(share) for k, share in zip(ks, np.mean(covered, axis=0), strict=True)}
        self.figures = {key: float(np.mean([fold[key] for fold in figures])) for key in figures[0]}

    def summary(self) -> MethodScores:
        """Mean and standard error of every metric, over all and of each fold."""
        metrics = {}
        for key, values in self.values.items():
            overall = estimate(values, self.users)
            metrics[key] = MetricScore(overall.mean, overall.error, self.by_fold[key], self.fold_errors[key])
        return MethodScores(metrics, self.coverage, self.figures, self.seconds)


def compared(description: str, rows: dict[str, MethodRows], headline: str) -> SchemeScores:
    """Every method's summary, the methods from best to worst, and each one's distance from the best."""
    order = sorted(rows, key=lambda name: (-rows[name].values[headline].mean(), name))
    best = rows[order[0]]
    behind = {
        name: paired_bootstrap(best.values[headline], rows[name].values[headline], best.users) for name in order[1:]
    }
    return SchemeScores(description, best.sizes, tuple(order), {name: rows[name].summary() for name in order}, behind)
