"""What is being done right now, on standard error: bars on a terminal, one line for each finished unit anywhere."""

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from shortlist.errors import one_line

console = Console(stderr=True, highlight=False, force_jupyter=False)

T = TypeVar("T")

_live: list[Progress] = []
"""The bars that are on the screen: none or one."""


@contextmanager
def bars() -> Iterator[None]:
    """Show bars while the block runs, on a terminal. The command line opens it; a library user sees none."""
    if not console.is_terminal:
        yield
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        _live.append(progress)
        try:
            yield
        finally:
            _live.clear()


def track(steps: Iterable[T], label: str, total: int | None) -> Iterator[T]:
    """Pass `steps` through while a bar named `label` advances; without a total it only moves."""
    if not _live:
        yield from steps
        return
    progress = _live[0]
    task = progress.add_task(label, total=total)
    try:
        for step in steps:
            yield step
            progress.advance(task)
    finally:
        progress.remove_task(task)


def watched() -> bool:
    """Whether somebody looks on: at a terminal, or at a notebook; a file of a log does not."""
    return console.is_terminal or "ipykernel" in sys.modules


def note(text: str) -> None:
    """One line above the bars, for whoever watches or reads the log later."""
    console.print(one_line(text), markup=False, soft_wrap=True)
