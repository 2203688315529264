"""A learning curve as a table in the terminal."""

from shortlist.common.terminal import grid, printed
from shortlist.studies.learning_curve.result import Curve, LearningCurve
from shortlist.studies.learning_curve.words import verdict


def learning_curve_table(learning_curve: LearningCurve) -> str:
    """Plain text: a line for each method, and what it comes to."""
    title = (
        f"{learning_curve.metric} by share of visible pairs; {learning_curve.draws} draws, "
        f"{learning_curve.users:,} users"
    )
    header = [
        "method", *(f"{share:.0%}" for share in learning_curve.shares), "submission, 95 %", "behind the best, 95 %",
    ]  # fmt: skip
    return printed(title, grid(header, [_row(curve) for curve in learning_curve.curves]), verdict(learning_curve).en)


def _row(curve: Curve) -> list[str]:
    measured = [f"{mean:.4f} ± {error:.4f}" for mean, error in zip(curve.means, curve.errors, strict=True)]
    shown = [
        f"{gap.mean:.4f} [{gap.low:.4f}, {gap.high:.4f}]" if gap is not None else "best"
        for gap in (curve.submission, curve.behind)
    ]
    return [curve.method, *measured, *shown]
