"""What the benchmark is told on its command line."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Options:
    """Settings of all groups of stages.

    Attributes:
        competition: name of the folder below data/; its dataset has been made.
        repeats: turns that count.
        threads: of every contender.
        timeout: seconds for one turn of one contender, and for what comes before its first.
        vectors, queries: how many the approximate search has.
    """

    competition: str
    repeats: int
    threads: int
    timeout: float
    vectors: int
    queries: int
