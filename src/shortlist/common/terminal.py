"""Tables and lines as plain text for the terminal."""

import io
from collections.abc import Iterable, Sequence

from rich import box
from rich.console import Console, RenderableType
from rich.table import Table

WIDTH = 10_000
"""More than any table needs: each is as wide as its content, and no number is cut off."""


def printed(*parts: RenderableType, width: int = WIDTH) -> str:
    """Tables and lines as plain text, signs such as [ ] as they are."""
    console = Console(
        file=io.StringIO(), width=width, color_system=None, highlight=False, markup=False,
        force_jupyter=False,  # there it would show the text, and leave none
    )  # fmt: skip
    for part in parts:
        console.print(part)
    return console.file.getvalue()  # type: ignore[attr-defined]


def grid(header: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    """A table whose first column is names and whose others are numbers; no cell is cut off."""
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for place, column in enumerate(header):
        table.add_column(column, justify="right" if place else "left", no_wrap=True)
    for row in rows:
        table.add_row(*row)
    return table
