"""The page and the terminal's table of the rule behind the visible counts."""

from pathlib import Path

import numpy as np

from shortlist.common.files import write_text
from shortlist.config.competition import Competition
from shortlist.config.paths import Paths
from shortlist.data.dataset import Dataset
from shortlist.pages.plots import BLUE, GREY, ORANGE, bars, canvas, svg
from shortlist.pages.rendering import render as page
from shortlist.studies.split_inference.candidates import family
from shortlist.studies.split_inference.inference import MARGIN, Inference, infer
from shortlist.studies.split_inference.table import HEADER, ROWS, advice, label, render, rows

TEMPLATE = Path(__file__).with_suffix(".html")

SHOWN = 24
"""Visible counts drawn: a comb repeats."""


def render_page(title: str, found: Inference) -> str:
    """The page's HTML: verdict, comb, ranking and lines."""
    best, shown = found.ranked[0], found.ranked[:ROWS]
    numbers = {
        "users with visible pairs": f"{found.users:,}",
        "of them looked at": f"{found.seen.sum():,.0f}",
        "chi-squared of the best": f"{best.chi_squared:.1f}",
        "degrees of freedom": f"{best.freedom:.1f}",
        "p": f"{best.p_value:.2g}",
    }
    powers = [one.behind / np.log(10) for one in shown]
    behind = bars([label(one) for one in shown], powers, "less likely than the best, powers of ten")
    return page(
        TEMPLATE, title=title, found=found, numbers=numbers, comb=_comb(found), behind=behind, header=HEADER,
        rows=list(rows(found)), margin=f"{np.exp(MARGIN):.0f}", advice=advice(found),
    )  # fmt: skip


def write_inference(paths: Paths, competition: Competition) -> None:
    """Write `work/infer_split.txt` and `submissions/<competition>/infer_split.html`.

    Raises:
        DataError: no user has a visible pair.
    """
    dataset = Dataset.load(paths.dataset)
    found = infer(np.bincount(dataset.pairs[:, 0], minlength=len(dataset.users)))
    write_text(paths.inferred_table, render(found))
    write_text(paths.inferred, render_page(competition.title, found))


def _comb(found: Inference) -> str:
    """The counts against the best rule and the first of another kind: their teeth stand in different places."""
    figure, (axes,) = canvas(height=3.2)
    seen = found.seen[:SHOWN]
    at = found.window.lowest + np.arange(len(seen))
    axes.bar(at, seen, color=GREY, label="users seen")
    best, *others = found.ranked
    kind = family(best.rules[0])
    other = [one for one in others if family(one.rules[0]) != kind][:1]
    for one, colour, mark in zip([best, *other], (BLUE, ORANGE), ("o-", "x:"), strict=False):
        axes.plot(at, one.fit.expected[:SHOWN], mark, color=colour, markersize=4, label=label(one))
    axes.set(xlabel="visible pairs of a user", ylabel="users", yscale="log")
    axes.legend()
    return svg(figure)
