"""From a competition's fold to a task, and from the lists of a peer to our metrics."""

from dataclasses import dataclass, field

import numpy as np
import scipy.sparse as sp

from peers.exchange import Answer, IntArray, Task
from peers.running import PeerError
from shortlist.common.arrays import DoubleArray, FloatArray
from shortlist.config.competition import Competition
from shortlist.data.dataset import Dataset
from shortlist.retrievers.topk import recommend
from shortlist.validation.division import Fold
from shortlist.validation.folds import hidden_pairs
from shortlist.validation.metrics import estimate, paired_bootstrap, per_user

SECONDS = ("fit_seconds", "predict_seconds")


@dataclass(frozen=True)
class Case:
    """A fold ready to be run and scored.

    Attributes:
        task: what the peers get.
        visible, answers: (U, I) sparse, the pairs they get and the hidden ones.
    """

    task: Task
    visible: sp.csr_matrix
    answers: sp.csr_matrix

    @classmethod
    def of(cls, name: str, competition: Competition, dataset: Dataset, fold: Fold, threads: int) -> "Case":
        """Hide the fold's pairs of the competition that is called `name`."""
        visible = dataset.take(fold.train)
        matrix, (users, answers) = visible.matrix(), hidden_pairs(dataset, fold)
        n = competition.candidates
        length = min(n + int(np.diff(matrix.indptr)[users].max()), len(dataset.items))
        rows, shape = fold.train.astype(np.int64), (len(dataset.users), len(dataset.items))
        task = Task(visible.pairs, rows, users, shape, n, length, threads, competition.seed, name)
        return cls(task, matrix, answers)

    def sizes(self) -> dict[str, int]:
        """Counts of the fold."""
        users, items = self.task.shape
        pairs = {"visible": len(self.task.pairs), "hidden": int(self.answers.nnz)}
        return {"users": users, "items": items, **pairs, "scored_users": len(self.task.users)}


class Lists:
    """Lists of some users as a source for `recommend`, which drops the seen items.

    Args:
        users: (m,) int32, rising.
        items: (m, N) int32, best first, negative where there are no more.
    """

    def __init__(self, users: IntArray, items: IntArray) -> None:
        self.users, self.items = users, items

    def candidates(self, users: IntArray, n: int) -> tuple[IntArray, FloatArray]:
        """The first n of each list; a score is the rank's negative."""
        items = self.items[np.searchsorted(self.users, users), :n]
        scores = np.where(items < 0, -np.inf, -np.arange(items.shape[1]))
        return items, scores.astype(np.float32)


def check_lists(items: IntArray, task: Task) -> None:
    """Whether lists can be scored at all.

    Raises:
        PeerError: not a row for each user, an unknown item, or one that stands twice in a list.
    """
    if len(items) != len(task.users):
        raise PeerError(f"failed: gave {len(items)} lists for {len(task.users)} users")
    if items.max(initial=-1) >= task.shape[1]:
        raise PeerError(f"failed: gave item {items.max()} of {task.shape[1]}")
    ordered = np.sort(items, axis=1)
    if ((ordered[:, 1:] == ordered[:, :-1]) & (ordered[:, 1:] >= 0)).any():
        raise PeerError("failed: an item stands twice in a list")


@dataclass
class Result:
    """A row's figures over the folds.

    Attributes:
        answers: of each fold, their lists left out.
        values: metric -> one array a fold, (m,) float64.
        users: the users of these arrays, one array a fold.
        error: why there are no figures.
    """

    answers: list[Answer] = field(default_factory=list)
    values: dict[str, list[DoubleArray]] = field(default_factory=dict)
    users: list[IntArray] = field(default_factory=list)
    error: str | None = None

    def add(self, answer: Answer, case: Case, k: int) -> None:
        """Score a fold's lists.

        Raises:
            PeerError: the lists cannot be scored.
        """
        task = case.task
        check_lists(answer.items, task)
        top = recommend(Lists(task.users, answer.items), task.users, task.n, case.visible).items
        scores = per_user(top, task.users, case.answers, [k, task.n])
        for metric in (f"recall@{k}", f"recall@{task.n}"):
            self.values.setdefault(metric, []).append(scores[metric])
        self.users.append(task.users)
        self.answers.append(answer)

    def figures(self) -> dict[str, object]:
        """Means of the metrics with their standard errors, mean seconds of a fold, the largest memory, versions."""
        if self.error:
            return {"error": self.error}
        users = np.concatenate(self.users)
        metrics = {name: estimate(np.concatenate(values), users) for name, values in self.values.items()}
        seconds = {name: float(np.mean([getattr(one, name) for one in self.answers])) for name in SECONDS}
        scores = {name: {"mean": value.mean, "error": value.error} for name, value in metrics.items()}
        return (
            scores | seconds | {"memory": max(one.memory for one in self.answers), "packages": self.answers[0].packages}
        )

    def minus(self, other: "Result", metric: str) -> dict[str, float] | None:
        """How much better than another row on the same users, with a 95 % interval; None if either has no figures."""
        if self.error or other.error:
            return None
        mine, theirs = (np.concatenate(result.values[metric]) for result in (self, other))
        difference = paired_bootstrap(mine, theirs, np.concatenate(self.users))
        return {"mean": difference.mean, "low": difference.low, "high": difference.high}
