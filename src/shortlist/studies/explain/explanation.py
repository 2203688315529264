"""What an explanation says: a user's history and list, every method's ranks, and the reasons of a reranker."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

PARTS = 3
"""Features of each reason that are shown."""


@dataclass(frozen=True)
class Item:
    """An item as the dataset knows it.

    Attributes:
        id: the organiser's.
        users: how many have it, as far as that is visible.
        attributes: column -> value, missing ones left out.
    """

    id: str
    users: int
    attributes: Mapping[str, str]


@dataclass(frozen=True)
class FeaturePart:
    """How far one feature moves an item's score.

    Attributes:
        feature: its column, without its group.
        value: NaN where there was nothing to say.
        contribution: to the score, up or down.
    """

    feature: str
    value: float
    contribution: float

    def __str__(self) -> str:
        """For people."""
        value = "-" if math.isnan(self.value) else f"{self.value:.4g}"
        return f"{self.feature} {value} ({self.contribution:+.2f})"


@dataclass(frozen=True)
class Reason:
    """How far one group of features, which share a reason, moves an item's score.

    Attributes:
        group: see `rerank.features`, which says the reason in words.
        parts: its features, the one that moves the score most first.
    """

    group: str
    parts: tuple[FeaturePart, ...]

    @property
    def contribution(self) -> float:
        """Of the whole group: contributions add up."""
        return sum(part.contribution for part in self.parts)

    @property
    def strongest(self) -> str:
        """The first parts for people, each with its value and its contribution."""
        return ", ".join(map(str, self.parts[:PARTS]))


@dataclass(frozen=True)
class Pick:
    """One of the items submitted for a user.

    Attributes:
        item: see `Item`.
        ranks: method -> place in its list from 1, None where the list does not hold the item.
        score: of the method whose list is submitted; None where another filled the list up.
        reasons: of all groups, the one that raises the score most first; empty where none can be told.
    """

    item: Item
    ranks: Mapping[str, int | None]
    score: float | None
    reasons: tuple[Reason, ...]

    @property
    def unexplained(self) -> float:
        """The part of the score that no feature accounts for: where the model starts, and members that cannot tell."""
        return (self.score or 0.0) - sum(reason.contribution for reason in self.reasons)


@dataclass(frozen=True)
class Explanation:
    """All about the list of one user.

    Attributes:
        user: the organiser's id.
        attributes: column -> value, missing ones left out.
        history: the user's items.
        method: whose list is submitted.
        reranked: whether it is a reranker's.
        picks: the k items, best first.
    """

    user: str
    attributes: Mapping[str, str]
    history: tuple[Item, ...]
    method: str
    reranked: bool
    picks: tuple[Pick, ...]

    @property
    def told(self) -> bool:
        """Whether any item has reasons."""
        return any(pick.reasons for pick in self.picks)
