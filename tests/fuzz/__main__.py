"""`make fuzz`: many inputs, a table of their outcomes, and how each fault is made again."""

import os
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from tests.fuzz.attempt import names
from tests.fuzz.trial import FAULTS, Outcome
from tests.fuzz.workers import tried

SHOWN = 40
"""Faults that are printed whole."""


def table(outcomes: Sequence[Outcome]) -> str:
    """How many inputs of each kind came to which end."""
    counts = Counter((outcome.name.partition(":")[0], outcome.sort) for outcome in outcomes)
    kinds = sorted({kind for kind, _ in counts})
    sorts = ("fine", "refused", *FAULTS)
    rows = [["kind", *sorts], *([kind, *(str(counts[kind, sort]) for sort in sorts)] for kind in kinds)]
    rows.append(["all", *(str(sum(counts[kind, sort] for kind in kinds)) for sort in sorts)])
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join("  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)


def told(outcomes: Iterable[Outcome], seed: int) -> list[str]:
    """Each fault, and how it is made again."""
    return [
        f"{fault.sort}: {outcome.name} ({outcome.what[:200]!r}): {fault.seen[:700]}\n"
        f"    again: make fuzz INPUTS=1 SEED={seed} ONLY={outcome.name}"
        for outcome in outcomes
        for fault in outcome.faults
    ]


def number(name: str, default: int) -> int:
    """A whole number from the environment."""
    text = os.environ.get(f"SHORTLIST_{name}", "") or str(default)
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        sys.exit(f"fuzz: {name}: must be a whole number, got {text[:80]!r}")
    return int(text)


def main() -> None:
    """Try as many as are wished, and end with 1 where one was wrong."""
    inputs, seed, only = number("INPUTS", 20_000), number("SEED", 0), os.environ.get("SHORTLIST_ONLY", "")
    kinds = {name.partition(":")[0] for name in names(1)}
    if only and only.partition(":")[0] not in kinds:
        sys.exit(f"fuzz: ONLY: a kind, or kind:number, of {', '.join(sorted(kinds))}; got {only[:80]!r}")
    wished = [only] if ":" in only else names(inputs, (only,)) if only else names(inputs)
    outcomes: list[Outcome] = []
    faults = 0
    # Interrupted, it tells what it has seen so far.
    with suppress(KeyboardInterrupt), tempfile.TemporaryDirectory(prefix="fuzz-") as base:
        for outcome in tried(Path(base), seed, wished, len(os.sched_getaffinity(0))):
            outcomes.append(outcome)
            for line in told([outcome], seed):
                faults += 1
                if faults <= SHOWN:
                    print(line, flush=True)
            if len(outcomes) % 500 == 0:
                print(f"fuzz: {len(outcomes):,} of {len(wished):,}, {faults} faults", file=sys.stderr, flush=True)
    if faults > SHOWN:
        print(f"... and {faults - SHOWN} more")
    if len(wished) == 1:
        print(outcomes[0])
    print(table(outcomes))
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
