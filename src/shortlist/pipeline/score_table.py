"""The table that a run prints: recall at every k, with errors, best method first."""

import io
from collections.abc import Iterable, Sequence
from typing import Any

from rich import box
from rich.console import Console, RenderableType
from rich.table import Table

WIDTH = 10_000
"""More than any table needs: each is as wide as its content, and no number is cut off."""


def render(scores: dict[str, Any]) -> str:
    """Plain text of the offline scores, see `validation.validate`."""
    tables = []
    for scheme, result in scores["schemes"].items():
        tables.append(_table(scheme, result, scores))
        if any(method["figures"] for method in result["methods"].values()):
            tables.append(_figures(result))
    return printed(*tables)


def printed(*parts: RenderableType, width: int = WIDTH) -> str:
    """Tables and lines as plain text, signs such as [ ] as they are."""
    console = Console(file=io.StringIO(), width=width, color_system=None, highlight=False, markup=False)
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


def cell(metric: dict[str, Any]) -> str:
    """Mean and standard error."""
    return f"{metric['mean']:.4f} ± {metric['error']:.4f}"


def interval(difference: dict[str, Any]) -> str:
    """Mean difference and its 95 % interval."""
    return f"{difference['mean']:.4f} [{difference['low']:.4f}, {difference['high']:.4f}]"


def sizes(result: dict[str, Any]) -> str:
    """Number of folds and the mean sizes of their parts."""
    folds = result["sizes"]
    train, test, users = (round(sum(fold[key] for fold in folds) / len(folds)) for key in ("train", "test", "users"))
    return f"{len(folds)} folds; on average {train:,} pairs visible, {test:,} hidden, {users:,} users scored"


def _table(scheme: str, result: dict[str, Any], scores: dict[str, Any]) -> Table:
    headline, ndcg = scores["headline"], f"ndcg@{scores['k']}"
    recall = headline.partition("@")[0]
    deeper = [f"{recall}@{k}" for k in scores["ks"] if f"{recall}@{k}" != headline]
    title = f"{scores['competition']}, scheme {scheme}: {result['description']}\n{sizes(result)}"
    table = Table(title=title, box=box.SIMPLE_HEAD, title_justify="left", padding=(0, 1, 0, 0))
    table.add_column("method", no_wrap=True)
    for column in (headline, *deeper, ndcg):
        table.add_column(column, justify="right", no_wrap=True)
    table.add_column("behind the best, 95 %", justify="right", no_wrap=True)
    for name in result["order"]:
        method = result["methods"][name]["metrics"]
        others = [f"{method[metric]['mean']:.3f}" for metric in (*deeper, ndcg)]
        behind = result["behind_best"].get(name)
        table.add_row(name, cell(method[headline]), *others, interval(behind) if behind else "best")
    return table


def _figures(result: dict[str, Any]) -> Table:
    """What a method tells beside its lists: a hit rate per pair is no recall per user, an error of ratings no rank."""
    title = "per hidden pair: hit rates (items already seen not left out), errors of ratings"
    table = Table(title=title, box=box.SIMPLE_HEAD, title_justify="left")
    names = sorted(
        {key for method in result["methods"].values() for key in method["figures"]}, key=lambda key: (len(key), key)
    )
    for column in ("method", *names):
        table.add_column(column, justify="left" if column == "method" else "right")
    for name, method in result["methods"].items():
        if figures := method["figures"]:
            table.add_row(name, *(f"{figures[key]:.4f}" if key in figures else "" for key in names))
    return table
