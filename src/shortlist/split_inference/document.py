"""The page and the terminal's table of the rule behind the visible counts."""

import numpy as np

from shortlist.config import Competition
from shortlist.dataset import Dataset
from shortlist.eda.document import render as page
from shortlist.eda.finding import Finding
from shortlist.eda.plots import BLUE, GREY, ORANGE, bars, canvas, svg
from shortlist.files import write_text
from shortlist.paths import Paths
from shortlist.split_inference.inference import MARGIN, Inference, infer
from shortlist.split_inference.table import HEADER, ROWS, advice, label, render, rows

SHOWN = 24
"""Visible counts drawn: a comb repeats."""

NOTES = (
    "Merging original counts leaves a comb on the visible ones: under n - round(0.3 n), 6 visible pairs are what is "
    "left of 8 or 9, but 7 of 10 only. Each rule has a comb of its own; that original counts are spread smoothly is "
    "all that is assumed of them. Rules in one line of the table leave the same comb, so that no data can tell them "
    "apart. A chi-squared far above its degrees of freedom says that a rule does not explain the counts."
)
RULED_OUT = f"A rule is ruled out if it makes the counts {np.exp(MARGIN):.0f} times less likely than the best one does."


def findings(found: Inference) -> list[Finding]:
    """The page's sections: the ranking, and what to write into competition.toml."""
    best = found.ranked[0]
    numbers = {"users with visible pairs": found.users, "of them looked at": int(found.seen.sum()),
               "fewest visible": found.window.lowest, "chi-squared of the best": best.chi_squared,
               "degrees of freedom": best.freedom, "p": best.p_value}  # fmt: skip
    shown = found.ranked[:ROWS]
    behind = bars([label(one) for one in shown], [one.behind / np.log(10) for one in shown], "powers of ten")
    return [
        Finding("Which rule hid pairs", (found.verdict, NOTES), _drawn(found), numbers, (HEADER, *rows(found))),
        Finding("How much less likely the others make the counts", (RULED_OUT,), behind),
        Finding("Lines of competition.toml", ("These imitate the best rule in validation.",), code=advice(found)),
    ]


def write_inference(paths: Paths, competition: Competition) -> None:
    """Write `work/infer_split.txt` and `submissions/<competition>/infer_split.html`.

    Raises:
        DataError: no user has a visible pair.
    """
    dataset = Dataset.load(paths.dataset)
    found = infer(np.bincount(dataset.pairs[:, 0], minlength=len(dataset.users)))
    write_text(paths.inferred_table, render(found))
    write_text(paths.inferred, page(f"{competition.title}: how pairs were hidden", dataset, findings(found)))


def _drawn(found: Inference) -> str:
    """The counts against the best rule and the next one: where a comb is, their teeth stand in different places."""
    figure, (axes,) = canvas(height=3.2)
    seen = found.seen[:SHOWN]
    at = found.window.lowest + np.arange(len(seen))
    axes.bar(at, seen, color=GREY, label="users seen")
    for one, colour, mark in zip(found.ranked, (BLUE, ORANGE), ("o-", "x:"), strict=False):
        axes.plot(at, one.fit.expected[:SHOWN], mark, color=colour, markersize=4, label=label(one))
    axes.set(xlabel="visible pairs of a user", ylabel="users", yscale="log")
    axes.legend()
    return svg(figure)
