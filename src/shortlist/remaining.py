"""What a run has still to do, told by time stamps as Make does it; and how long that took the last time."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from shortlist.chain import Stage, Step, leading_to
from shortlist.common.files import read_file, write_text
from shortlist.common.progress import note, watched
from shortlist.config.paths import Paths
from shortlist.pipeline.run import Run

GOAL = "report"
"""The stage that most steps are done for."""

MINUTE, LONGEST = 60, 1e7
"""Seconds; nothing takes four months."""

LONGEST_FILE = 100
"""Bytes; a number has fewer."""


@contextmanager
def timed(
    run: Run, stage: Stage, value: str | None, chain: Sequence[tuple[Stage, Step]] | None = None
) -> Iterator[None]:
    """Do a step within the block: who looks on is told what remains of a chain, the next run how long it took."""
    if watched():
        note(remaining(run, chain or _chain_of(run, stage, value), stage, value))
    start = time.monotonic()
    yield
    with suppress(OSError):  # the step is done all the same
        write_text(run.paths.seconds(stage.name, value), f"{time.monotonic() - start:.1f}\n")


def _chain_of(run: Run, stage: Stage, value: str | None) -> list[tuple[Stage, Step]]:
    """What a step is thought to be done for: the report, where it leads there, or its own stage."""
    chain = leading_to(run, [GOAL])
    there = any((other.name, step.value) == (stage.name, value) for other, step in chain)
    return chain if there else leading_to(run, [stage.name])


def remaining(run: Run, chain: Sequence[tuple[Stage, Step]], stage: Stage, value: str | None) -> str:
    """A line: which step this is, of how many, and about how long all that remain will take, where that is known."""
    late = pending(run, chain)
    seconds = [last_seconds(run.paths, other.name, step.value) for other, step in late]
    known = [number for number in seconds if number is not None]
    line = f"step {len(chain) - len(late) + 1} of {len(chain)}: {stage.name}{f' {value}' if value else ''}"
    if not late or len(known) < len(seconds):
        return line
    return f"{line}; about {duration(sum(known))} to go, by the last time"


def pending(run: Run, chain: Sequence[tuple[Stage, Step]]) -> list[tuple[Stage, Step]]:
    """The steps of a chain that must run: they are out of date, or what they rest on is about to be made again."""
    late: list[tuple[Stage, Step]] = []
    made: set[Path] = set()
    for stage, step in chain:
        if made.intersection(step.needs) or out_of_date(run, stage, step):
            late.append((stage, step))
            made.add(step.made)
    return late


def last_seconds(paths: Paths, stage: str, value: str | None) -> float | None:
    """How long a step took the last time; None where it has not been done, or nobody can tell any more."""
    try:
        seconds = float(read_file(paths.seconds(stage, value), most=LONGEST_FILE))
    except (OSError, ValueError):
        return None
    return seconds if 0 <= seconds < LONGEST else None


def duration(seconds: float) -> str:
    """In words: seconds below a minute and a half, then minutes."""
    return f"{seconds:.0f} s" if seconds < 1.5 * MINUTE else f"{seconds / MINUTE:.0f} min"


def prerequisites(current: Run, stage: Stage, step: Step) -> list[Path]:
    """The files that must be there and older than what the step makes, but for those it only watches."""
    own = [current.paths.section(name) for name in step.sections]
    return [*step.needs, *own, stage.digest(current.paths, step)]


def out_of_date(current: Run, stage: Stage, step: Step) -> bool:
    """Whether a step must run, by Make's own rule: what it makes is missing, or older than something it rests on."""
    if not step.made.exists():
        return True
    made = step.made.stat().st_mtime_ns
    rested_on = [*prerequisites(current, stage, step), *_watched(step)]
    return any(file.stat().st_mtime_ns > made for file in rested_on)


def _watched(step: Step) -> Iterator[Path]:
    for pattern in step.watched:
        yield from pattern.parent.glob(pattern.name)
