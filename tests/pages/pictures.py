"""The figures behind a page's pictures, for the tests of the pages."""

from typing import Any

import matplotlib as mpl
import pytest
from matplotlib.figure import Figure

from shortlist.pages.plots import STYLE


def drawn_from_now(monkeypatch: pytest.MonkeyPatch) -> list[Figure]:
    """A list that every figure is added to as it is written."""
    figures: list[Figure] = []
    write = Figure.savefig

    def savefig(figure: Figure, *arguments: Any, **named: Any) -> None:
        figures.append(figure)
        write(figure, *arguments, **named)

    monkeypatch.setattr(Figure, "savefig", savefig)
    return figures


def assert_titles_inside(figure: Figure) -> None:
    """No axis title is cut off, by Matplotlib's own measure of the text."""
    with mpl.rc_context(STYLE):
        figure.draw_without_rendering()
    for axes in figure.axes:
        for label in (axes.xaxis.label, axes.yaxis.label):
            title = label.get_window_extent()
            if label.get_text():
                assert figure.bbox.x0 <= title.x0 <= title.x1 <= figure.bbox.x1, label.get_text()
                assert figure.bbox.y0 <= title.y0 <= title.y1 <= figure.bbox.y1, label.get_text()
