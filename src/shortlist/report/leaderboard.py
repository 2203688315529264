"""Offline scores against the leaderboard's in the terminal: after the ledger, and before an upload."""

import io
from collections.abc import Iterator, Sequence
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from shortlist.leaderboard.standing import Standing, standing
from shortlist.leaderboard.words import outlook, verdict
from shortlist.paths import Paths
from shortlist.report.tables import WIDTH
from shortlist.submission.ledger import Entry, Ledger, Origin
from shortlist.submission.origin import read_origin
from shortlist.validation import load_scores

HEADER = ("scheme", "scored", "Spearman, 95 %", "by chance", "Kendall", "public / offline")


def rows(found: Standing) -> Iterator[tuple[str, ...]]:
    """A row for each scheme, under `HEADER`."""
    for name, one in found.schemes.items():
        agreed = one.agreement
        if agreed.spearman is None or agreed.kendall is None:
            order = ("", "", "")
        else:
            span = f"{agreed.spearman:.2f} [{agreed.low:.2f}, {agreed.high:.2f}]"
            order = (span, f"{agreed.chance:.3f}", f"{agreed.kendall:.2f}")
        yield (name, str(agreed.submissions), *order, f"{one.line.factor:.2f}" if one.line else "")


def render(entries: Sequence[Entry]) -> str:
    """Plain text: a line for each scheme, and which can be trusted; nothing while no submission has been scored."""
    found = standing(entries)
    if not found.submissions:
        return ""
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for place, column in enumerate(HEADER):
        table.add_column(column, justify="right" if place else "left", no_wrap=True)
    for row in rows(found):
        table.add_row(*map(Text, row))
    console = Console(file=io.StringIO(), width=WIDTH, color_system=None, highlight=False)
    console.print(table)
    return f"{console.file.getvalue()}ledger: {verdict(found).en}\n"  # type: ignore[attr-defined]


def before_upload(paths: Paths, csv: Path, sha256: str) -> str:
    """Lines about a CSV that could be handed in: the public score to expect, and the gain over the best sent."""
    ledger = Ledger(paths.ledger)
    known = ledger.find(sha256)
    origin = Origin(known.method, known.configuration, known.metric, known.scores) if known else Origin()
    if not origin.scores:
        origin = read_origin(csv, sha256)
    validation = load_scores(paths) if paths.validation.exists() else None
    lines = outlook(ledger.entries(), origin, sha256, validation)
    return "".join(f"upload: {name:<9} {text.en}\n" for name, text in lines.items())
