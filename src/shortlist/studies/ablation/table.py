"""What each retriever and each feature adds, as a table in the terminal."""

from rich.console import RenderableType

from shortlist.common.terminal import grid, printed
from shortlist.studies.ablation.result import AblatedMethod, Ablation


def ablation_table(ablation: Ablation) -> str:
    """Plain text: a table for each method."""
    parts: list[RenderableType] = []
    for method in ablation.methods:
        header, *rows = _rows(method)
        parts += [_title(method, ablation), grid(header, rows)]
    return printed(*parts)


def _title(method: AblatedMethod, ablation: Ablation) -> str:
    folds = ", ".join(map(str, ablation.folds))
    return (
        f"{method.method}, scheme {ablation.scheme}: fold{'s' * (len(ablation.folds) > 1)} {folds} of {ablation.of} "
        f"scored, {ablation.users:,} users"
    )


def _rows(method: AblatedMethod) -> list[list[str]]:
    """Header, everything, and a line for each thing left out."""
    rows = [["without", *(text for metric in method.metrics for text in (metric, "difference, 95 %"))]]
    rows.append(["nothing", *(text for metric in method.metrics for text in (f"{method.everything[metric]:.4f}", ""))])
    for without in method.without:
        row = [without.part]
        for metric in method.metrics:
            difference = without.differences[metric]
            row.append(f"{without.means[metric]:.4f}")
            row.append(f"{difference.mean:+.4f} [{difference.low:+.4f}, {difference.high:+.4f}]")
        rows.append(row)
    return rows
