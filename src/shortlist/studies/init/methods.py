"""Which retrievers and rerankers suit sizes, times, repeats and tables, so that `make submission` takes minutes."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from shortlist.data.dataset import Dataset
from shortlist.retrievers.registry import kinds
from shortlist.studies.init.question import Told

LONG = 50
"""Pairs of a user on average from which on iALS trusts a single one less: with the default's weight it was far worse on
histories of 96 (MovieLens-100k) and 340 (Complete Journey), and better on those of 14 (Dacon 236290)."""

USERS_OF_RERANKER = 500
"""With answers in the folds of the first scheme; fewer teach a reranker nothing that holds."""

MANY_ROWS, FEWEST_CANDIDATES, MOST_CANDIDATES = 20_000_000, 20, 100
"""Candidates that go to a reranker: of each user as many as make so many rows in all, within these numbers: their
features take most of the time."""

MANY_PAIRS = 500_000
"""With more, a reranker gets half as many candidates of each user; and where items come again, co-visits take minutes
and add little to own histories."""


@dataclass(frozen=True)
class Sizes:
    """What decides.

    Attributes:
        users, items, pairs: their numbers; items are those of the log or its table.
        asked: users to be served.
        scored: users with answers in the folds of the first scheme.
        times, repeats, described: whether there are times, items may come again, and items have a table.
    """

    users: int
    items: int
    pairs: int
    asked: int
    scored: int
    times: bool
    repeats: bool
    described: bool

    @classmethod
    def of(cls, dataset: Dataset, told: Told, scored: int) -> "Sizes":
        """Of a competition."""
        return cls(
            len(dataset.users), len(dataset.items), len(dataset.pairs), len(told.asked), scored,
            dataset.events.time is not None, told.seen == "keep", dataset.item_table.shape[1] > 0,
        )  # fmt: skip

    @property
    def longest(self) -> float:
        """Mean number of pairs of the side that has more."""
        return self.pairs / max(1, min(self.users, self.items))


@dataclass(frozen=True)
class Method:
    """A table of `[retrievers]`.

    Attributes:
        kind: its name too.
        why: for the comment.
        settings: its parameters.
    """

    kind: str
    why: str
    settings: dict[str, Any] = field(default_factory=dict)


RULES: tuple[tuple[str, str, Callable[[Sizes], bool]], ...] = (
    ("popular", "fills every list that another leaves short", lambda sizes: True),
    ("trending", "there are times: what is popular now", lambda sizes: sizes.times),
    ("own_history", "items come again", lambda sizes: sizes.repeats),
    (
        "covisitation",
        "there are times: what is taken next to what",
        lambda sizes: sizes.times and not (sizes.repeats and sizes.pairs > MANY_PAIRS),
    ),
    ("user_knn", "below 20,000 users", lambda sizes: sizes.users < 20_000 and sizes.pairs < 1_000_000),
    ("item_knn", "below 50,000 items", lambda sizes: sizes.items < 50_000 and sizes.pairs < 5_000_000),
    ("ials", "below 5 million pairs", lambda sizes: sizes.pairs < 5_000_000),
    ("ease", "below 8,000 items", lambda sizes: sizes.items < 8_000),
    ("rp3beta", "below 1 million pairs", lambda sizes: sizes.items < 50_000 and sizes.pairs < 1_000_000),
    (
        "two_tower",
        "few pairs and short histories; it learns from tables too",
        lambda sizes: sizes.pairs < 100_000 and sizes.longest < 30 and not sizes.repeats,
    ),
    (
        "sequence",
        "there are times, and few enough pairs: what comes after what the user did last",
        lambda sizes: sizes.times and not sizes.repeats and sizes.pairs < 150_000,
    ),
    ("content", "items have a table", lambda sizes: sizes.described and sizes.items < 50_000),
    ("hybrid_knn", "items have a table", lambda sizes: sizes.described and sizes.items < 20_000),
)
"""Kind, the reason, and when it suits; kinds that this version does not have are passed over."""


def told_retrievers(sizes: Sizes) -> tuple[Method, ...]:
    """Those that suit."""
    known = kinds()
    return tuple(
        Method(kind, why, _settings(kind, sizes)) for kind, why, suits in RULES if kind in known and suits(sizes)
    )


def reranked(sizes: Sizes) -> bool:
    """Whether enough users have answers for a reranker to learn from."""
    return sizes.scored >= USERS_OF_RERANKER


def reranked_candidates(sizes: Sizes, candidates: int) -> int:
    """How many of each user go to the rerankers."""
    fitting = max(FEWEST_CANDIDATES, MANY_ROWS // max(1, sizes.asked))
    most = MOST_CANDIDATES // 2 if sizes.pairs > MANY_PAIRS else MOST_CANDIDATES
    return min(most, fitting, candidates)


def _settings(kind: str, sizes: Sizes) -> dict[str, Any]:
    """What differs from the defaults, for the time that it takes."""
    if kind == "user_knn" and sizes.pairs > 200_000:
        return {"neighbours": 100}
    if kind == "ials":
        long = {"alpha": 1.0, "recency": 20.0} if sizes.pairs > LONG * sizes.users else {}
        return long | ({"factors": 64} if sizes.pairs > 200_000 else {})
    if kind == "two_tower":
        return {"seeds": 2}
    return {}
