"""Pictures as inline SVG: the same bytes for the same numbers, and text that the browser sets in its own font.

Colours are names that the page gives a value, another one in the dark; what a picture shows is said under the pointer.
"""

import io
import re
import warnings
import zlib
from collections.abc import Mapping, Sequence
from typing import Any, cast

import matplotlib as mpl
import numpy as np
from cycler import cycler
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.ticker import LogFormatter
from numpy.typing import ArrayLike

from shortlist.pages.marks import attribute, marks

BLUE, ORANGE, GREY, GREEN, PURPLE, RED = "#2b6cb0", "#b7500f", "#718096", "#2f855a", "#805ad5", "#c53030"

NAMES = {BLUE: "blue", ORANGE: "orange", GREY: "grey", GREEN: "green", PURPLE: "purple", RED: "red", "#000000": "ink"}
"""What the look of the page (`rendering.css`) calls a colour."""

DOTS = 72
"""To the inch, as in an SVG: what is measured while drawing is where it is in the file."""

WIDTH = 5.0
"""Of a picture in inches; the page scales it to its own."""

EDGE = 2.0
"""Points that stay free around a figure."""

SMALLEST = 0.65
"""The page shrinks no figure further, so that its text can be read on a phone; a wider one scrolls."""

STYLE: Any = {  # Matplotlib's type of it lists every setting there is
    "svg.fonttype": "none",
    "svg.hashsalt": "shortlist",
    "font.size": 9,
    "font.family": "sans-serif",
    "axes.prop_cycle": cycler(color=[BLUE, ORANGE, GREEN, PURPLE, RED, GREY]),
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "legend.frameon": False,
    "text.parse_math": False,  # a label may hold a dollar sign
}


class PlainLogFormatter(LogFormatter):
    """Labels a logarithmic axis with "1,000": Matplotlib's own labels are formulas, which `STYLE` does not parse."""

    def __call__(self, x: float, pos: int | None = None) -> str:
        """The label of a tick, empty where there are too many to label them all."""
        return f"{x:,.10g}" if super().__call__(x, pos) else ""


NO_METADATA = dict.fromkeys(("Creator", "Date", "Format", "Type"))


def canvas(height: float = 2.8) -> Axes:
    """Empty axes on a figure of their own; `height` in inches."""
    with mpl.rc_context(STYLE):
        return Figure(figsize=(WIDTH, height), dpi=DOTS, layout="constrained").subplots()


def twin(axes: Axes) -> Axes:
    """Axes over the same places with values of another kind, which are read on the right."""
    with mpl.rc_context(STYLE):
        above = axes.twinx()
    above.spines["right"].set_visible(True)
    return above


def svg(*panels: Axes) -> str:
    """An <svg> element for each `canvas`: beside each other where the screen is wide enough, else one below the other.

    They have neither prolog, nor date, nor ids that another picture on the page has too.
    """
    return "".join(_svg(cast("Figure", axes.figure)) for axes in panels)


def _svg(figure: Figure) -> str:
    _label_plainly(figure)
    _set_type(figure)
    written = io.StringIO()
    with mpl.rc_context(STYLE), warnings.catch_warnings():
        # Matplotlib measures text in its own font, which may lack signs that the browser's has.
        warnings.filterwarnings("ignore", message="Glyph .* missing from", category=UserWarning)
        figure.draw_without_rendering()
        figure.set_layout_engine("none")  # everything stays where it was measured
        _keep_titles_inside(figure)
        told = attribute(marks(figure))
        figure.savefig(written, format="svg", metadata=NO_METADATA)
    text = written.getvalue()
    text = re.sub(r'<g id="[^"]*">', "<g>", text[text.index("<svg") :])
    text = re.sub(r"font-family: [^;\"]*;? ?", "", text)  # the page's own
    text = re.sub("|".join(NAMES), lambda colour: f"var(--{NAMES[colour[0]]})", text)
    text = re.sub(r'( id="|href="#|url\(#)', rf"\g<1>f{zlib.crc32(text.encode()):08x}-", text)
    return text.replace("<svg ", f"<svg style=\"min-width: {SMALLEST * WIDTH:.2f}in\" data-marks='{told}' ", 1)


def _set_type(figure: Figure) -> None:
    """One size for all text, and no frame: what is added after `canvas` would have Matplotlib's own."""
    size = STYLE["font.size"]
    for axes in figure.axes:
        axes.tick_params(labelsize=size)
        if (legend := axes.get_legend()) is not None:
            legend.set_frame_on(False)
    for text in figure.findobj(Text):
        text.set_fontsize(size)


def _label_plainly(figure: Figure) -> None:
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            if isinstance(axis.get_major_formatter(), LogFormatter):
                axis.set_major_formatter(PlainLogFormatter())
            if isinstance(axis.get_minor_formatter(), LogFormatter):
                axis.set_minor_formatter(PlainLogFormatter())


def _keep_titles_inside(figure: Figure) -> None:
    """Shift what would be cut off: the layout centres a title on its axis without regard to its length."""
    page = figure.bbox.padded(-EDGE * figure.dpi / 72)
    for axes in figure.axes:
        title = axes.xaxis.label.get_window_extent()
        across = max(page.x0 - title.x0, 0.0) - max(title.x1 - page.x1, 0.0)
        axes.xaxis.label.set_x(axes.xaxis.label.get_position()[0] + across / axes.bbox.width)
        title = axes.yaxis.label.get_window_extent()
        up = max(page.y0 - title.y0, 0.0) - max(title.y1 - page.y1, 0.0)
        axes.yaxis.label.set_y(axes.yaxis.label.get_position()[1] + up / axes.bbox.height)


def over_chance(axes: Axes, labels: Sequence[str], ratio: ArrayLike, band: ArrayLike, colour: str, name: str) -> None:
    """Observed over chance as a line, and shaded what chance alone gives in 95 of 100 cases.

    Args:
        ratio: (n,) in the order of the labels.
        band: (2, n) lower and upper end of what chance gives.
    """
    places = range(len(labels))
    low, high = np.asarray(band, dtype=float)
    axes.fill_between(places, low, high, color=colour, alpha=0.2, linewidth=0)
    axes.plot(places, np.asarray(ratio, dtype=float), "o-", color=colour, label=name)
    axes.axhline(1, color="black", linewidth=0.8)
    axes.set_xticks(places, labels)
    axes.set_ylabel("over chance")


def intervals(labels: Sequence[str], means: ArrayLike, ends: ArrayLike, quantity: str, zero: bool = False) -> str:
    """Dots with intervals, the first on top.

    Args:
        labels: n names.
        means: (n,).
        ends: (2, n) lower and upper ends.
        quantity: what is drawn along the axis.
        zero: draw a line there.
    """
    middle, (low, high) = np.asarray(means, dtype=float), np.asarray(ends, dtype=float)
    axes = canvas(height=0.7 + 0.22 * len(labels))
    axes.hlines(range(len(labels)), low, high, color=BLUE, linewidth=2, alpha=0.5)
    axes.plot(middle, range(len(labels)), "o", color=BLUE, markersize=4)
    if zero:
        axes.axvline(0, color="black", linewidth=0.8)
    axes.set_yticks(range(len(labels)), labels)
    axes.set_ylim(len(labels) - 0.4, -0.6)
    axes.set_xlabel(quantity)
    return svg(axes)


def curves(series: Mapping[str, tuple[ArrayLike, ArrayLike]], x: str, y: str, *, log: bool = False) -> str:
    """Lines through points, named in a legend.

    Args:
        series: name -> places and values.
        x, y: what is drawn along the axes.
        log: the places grow by factors.
    """
    axes = canvas(height=3.4)
    for name, (places, values) in series.items():
        axes.plot(np.asarray(places), np.asarray(values), "o-", markersize=3, label=name)
    if log:
        axes.set_xscale("log")
        ticks = sorted({float(place) for places, _ in series.values() for place in np.asarray(places)})
        axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
        axes.minorticks_off()
    axes.set(xlabel=x, ylabel=y)
    axes.legend()
    return svg(axes)


def bars(labels: Sequence[str], values: ArrayLike, quantity: str, *, baseline: float = 0.0) -> str:
    """Horizontal bars from `baseline`, the first on top; those below it are grey."""
    lengths = np.asarray(values, dtype=float) - baseline
    axes = canvas(height=0.6 + 0.19 * len(lengths))
    colours = [BLUE if length > 0 else GREY for length in lengths]
    axes.barh(range(len(lengths)), lengths, left=baseline, color=colours)
    axes.set_yticks(range(len(lengths)), labels)
    axes.set_ylim(len(lengths) - 0.4, -0.6)
    axes.axvline(baseline, color="black", linewidth=0.8)
    axes.set_xlabel(quantity)
    return svg(axes)
