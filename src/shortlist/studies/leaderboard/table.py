"""Offline scores against the leaderboard's in the terminal: after the ledger, and before an upload."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from shortlist.common.bilingual import Bilingual, same
from shortlist.common.terminal import grid, printed
from shortlist.config.paths import Paths
from shortlist.pipeline.results import load_scores
from shortlist.studies.leaderboard.standing import Standing, line_up
from shortlist.studies.leaderboard.words import outlook, verdict
from shortlist.submission.ledger import Entry, Ledger, Origin
from shortlist.submission.origin import read_origin

HEADER = (
    Bilingual("scheme", "방식"),
    Bilingual("scored", "점수가 있는 제출"),
    same("Spearman, 95 %"),
    Bilingual("by chance", "우연일 확률"),
    same("Kendall"),
    Bilingual("public / offline", "public / 오프라인"),
)


def rows(standing: Standing) -> Iterator[tuple[str, ...]]:
    """A row for each scheme, under `HEADER`."""
    for name, scheme in standing.schemes.items():
        agreed = scheme.agreement
        if agreed.spearman is None or agreed.kendall is None:
            order = ("", "", "")
        else:
            span = f"{agreed.spearman:.2f} [{agreed.low:.2f}, {agreed.high:.2f}]"
            order = (span, f"{agreed.chance:.3f}", f"{agreed.kendall:.2f}")
        yield (name, str(agreed.submissions), *order, f"{scheme.line.factor:.2f}" if scheme.line else "")


def standing_table(entries: Sequence[Entry]) -> str:
    """Plain text: a line for each scheme, and which can be trusted; nothing while no submission has been scored."""
    standing = line_up(entries)
    if not standing.submissions:
        return ""
    table = grid([text.en for text in HEADER], rows(standing))
    return f"{printed(table)}ledger: {verdict(standing).en}\n"


def before_upload(paths: Paths, csv: Path, sha256: str) -> str:
    """Lines about a CSV that could be handed in: the public score to expect, and the gain over the best sent."""
    ledger = Ledger(paths.ledger)
    entry = ledger.find(sha256)
    origin = entry.origin if entry else Origin()
    if not origin.scores:
        origin = read_origin(csv, sha256)
    validation = load_scores(paths) if paths.validation.exists() else None
    lines = outlook(ledger.entries(), origin, sha256, validation)
    return "".join(f"upload: {name:<9} {text.en}\n" for name, text in lines.items())
