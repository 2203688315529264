"""A row of the ledger, with every value checked: what is odd in it is damage, or somebody's hand."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, TypeAdapter, ValidationError

State = Literal["made", "sending", "accepted", "refused", "unknown"]
"""`made`: never sent. `sending`: the first byte may have left. `unknown`: it may have arrived or not."""

Again = Literal["any time", "another day", "never"]
"""When the server may be asked once more about a content that it refused."""

Number = Annotated[float, Field(ge=-1e9, le=1e9)]
"""Any score of a leaderboard; neither NaN nor infinite."""


def _with_zone(text: str) -> str:
    if datetime.fromisoformat(text).tzinfo is None:
        raise ValueError("a time without its zone")
    return text


Time = Annotated[str, AfterValidator(_with_zone)]
Digest = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


@dataclass(frozen=True)
class Score:
    """An offline score: mean, its standard error (NaN if not known), and how many users a fold scores, if known."""

    mean: Number
    error: float
    users: Number | None = None


@dataclass(frozen=True)
class Origin:
    """What a CSV was made from: nothing is known of one that Shortlist has not made.

    Attributes:
        method: whose list comes first in it.
        configuration: fingerprint of the whole configuration.
        metric: the headline, which the scores are of.
        scores: offline, by validation scheme.
    """

    method: str | None = None
    configuration: str | None = None
    metric: str | None = None
    scores: Mapping[str, Score] = field(default_factory=dict)


@dataclass(frozen=True)
class Entry:
    """A row of the ledger. Times are UTC in ISO 8601, to the second.

    Attributes:
        sha256: of the CSV's bytes.
        file: its name in the submissions folder; its path as given if it lies elsewhere.
        method, configuration, metric, scores: see `Origin`.
        memo: what was sent with it.
        state: see `State`.
        made: when the ledger met it first.
        sent: when the last upload began; None if it was never sent from here.
        answered: when the server said yes or no; None where nobody knows, or where it is a person's word.
        answer: what the server said, or how the upload ended, in short.
        again: where refused, when it may be sent once more.
        public, private: the leaderboard's scores.
    """

    sha256: Digest
    file: str
    method: str | None
    configuration: str | None
    metric: str | None
    scores: Mapping[str, Score]
    memo: str
    state: State
    made: Time
    sent: Time | None
    answered: Time | None
    answer: str | None
    again: Again | None
    public: Number | None
    private: Number | None

    @property
    def origin(self) -> Origin:
        """What the CSV was made from."""
        return Origin(self.method, self.configuration, self.metric, self.scores)

    @property
    def may_have_arrived(self) -> bool:
        """Whether the server may have taken it."""
        return self.state in ARRIVED


ARRIVED = ("sending", "accepted", "unknown")
"""States of what the server may have taken."""

COLUMNS = ", ".join(column.name for column in fields(Entry))

_ENTRY = TypeAdapter(Entry)


def entry_of(row: Mapping[str, Any]) -> Entry:
    """A row as SQLite gives it.

    Raises:
        ValueError: a value is odd; the message is the name of its column.
    """
    try:
        scores = json.loads(row["scores"])
    except (ValueError, TypeError, RecursionError):
        raise ValueError("scores") from None
    try:
        return _ENTRY.validate_python({**row, "scores": scores})
    except ValidationError as error:
        raise ValueError(str(error.errors()[0]["loc"][0])) from None


def stored(scores: Mapping[str, Score]) -> str:
    """Offline scores as a row keeps them."""
    return json.dumps({scheme: asdict(score) for scheme, score in scores.items()})
