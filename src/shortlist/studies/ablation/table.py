"""What each retriever and each feature adds, as a table in the terminal."""

from typing import Any

from rich.console import RenderableType

from shortlist.pipeline.score_table import grid, printed


def render(found: dict[str, Any]) -> str:
    """Plain text of what `ablation.ablate` found."""
    parts: list[RenderableType] = []
    for part in found["parts"]:
        header, *rows = _rows(part)
        parts += [_title(part, found), grid(header, rows)]
    return printed(*parts)


def _title(part: dict[str, Any], found: dict[str, Any]) -> str:
    folds = ", ".join(map(str, found["folds"]))
    return (
        f"{part['method']}, scheme {found['scheme']}: fold{'s' * (len(found['folds']) > 1)} {folds} of {found['of']} "
        f"scored, {found['users']:,} users"
    )


def _rows(part: dict[str, Any]) -> list[list[str]]:
    """Header, everything, and a line for each thing left out."""
    metrics = part["metrics"]
    rows = [["without", *(text for metric in metrics for text in (metric, "difference, 95 %"))]]
    rows.append(["nothing", *(text for metric in metrics for text in (f"{part['with'][metric]:.4f}", ""))])
    for one in part["without"]:
        row = [one["name"]]
        for metric in metrics:
            score, difference = one["scores"][metric], one["scores"][metric]["difference"]
            row.append(f"{score['mean']:.4f}")
            row.append(f"{difference['mean']:+.4f} [{difference['low']:+.4f}, {difference['high']:+.4f}]")
        rows.append(row)
    return rows
