"""The thousand inputs that `make test` tries, in parts that run beside each other."""

from pathlib import Path

from tests.fuzz.__main__ import told
from tests.fuzz.attempt import names
from tests.fuzz.workers import tried

INPUTS, SEED = 1000, 0


def faults(base: Path, *kinds: str, parts: int = 1, part: int = 0) -> list[str]:
    """What was wrong with those inputs of the thousand that are of these kinds, or with a part of them."""
    wished = names(INPUTS, kinds)[part::parts]
    outcomes = list(tried(base, SEED, wished))
    assert sorted(outcome.name for outcome in outcomes) == sorted(wished)
    return told(outcomes, SEED)
