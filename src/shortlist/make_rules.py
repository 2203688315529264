"""The chain as rules for Make: a target for each step, with its prerequisites and the command that makes it."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from shortlist.chain import Stage, Step, steps, tuned_on
from shortlist.common.files import write_text
from shortlist.common.listing import sealed
from shortlist.increments import prepare
from shortlist.pipeline.run import Run
from shortlist.remaining import prerequisites


def write_rules(run: Run) -> None:
    """Check the configuration, and write `work/rules.mk` and what its targets depend on.

    Raises:
        ConfigError: something in competition.toml cannot be used.
    """
    prepare(run)
    write_text(run.paths.rules, sealed("\n".join(_lines(run)) + "\n"))


def _lines(run: Run) -> Iterator[str]:
    yield "# Made by `shortlist rules` from the chain, see src/shortlist/chain.py; do not edit."
    for stage, step in steps(run):
        yield from _rule(run, stage, step)
    yield f"override FINALS := {_names(run.paths.final(name) for name in run.chosen.all)}"
    yield f"override RETRIEVERS := {' '.join(run.chosen.retrievers)}"
    yield f"tune: {_names(tuned_on(run))}"


def _rule(run: Run, stage: Stage, step: Step) -> Iterator[str]:
    made, needs = _names([step.made]), _names(prerequisites(run, stage, step))
    watched = f" $(wildcard {_names(step.watched)})" if step.watched else ""
    after = f" | {_names(step.after)}" if step.after else ""
    option = "" if step.value is None else f" --{stage.option} {step.value}"
    yield f"{made}: {needs}{watched}{after}"
    yield f"\t$(RUN) {stage.name} $(OF){option}"


def _names(files: Iterable[Path]) -> str:
    here = Path.cwd()
    names = [path.relative_to(here) if path.is_relative_to(here) else path for path in files]
    return " ".join(name.as_posix() for name in names)
