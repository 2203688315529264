"""The ledger of submissions as a table in the terminal, newest last."""

from collections.abc import Sequence
from datetime import datetime

from rich import box
from rich.table import Table

from shortlist.common.terminal import printed
from shortlist.submission.guard import KST
from shortlist.submission.ledger import Entry

STATES = {"sending": "sending now", "unknown": "unknown: settle"}
"""States that need a word more."""


def ledger_table(entries: Sequence[Entry]) -> str:
    """Plain text: a line for each content, an offline score for each scheme."""
    if not entries:
        return "ledger: empty; `make submission` records what it makes\n"
    schemes = list(dict.fromkeys(scheme for entry in entries for scheme in entry.scores))
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for column in ("file", "state", "sent or made, KST", "metric"):
        table.add_column(column, no_wrap=True)
    for column in (*schemes, "public", "private"):
        table.add_column(column, justify="right", no_wrap=True)
    table.add_column("memo; what the server said", no_wrap=True)
    for entry in entries:
        table.add_row(*_cells(entry, schemes))
    return printed(table)


def _cells(entry: Entry, schemes: list[str]) -> list[str]:
    scores = [entry.scores.get(scheme) for scheme in schemes]
    said = "; ".join(text for text in (entry.memo, entry.answer if entry.state != "accepted" else None) if text)
    return [
        entry.file,
        STATES.get(entry.state, entry.state),
        f"{datetime.fromisoformat(entry.sent or entry.made).astimezone(KST):%Y-%m-%d %H:%M}",
        entry.metric or "",
        *("" if score is None else f"{score.mean:.4f} ± {score.error:.4f}" for score in scores),
        *("" if value is None else f"{value:g}" for value in (entry.public, entry.private)),
        "".join(letter if letter.isprintable() else " " for letter in said),
    ]
