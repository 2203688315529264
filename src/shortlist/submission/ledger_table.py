"""The ledger of submissions as a table in the terminal, newest last."""

from collections.abc import Sequence
from datetime import datetime, tzinfo

from rich import box
from rich.table import Table

from shortlist.common.terminal import printed
from shortlist.errors import one_line
from shortlist.submission.journal import Line
from shortlist.submission.ledger import Entry

STATES = {"sending": "sending now", "unknown": "unknown: settle"}
"""States that need a word more."""


def ledger_table(entries: Sequence[Entry], zone: tzinfo) -> str:
    """Plain text: a line for each content, an offline score for each scheme; times in the service's zone."""
    if not entries:
        return "ledger: empty; `make submission` records what it makes\n"
    schemes = list(dict.fromkeys(scheme for entry in entries for scheme in entry.scores))
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for column in ("file", "state", f"sent or made, {zone.tzname(None)}", "metric"):
        table.add_column(column, no_wrap=True)
    for column in (*schemes, "public", "private"):
        table.add_column(column, justify="right", no_wrap=True)
    table.add_column("memo; what the server said", no_wrap=True)
    for entry in entries:
        table.add_row(*_cells(entry, schemes, zone))
    return printed(table)


def lost_table(lost: Sequence[Line], zone: tzinfo) -> str:
    """Plain text: a line for each upload that the ledger has lost; nothing where there is none."""
    lines = [
        f"ledger: LOST: {one_line(line.file)}: {line.state}, {_local(line.time, zone)} {zone.tzname(None)}, "
        f"content {line.sha256[:8]}...; `make settle FILE={one_line(line.file)} AS=accepted` or `AS=refused`\n"
        for line in lost
    ]
    return "".join(lines)


def _local(time: str, zone: tzinfo) -> str:
    return f"{datetime.fromisoformat(time).astimezone(zone):%Y-%m-%d %H:%M}"


def _cells(entry: Entry, schemes: list[str], zone: tzinfo) -> list[str]:
    scores = [entry.scores.get(scheme) for scheme in schemes]
    said = "; ".join(text for text in (entry.memo, entry.answer if entry.state != "accepted" else None) if text)
    return [
        one_line(entry.file),
        STATES.get(entry.state, entry.state),
        _local(entry.sent or entry.made, zone),
        entry.metric or "",
        *("" if score is None else f"{score.mean:.4f} ± {score.error:.4f}" for score in scores),
        *("" if value is None else f"{value:g}" for value in (entry.public, entry.private)),
        one_line(said),
    ]
