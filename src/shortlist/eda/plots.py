"""Pictures as inline SVG: the same bytes for the same numbers, and text that the browser sets in its own font."""

import io
import re
import warnings
from collections.abc import Sequence

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

BLUE, ORANGE, GREY = "#2b6cb0", "#dd6b20", "#a0aec0"

WIDTH = 6.4
"""Of every figure, in inches; the page scales it to its own."""

STYLE = {
    "svg.fonttype": "none",
    "font.size": 9,
    "font.family": "sans-serif",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "legend.frameon": False,
}

NO_METADATA = dict.fromkeys(("Creator", "Date", "Format", "Type"))


def canvas(columns: int = 1, height: float = 2.8) -> tuple[Figure, list[Axes]]:
    """An empty figure with `columns` axes beside each other; `height` in inches."""
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(WIDTH, height), layout="constrained")
        return figure, list(figure.subplots(1, columns, squeeze=False)[0])


def svg(figure: Figure) -> str:
    """The figure's <svg> element, without prolog, date or ids that a second figure on the page would repeat."""
    written = io.StringIO()
    label = "; ".join(axes.get_xlabel() for axes in figure.axes)
    with mpl.rc_context({**STYLE, "svg.hashsalt": label}), warnings.catch_warnings():
        # Matplotlib measures text in its own font, which may lack signs that the browser's has.
        warnings.filterwarnings("ignore", message="Glyph .* missing from", category=UserWarning)
        figure.savefig(written, format="svg", metadata=NO_METADATA)
    text = written.getvalue()
    return re.sub(r'<g id="[^"]*">', "<g>", text[text.index("<svg") :])


def bars(labels: Sequence[str], values: ArrayLike, quantity: str, *, baseline: float = 0.0) -> str:
    """Horizontal bars from `baseline`, the first on top; those below it are grey."""
    lengths = np.asarray(values, dtype=float) - baseline
    figure, (axes,) = canvas(height=0.6 + 0.19 * len(lengths))
    colours = [BLUE if length > 0 else GREY for length in lengths]
    axes.barh(range(len(lengths)), lengths, left=baseline, color=colours)
    axes.set_yticks(range(len(lengths)), labels)
    axes.invert_yaxis()
    axes.axvline(baseline, color="black", linewidth=0.8)
    axes.set_xlabel(quantity)
    return svg(figure)
