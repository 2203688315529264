"""What is timed: a stage and who takes part in it; and the figures that come out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from statistics import median
from typing import Any, Literal

from speed.task import Outcome

Agree = Callable[[Outcome, Outcome], str]
"""Compares the outcome of ours with another's: what to say of it. Raises `PeerError` if they should be the same."""


@dataclass(frozen=True)
class Contender:
    """Who takes part in a stage.

    Attributes:
        title: for people.
        call: module and function of `scripts/speed` that make the run.
        role: `ours`, of which a stage has one; a `peer`; a `limit` that cannot be beaten; or `also`, of no goal.
        environment: see `peers.running.Row`.
        goal: how many times our time theirs should at least be: 1 for a peer, 0.5 for a limit; None = no goal.
        most: turns at most, for one that is very slow.
        compared: whether its outcome is compared with ours.
    """

    title: str
    call: str
    role: Literal["ours", "peer", "limit", "also"] = "peer"
    environment: str | None = None
    goal: float | None = 1.0
    most: int | None = None
    compared: bool = False


@dataclass(frozen=True)
class Stage:
    """One thing that is timed.

    Attributes:
        name: for people.
        size: how large it is, for people.
        unit, amount: what is done in one run, and how much of it: "pairs" and their number give pairs per second.
        contenders: ours first.
        task: what each of them is given.
        agree: compares outcomes.
        repeats: turns, where the general number does not suit.
        warm_up: whether there is a first turn that does not count.
    """

    name: str
    size: str
    unit: str
    amount: int
    contenders: tuple[Contender, ...]
    task: Mapping[str, Any]
    agree: Agree | None = None
    repeats: int | None = None
    warm_up: bool = True


@dataclass
class Figures:
    """What came out for one contender: a number of each turn that counted, or the error."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    memory: float = float("nan")
    packages: dict[str, str] = field(default_factory=dict)
    note: str = ""
    error: str | None = None
    outcome: Outcome = field(default_factory=dict, repr=False)

    def times(self, ours: "Figures") -> tuple[float, float] | None:
        """Least and median of how many times our time of the same turn it took; None if either has none."""
        ratios = [theirs / own for theirs, own in zip(self.wall, ours.wall, strict=False)]
        return (min(ratios), median(ratios)) if ratios else None
