"""Candidates with their features, and with labels where the right answers are known: what rerankers learn from."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from shortlist.common.arrays import FloatArray, IntArray
from shortlist.data.candidates import NO_ITEM, Candidates, joined, stored
from shortlist.data.dataset import Dataset
from shortlist.engine.threads import spread
from shortlist.rerank.evidence import Evidence
from shortlist.rerank.features import FEATURES
from shortlist.rerank.visible import Visible

BLOCK = 4096
"""Users whose candidates are described at once: 100 of each with 80 features take 130 MB."""


@dataclass(frozen=True)
class Rated:
    """Pairs whose rating is known, candidates or not.

    Attributes:
        users: (p,) int32.
        features: (p, F) float32, as those of the candidates.
        ratings: (p,) float32.
    """

    users: IntArray
    features: FloatArray
    ratings: FloatArray

    @classmethod
    def joined(cls, parts: Sequence["Rated"]) -> "Rated":
        """Those of several as one."""
        arrays = ([getattr(part, field.name) for part in parts] for field in fields(cls))
        return cls(*map(np.concatenate, arrays))

    def rows(self, chosen: NDArray[np.bool_]) -> "Rated":
        """Some of them."""
        return Rated(self.users[chosen], self.features[chosen], self.ratings[chosen])


@dataclass(frozen=True)
class Known:
    """The answers of the users of some candidates.

    Attributes:
        hidden: a dataset with the events that are the answers.
        worth: (m,) float32, what a hit adds to the official metric of each user.
        places: (k,) float32, what a hit at each place of the list is worth beside one at the first.
    """

    hidden: Dataset
    worth: FloatArray
    places: FloatArray


@dataclass(frozen=True)
class FeatureTable:
    """One row for each candidate of each user, user after user.

    Attributes:
        candidates: of m users, N each; rows with `NO_ITEM` have no row here.
        names: F names, "<group>.<column>".
        features: (rows, F) float32, NaN where there is nothing to say.
        labels: (rows,) bool, whether the candidate is an answer; all False where no answers are known.
        worth: (m,) float32, what a hit adds to the official metric of each user; 0 where no answers are known.
        places: (k,) float32, what a hit at each place of the list is worth beside one at the first; empty likewise.
        rated: the answers with their ratings, where the competition's pairs have some.
    """

    candidates: Candidates
    names: list[str]
    features: FloatArray
    labels: NDArray[np.bool_]
    worth: FloatArray
    places: FloatArray
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
        rated = self.rated and self.rated.rows(np.isin(self.rated.users, users))
        return FeatureTable(
            candidates, self.names, self.features[rows], self.labels[rows], self.worth[kept], self.places, rated
        )

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

    @classmethod
    def joined(cls, tables: Sequence["FeatureTable"]) -> "FeatureTable":
        """Those of different users, one after the other."""
        first, known = tables[0], [table.rated for table in tables if table.rated is not None]
        rated = Rated.joined(known) if known else None
        features, labels, worth = (
            np.concatenate([getattr(table, name) for table in tables]) for name in ("features", "labels", "worth")
        )
        return cls(
            joined([table.candidates for table in tables]), first.names, features, labels, worth, first.places, rated
        )


def groups_of(name: str) -> set[str]:
    """The groups that a feature belongs to: "retrievers.popular-rank" to "retrievers" and "retrievers.popular"."""
    return {name.partition(".")[0], name.rpartition("-")[0]} - {""}


def blocks(candidates: Candidates) -> int:
    """How many tables `describe` gives."""
    return max(1, -(-len(candidates.users) // BLOCK))


def describe(
    visible: Dataset, candidates: Candidates, lists: Mapping[str, Candidates], known: Known | None = None
) -> Iterator[FeatureTable]:
    """Compute every feature of every candidate from visible events alone, for some users at a time.

    Args:
        visible: with the visible events only.
        candidates: to be put in a better order.
        lists: of the retrievers (and the blend), fitted on the visible pairs, of the same users in the same order.
        known: the answers, where they are known.
    """
    answers, shared = None if known is None else known.hidden.matrix(), Visible(visible, lists)
    for number in range(blocks(candidates)):
        block = slice(number * BLOCK, (number + 1) * BLOCK)
        own, said = candidates.rows(block), {name: each.rows(block) for name, each in lists.items()}
        there = own.items != NO_ITEM
        users, items = np.repeat(own.users, there.sum(axis=1)), own.items[there]
        names, features = _features(Evidence(visible, users, items, said, shared))
        if known is None or answers is None:
            nothing = np.zeros(len(own.users), np.float32), np.empty(0, np.float32)
            yield FeatureTable(own, names, features, np.zeros(len(users), np.bool_), *nothing)
            continue
        rated, labels = _rated(shared, known.hidden, said, own.users), stored(answers, users, items)
        yield FeatureTable(own, names, features, labels, known.worth[block], known.places, rated)


def _rated(shared: Visible, hidden: Dataset, lists: Mapping[str, Candidates], users: IntArray) -> Rated | None:
    """The rated answers of some users, with their features; None where answers have no ratings."""
    if hidden.ratings is None:
        return None
    own = np.isin(hidden.pairs[:, 0], users)
    pairs = hidden.pairs[own]
    features = _features(Evidence(shared.dataset, pairs[:, 0], pairs[:, 1], lists, shared))[1]
    return Rated(pairs[:, 0], features, hidden.ratings[own])


def _features(rows: Evidence) -> tuple[list[str], FloatArray]:
    """Names and values, (rows, F), of every feature."""
    groups = spread(lambda function: [*function(rows)], (function for _, function in FEATURES.values()))
    columns = {
        f"{group}.{name}": values.astype(np.float32)
        for group, pairs in zip(FEATURES, groups, strict=True)
        for name, values in pairs
    }
    return list(columns), np.column_stack(list(columns.values()))
