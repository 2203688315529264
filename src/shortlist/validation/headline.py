"""The official metric of a competition: one of `metrics.per_user`, or a weighted sum, also over kinds of answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import scipy.sparse as sp

from shortlist.common.arrays import DoubleArray, FloatArray, IntArray
from shortlist.config.competition import SCORE
from shortlist.data.candidates import NO_ITEM, Candidates
from shortlist.data.dataset import Dataset
from shortlist.validation.division import Fold
from shortlist.validation.folds import hidden_pairs
from shortlist.validation.metrics import UserScores, per_user


@dataclass(frozen=True)
class Headline:
    """What a list is scored by.

    Attributes:
        k: its cut-off.
        metrics: name, as `metrics.per_user` has it, -> weight in the sum.
        kinds: kind of event -> weight; each is scored on the answers of its kind alone. Empty: all answers are alike.
    """

    k: int
    metrics: Mapping[str, float] = field(default_factory=lambda: {"recall": 1.0})
    kinds: Mapping[str, float] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Of the metric without its cut-off."""
        return SCORE if len(self.metrics) > 1 or self.kinds else next(iter(self.metrics))

    def per_user(self, top: IntArray, users: IntArray, answers: "Answers", ks: Sequence[int]) -> dict[str, DoubleArray]:
        """Every metric at every k for each user, with the weighted sum as "score@<k>" where there is one.

        Args:
            top, users, ks: see `metrics.per_user`.
            answers: of the same users.
        """
        values = per_user(top, users, answers.all, ks)
        if self.name == SCORE:
            for k in ks:
                values[f"{SCORE}@{k}"] = self._score(top, users, answers, k, values)
        return values

    def _score(
        self, top: IntArray, users: IntArray, answers: "Answers", k: int, values: Mapping[str, DoubleArray]
    ) -> DoubleArray:
        if not self.kinds:
            return self._sum(values, k)
        total = np.zeros(len(users))
        for kind, weight in self.kinds.items():
            wanted = answers.by_kind[kind]
            some = np.diff(wanted.indptr)[users] > 0
            if some.any():
                values = per_user(top[some], users[some], wanted, [k])
                total[some] += weight * answers.share_of(kind) * self._sum(values, k)
        return total

    def _sum(self, values: Mapping[str, DoubleArray], k: int) -> DoubleArray:
        return np.sum([weight * values[f"{name}@{k}"] for name, weight in self.metrics.items()], axis=0)

    @property
    def places(self) -> FloatArray:
        """(k,) float32, what a hit at each place of a list is worth beside one at the first; of one hit alone."""
        place = np.arange(self.k)
        hit_worth = {"ndcg": 1 / np.log2(2 + place), "map": 1 / (1 + place), "mrr": 1 / (1 + place)}
        whole = sum(weight * hit_worth.get(name, np.ones(self.k)) for name, weight in self.metrics.items())
        return np.asarray(whole / sum(self.metrics.values()), dtype=np.float32)

    def worth(self, users: IntArray, answers: "Answers") -> FloatArray:
        """What one hit adds to the metric of each user, up to a factor, (m,) float32; 0 of a user without answers."""
        if not self.kinds:
            return self._worth(np.diff(answers.all.indptr)[users])
        total = np.zeros(len(users), dtype=np.float32)
        for kind, weight in self.kinds.items():
            share = np.float32(answers.share_of(kind))
            total += np.float32(weight) * share * self._worth(np.diff(answers.by_kind[kind].indptr)[users])
        return total

    def _worth(self, n: np.ndarray) -> FloatArray:
        """By the number of a user's answers, (m,): an average hit of a metric that looks at ranks."""
        best = np.clip(n, 1, self.k)
        ideal = np.cumsum(1 / np.log2(2 + np.arange(self.k)))
        hit_worth: dict[str, np.ndarray] = {
            "recall": 1 / best,
            "recall_n": 1 / np.maximum(n, 1),
            "recall_k": np.full(len(n), 1 / self.k),
            "hit": 1 / np.maximum(n, 1),
            "ndcg": ideal[-1] / self.k / ideal[best - 1],
            "map": 1 / best,
            "mrr": 1 / np.maximum(n, 1),
        }
        worth = sum(weight * hit_worth[name] for name, weight in self.metrics.items())
        return np.where(n > 0, worth, 0).astype(np.float32)


@dataclass(frozen=True)
class Answers:
    """The answers of a fold.

    Attributes:
        users: (m,) int32, those who have some.
        all: (U, I) sparse, a stored entry is an answer.
        by_kind: kind -> the same of its events alone, of the kinds that are scored apart.
    """

    users: IntArray
    all: sp.csr_matrix
    by_kind: Mapping[str, sp.csr_matrix]

    @classmethod
    def of(cls, dataset: Dataset, fold: Fold, headline: Headline) -> "Answers":
        """Those of a fold's hidden events."""
        users, every = hidden_pairs(dataset, fold)
        names, kind = list(dataset.kinds), dataset.events.kind
        by_kind = {
            name: dataset.take(fold.test[kind[fold.test] == names.index(name)]).matrix()
            for name in headline.kinds
            if kind is not None
        }
        return cls(users, every, by_kind)

    def share_of(self, kind: str) -> float:
        """How many of all users each one with answers of a kind stands for: a kind's mean is over those who have some.

        0 where nobody has.
        """
        some = int((np.diff(self.by_kind[kind].indptr) > 0).sum())
        return len(self.users) / some if some else 0.0


def fold_scores(
    dataset: Dataset, fold: Fold, candidates: Candidates, metrics: Sequence[str], headline: Headline
) -> UserScores:
    """Some metrics of each user with answers.

    Args:
        dataset: with all events.
        fold: of it.
        candidates: of the fold's users; a list shorter than a k of `metrics` finds nothing in the places it lacks.
        metrics: as `Headline.per_user` names them.
        headline: the official one.
    """
    ks = sorted({int(metric.rpartition("@")[2]) for metric in metrics})
    missing = max(0, max(ks) - candidates.items.shape[1])
    items = np.pad(candidates.items, ((0, 0), (0, missing)), constant_values=NO_ITEM)
    values = headline.per_user(items, candidates.users, Answers.of(dataset, fold, headline), ks)
    return UserScores(candidates.users, np.stack([values[metric] for metric in metrics]))
