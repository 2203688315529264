"""Peers of a few lines each, in NumPy and SciPy: what one tries before a library.

Each makes scores from events. One or two parameters of each are chosen on the inner hold-out, never on the answers, and
before the clock runs: the time told is that of the chosen model alone.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Any

import numpy as np
import scipy.sparse as sp
from implicit.cpu.als import AlternatingLeastSquares
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from peers.event_log import EventLog, Events, best, blocks
from peers.exchange import IntArray, Peer, Task

PACKAGES = ("implicit", "numpy", "scipy")

Scores = NDArray[np.float64]
Scorer = Callable[[IntArray], Scores]
"""The scores of all items for some users, (m, I)."""

TIE = 1e-9
"""What the most popular item gains: it fills lists and decides ties, and nothing else."""

COMMON = 6000
"""Items that EASE and item-kNN know, the most popular ones: their matrices are dense, or nearly."""

WINDOW, DECAY, BACKWARD = 10, 0.9, 0.5
"""Co-visitation: steps that count, weight of each further step, and of what came before."""

FUSED, SOFT = 200, 10
"""Fusion by rank: length of the lists, and what is added to a rank."""


def popular(events: Events) -> Scorer:
    """Most popular: by users."""
    users = np.asarray(events.pairs().sum(axis=0)).ravel()
    return lambda some: np.tile(users, (len(some), 1))


def recent_popular(events: Events, half_life: float) -> Scorer:
    """Most popular of late: an event counts half for each `half_life` days of age."""
    counts = np.bincount(events.items, weights=0.5 ** (events.ages / half_life), minlength=events.shape[1])
    return lambda some: np.tile(counts, (len(some), 1))


def own_frequency(events: Events, half_life: float, credit: float) -> Scorer:
    """The user's own items, most often and most lately first; the most popular item has so many events' credit."""
    own, share = events.matrix(0.5 ** (events.ages / half_life)), credit * _share(events)
    return lambda some: own[some].toarray() + share


def item_knn(events: Events, neighbours: int, shrink: float) -> Scorer:
    """Cosine of the most popular items over users, shrunk; the sum over the user's items."""
    known, own = _common(events)
    norms = np.sqrt(np.bincount(own.indices, minlength=len(known)))
    near = sp.vstack([_strongest(rows, neighbours) for rows in _cosines(own.T.tocsr(), norms, shrink)], "csr").T.tocsr()
    return lambda some: _spread((own[some] @ near).toarray(), known, events)


def _common(events: Events) -> tuple[NDArray[np.intp], sp.csr_matrix]:
    """The most popular items, rising, and who has them, (U, K) of ones."""
    pairs = events.pairs()
    known = np.sort(np.argsort(-np.bincount(pairs.indices, minlength=events.shape[1]), kind="stable")[:COMMON])
    return known, pairs[:, known]


def _spread(scores: Scores, known: NDArray[np.intp], events: Events) -> Scores:
    """Scores of some items as those of all; the others have none."""
    found = np.zeros((len(scores), events.shape[1]))
    found[:, known] = scores
    return found


def _cosines(users_of: sp.csr_matrix, norms: Scores, shrink: float) -> Iterator[sp.csr_matrix]:
    together, step = users_of.T.tocsr(), 500
    for first in range(0, users_of.shape[0], step):
        both = (users_of[first : first + step] @ together).tocoo()
        other = both.row + first != both.col
        row, column = both.row[other], both.col[other]
        values = both.data[other] / (norms[row + first] * norms[column] + shrink)
        yield sp.csr_matrix((values, (row, column)), shape=both.shape)


def _strongest(rows: sp.csr_matrix, n: int) -> sp.csr_matrix:
    """The n largest entries of each row."""
    coo = rows.tocoo()
    order = np.lexsort((-coo.data, coo.row))
    row = coo.row[order]
    kept = order[np.arange(len(row)) - np.searchsorted(row, row) < n]
    return sp.csr_matrix((coo.data[kept], (coo.row[kept], coo.col[kept])), shape=rows.shape)


def als(events: Events, factors: int, alpha: float) -> Scorer:
    """Implicit ALS (Hu, Koren, Volinsky 2008), of the library `implicit`; counts are the confidence."""
    model = AlternatingLeastSquares(factors=factors, regularization=1.0, alpha=alpha, random_state=0)
    with threadpool_limits(1, "blas"):  # it has threads of its own
        model.fit(events.matrix().astype(np.float32), show_progress=False)
    return lambda some: model.user_factors[some] @ model.item_factors.T


def ease(events: Events, regularization: float) -> Scorer:
    """EASE (Steck 2019) of the most popular items."""
    known, own = _common(events)
    gram = (own.T @ own).toarray().astype(np.float32)
    np.fill_diagonal(gram, gram.diagonal() + np.float32(regularization))
    inverse = np.linalg.inv(gram)
    weights = -inverse / inverse.diagonal()
    np.fill_diagonal(weights, 0)
    return lambda some: _spread(own[some] @ weights, known, events)


def transition(events: Events, last: int) -> Scorer:
    """First-order Markov chain: which item follows which, asked with the user's last ones."""
    after = _steps(events, 1, 0.0)
    total = np.maximum(np.asarray(after.sum(axis=1)).ravel(), 1)
    asking, share = _latest(events, last), sp.diags_array(1 / total) @ after
    return lambda some: (asking[some] @ share).toarray()


def covisitation(events: Events, last: int, popularity: float) -> Scorer:
    """What is taken soon after or before what, asked with the user's last items, the latest counting most."""
    counts = _steps(events, WINDOW, BACKWARD)
    scale = np.maximum(np.bincount(events.items, minlength=events.shape[1]), 1.0) ** -popularity
    asking, votes = _latest(events, last), (counts @ sp.diags_array(scale)).tocsr()
    return lambda some: (asking[some] @ votes).toarray()


@lru_cache(maxsize=2)
def _steps(events: Events, window: int, backward: float) -> sp.csr_matrix:
    """Counts of item after item within some steps of a user's order, (I, I); without times, of users who have both."""
    if events.times is None:
        pairs = events.pairs()
        return (pairs.T @ pairs).tocsr()
    places: list[tuple[IntArray, IntArray]] = []
    values: list[Scores] = []
    for step in range(1, window + 1):
        same = np.flatnonzero(events.users[:-step] == events.users[step:])
        places.append((events.items[same], events.items[same + step]))
        values.append(np.full(len(same), DECAY ** (step - 1)))
    row, column = (np.concatenate(codes) for codes in zip(*places, strict=True))
    total = sp.csr_matrix((np.concatenate(values), (row, column)), shape=(events.shape[1], events.shape[1]))
    return (total + backward * total.T).tocsr() if backward else total


def _latest(events: Events, last: int) -> sp.csr_matrix:
    """The user's last events, (U, I), each later one counting more; without times, all."""
    return events.matrix(np.where(events.later < last, (1 - 1 / (last + 1)) ** events.later, 0.0))


def own_and_covisitation(events: Events, own: Mapping[str, Any], near: Mapping[str, Any], share: float) -> Scorer:
    """Own frequency and co-visitation, fused by rank (Cormack, Clarke, Büttcher 2009)."""
    filler = TIE * _share(events)
    parts = (own_frequency(events, **own), share), (covisitation(events, **near), 1 - share)

    def scores(some: IntArray) -> Scores:
        fused = np.zeros((len(some), events.shape[1]))
        for scorer, weight in parts:
            found = best(scorer(some) + filler, FUSED)
            gained = np.take_along_axis(fused, found, axis=1) + weight / (SOFT + np.arange(found.shape[1]))
            np.put_along_axis(fused, found, gained, axis=1)
        return fused

    return scores


def _share(events: Events) -> Scores:
    users = np.bincount(events.pairs().indices, minlength=events.shape[1])
    return users / max(users.max(), 1)


def _grid(**values: tuple[Any, ...]) -> list[dict[str, Any]]:
    return [dict(zip(values, one, strict=True)) for one in product(*values.values())]


def _fusions(log: EventLog) -> list[dict[str, Any]]:
    parts = {"own": chosen(MODELS["own_frequency"], log), "near": chosen(MODELS["covisitation"], log)}
    return [parts | {"share": share} for share in (0.3, 0.5, 0.7, 0.9)]


@dataclass(frozen=True)
class Model:
    """A peer.

    Attributes:
        fit: makes the scores from events and parameters.
        settings: the parameters that are tried.
    """

    fit: Callable[..., Scorer]
    settings: Callable[[EventLog], list[dict[str, Any]]]


HALF_LIVES = (3.0, 10.0, 30.0, 100.0, 1000.0, float("inf"))
"""Days; without decay, what is equally frequent goes by popularity."""

MODELS: dict[str, Model] = {
    "popular": Model(popular, lambda log: [{}]),
    "recent_popular": Model(recent_popular, lambda log: _grid(half_life=HALF_LIVES)),
    "own_frequency": Model(own_frequency, lambda log: _grid(half_life=HALF_LIVES, credit=(0.0, 0.3, 1.0))),
    "item_knn": Model(item_knn, lambda log: _grid(neighbours=(20, 100), shrink=(0.0, 20.0))),
    "als": Model(als, lambda log: _grid(factors=(32, 128), alpha=(1.0, 10.0))),
    "ease": Model(ease, lambda log: _grid(regularization=(100.0, 500.0))),
    "transition": Model(transition, lambda log: _grid(last=(1, 3, 10))),
    "covisitation": Model(covisitation, lambda log: _grid(last=(3, 10, 30, 100), popularity=(0.0, 0.3, 0.6))),
    "own_and_covisitation": Model(own_and_covisitation, _fusions),
}


def chosen(model: Model, log: EventLog) -> dict[str, Any]:
    """The parameters with the best recall on the inner hold-out; the first among equals."""
    settings, inner = model.settings(log), log.inner
    if len(settings) == 1:
        return settings[0]
    return max(settings, key=lambda setting: inner_recall(model.fit(inner, **setting), log, inner))


def inner_recall(scorer: Scorer, log: EventLog, inner: Events) -> float:
    """recall@k on the inner hold-out, hits / min(answers, k)."""
    answers = log.inner_answers
    users = np.flatnonzero(np.diff(answers.indptr)).astype(np.int32)
    hits = [
        answers[some].toarray()[np.arange(len(some))[:, None], top] for some, top in _tops(scorer, log, inner, users)
    ]
    wanted = np.minimum(np.diff(answers.indptr)[users], log.k)
    return float((np.concatenate(hits).sum(axis=1) / wanted).mean())


def _tops(scorer: Scorer, log: EventLog, inner: Events, users: IntArray) -> Iterator[tuple[IntArray, IntArray]]:
    filler, seen = TIE * _share(inner), inner.pairs()
    for some in blocks(users):
        scores = scorer(some) + filler
        if not log.keep:
            scores[seen[some].nonzero()] = -np.inf
        yield some, best(scores, log.k)


class FewLines:
    """A model with its chosen parameters."""

    def __init__(self, name: str, task: Task) -> None:
        self.task, self.model, log = task, MODELS[name], EventLog.load(task)
        self.events, self.setting = log.events, chosen(self.model, log)
        _steps.cache_clear()

    def fit(self) -> None:
        """See `Peer.fit`."""
        self.scorer, self.filler = self.model.fit(self.events, **self.setting), TIE * _share(self.events)

    def predict(self) -> IntArray:
        """See `Peer.predict`."""
        lists = [best(self.scorer(some) + self.filler, self.task.length) for some in blocks(self.task.users)]
        return np.concatenate(lists)


def make(name: str, task: Task) -> Peer:
    """See `Adapter.make`."""
    return FewLines(name, task)
