"""Candidates with their features, and with labels where the right answers are known: what rerankers learn from."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from shortlist.common.arrays import FloatArray, IntArray
from shortlist.common.files import atomic
from shortlist.data.candidates import NO_ITEM, Candidates, stored
from shortlist.data.dataset import Dataset
from shortlist.engine.threads import spread
from shortlist.rerank.evidence import Evidence
from shortlist.rerank.features import FEATURES


@dataclass(frozen=True)
class Rated:
    """Pairs whose rating is known, candidates or not.

    Attributes:
        features: (p, F) float32, as those of the candidates.
        ratings: (p,) float32.
    """

    features: FloatArray
    ratings: FloatArray


@dataclass(frozen=True)
class Known:
    """The answers of the users of some candidates.

    Attributes:
        hidden: a dataset with the events that are the answers.
        worth: (m,) float32, what a hit adds to the official metric of each user.
    """

    hidden: Dataset
    worth: FloatArray


@dataclass(frozen=True)
class FeatureTable:
    """One row for each candidate of each user, user after user.

    Attributes:
        candidates: of m users, N each; rows with `NO_ITEM` have no row here.
        names: F names, "<group>.<column>".
        features: (rows, F) float32, NaN where there is nothing to say.
        labels: (rows,) bool, whether the candidate is an answer; all False where no answers are known.
        worth: (m,) float32, what a hit adds to the official metric of each user; 0 where no answers are known.
        rated: the answers with their ratings, where the competition's pairs have some.
    """

    candidates: Candidates
    names: list[str]
    features: FloatArray
    labels: NDArray[np.bool_]
    worth: FloatArray
    rated: Rated | None = None

    @property
    def there(self) -> NDArray[np.bool_]:
        """(m, N) which candidates have a row."""
        return self.candidates.items != NO_ITEM

    @property
    def row(self) -> NDArray[np.int64]:
        """(rows,) position of each row's user among the m, rising."""
        return np.nonzero(self.there)[0]

    @property
    def row_worth(self) -> FloatArray:
        """(rows,) float32, `worth` of each row's user."""
        return self.worth[self.row]

    def ordered(self, scores: FloatArray) -> Candidates:
        """The candidates by falling `scores`, (rows,); among equals the order they had."""
        there = self.there
        dense = np.full(there.shape, -np.inf, dtype=np.float32)
        dense[there] = scores
        order = np.argsort(-dense, axis=1, kind="stable")
        old = self.candidates
        items, ordered = (np.take_along_axis(part, order, axis=1) for part in (old.items, dense))
        return Candidates(old.users, items.astype(np.int32), ordered.astype(np.float32))

    def reranked(self, scores: FloatArray, blended: Candidates) -> Candidates:
        """The candidates by falling `scores`, (rows,), and after them those of the blend that have no row here."""
        top = self.ordered(scores)
        n = top.items.shape[1]
        # Below the last of the reranked, in the blend's order: a list's scores fall.
        rest = blended.items[:, n:]
        lowest = np.min(top.scores, axis=1, keepdims=True, where=np.isfinite(top.scores), initial=0)
        falling = np.where(rest >= 0, lowest - 1 - np.arange(rest.shape[1]), -np.inf).astype(np.float32)
        return Candidates(top.users, np.hstack([top.items, rest]), np.hstack([top.scores, falling]))

    def of_users(self, users: IntArray) -> "FeatureTable":
        """The rows of some users only, in the order they have here."""
        kept = np.isin(self.candidates.users, users)
        rows, old = kept[self.row], self.candidates
        candidates = Candidates(old.users[kept], old.items[kept], old.scores[kept])
        return FeatureTable(candidates, self.names, self.features[rows], self.labels[rows], self.worth[kept])

    def select(self, groups: Iterable[str]) -> "FeatureTable":
        """The same rows with the features of some groups or, as "retrievers.<name>", of some retrievers only."""
        wanted = set(groups)
        return self._columns([place for place, name in enumerate(self.names) if wanted & groups_of(name)])

    def without(self, group: str) -> "FeatureTable":
        """The same rows but for the features that `select` would keep."""
        return self._columns([place for place, name in enumerate(self.names) if group not in groups_of(name)])

    def _columns(self, kept: list[int]) -> "FeatureTable":
        names = [self.names[place] for place in kept]
        rated = self.rated and replace(self.rated, features=self.rated.features[:, kept])
        return replace(self, names=names, features=self.features[:, kept], rated=rated)

    def save(self, path: Path) -> None:
        """Write it whole or not at all."""
        lists = self.candidates
        arrays = {
            "users": lists.users, "items": lists.items, "scores": lists.scores, "names": np.array(self.names),
            "features": self.features, "labels": self.labels, "worth": self.worth,
        }  # fmt: skip
        if self.rated is not None:
            arrays |= {"rated": self.rated.features, "ratings": self.rated.ratings}
        with atomic(path) as temporary:
            np.savez(temporary, **arrays)  # type: ignore[arg-type]

    @classmethod
    def load(cls, path: Path) -> "FeatureTable":
        """What `save` wrote."""
        with np.load(path) as arrays:
            candidates = Candidates(arrays["users"], arrays["items"], arrays["scores"])
            rated = Rated(arrays["rated"], arrays["ratings"]) if "rated" in arrays else None
            names = arrays["names"].tolist()
            return cls(candidates, names, arrays["features"], arrays["labels"], arrays["worth"], rated)


def groups_of(name: str) -> set[str]:
    """The groups that a feature belongs to: "retrievers.popular-rank" to "retrievers" and "retrievers.popular"."""
    return {name.partition(".")[0], name.rpartition("-")[0]} - {""}


def describe(
    visible: Dataset, candidates: Candidates, lists: Mapping[str, Candidates], known: Known | None = None
) -> FeatureTable:
    """Compute every feature of every candidate from visible events alone.

    Args:
        visible: with the visible events only.
        candidates: to be put in a better order.
        lists: of the retrievers (and the blend), fitted on the visible pairs.
        known: the answers, where they are known.
    """
    there = candidates.items != NO_ITEM
    users = np.repeat(candidates.users, there.sum(axis=1))
    items = candidates.items[there]
    names, features = _features(Evidence(visible, users, items, lists))
    if known is None:
        nothing = np.zeros(len(users), dtype=bool), np.zeros(len(candidates.users), dtype=np.float32)
        return FeatureTable(candidates, names, features, *nothing)
    hidden, rated = known.hidden, None
    if hidden.ratings is not None:
        rated = Rated(_features(Evidence(visible, hidden.pairs[:, 0], hidden.pairs[:, 1], lists))[1], hidden.ratings)
    return FeatureTable(candidates, names, features, stored(hidden.matrix(), users, items), known.worth, rated)


def _features(rows: Evidence) -> tuple[list[str], FloatArray]:
    """Names and values, (rows, F), of every feature."""
    groups = spread(lambda function: [*function(rows)], (function for _, function in FEATURES.values()))
    columns = {
        f"{group}.{name}": values.astype(np.float32)
        for group, pairs in zip(FEATURES, groups, strict=True)
        for name, values in pairs
    }
    return list(columns), np.column_stack(list(columns.values()))
