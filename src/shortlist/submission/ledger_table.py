"""The ledger of submissions as a table in the terminal, newest last."""

from collections.abc import Sequence
from datetime import datetime

from rich import box
from rich.table import Table

from shortlist.common.terminal import printed
from shortlist.errors import one_line
from shortlist.submission.guard import KST
from shortlist.submission.journal import Line
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


def lost_table(lost: Sequence[Line]) -> str:
    """Plain text: a line for each upload that the ledger has lost; nothing where there is none."""
    lines = [
        f"ledger: LOST: {one_line(line.file)}: {line.state}, {_kst(line.time)} KST, content {line.sha256[:8]}...; "
        f"`make settle FILE={one_line(line.file)} AS=accepted` or `AS=refused`\n"
        for line in lost
    ]
    return "".join(lines)


def _kst(time: str) -> str:
    return f"{datetime.fromisoformat(time).astimezone(KST):%Y-%m-%d %H:%M}"


def _cells(entry: Entry, schemes: list[str]) -> list[str]:
    scores = [entry.scores.get(scheme) for scheme in schemes]
    said = "; ".join(text for text in (entry.memo, entry.answer if entry.state != "accepted" else None) if text)
    return [
        one_line(entry.file),
        STATES.get(entry.state, entry.state),
        _kst(entry.sent or entry.made),
        entry.metric or "",
        *("" if score is None else f"{score.mean:.4f} ± {score.error:.4f}" for score in scores),
        *("" if value is None else f"{value:g}" for value in (entry.public, entry.private)),
        one_line(said),
    ]
