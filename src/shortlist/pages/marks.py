"""What a picture's points and bars stand for, read from the drawn figure: the page says it beside the pointer."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.collections import LineCollection
from matplotlib.container import BarContainer
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator

MOST = 60
"""Marks of one series: a curve with more points is told at so many of them."""


@dataclass(frozen=True)
class Mark:
    """A place on a picture that has something to say.

    Attributes:
        left, top, right, bottom: in the units of the SVG's view box, y downwards.
        lines: what stands for it: names and numbers.
    """

    left: float
    top: float
    right: float
    bottom: float
    lines: tuple[str, ...]


def marks(figure: Figure) -> list[Mark]:
    """Every bar and every point of every line. The figure must have been drawn, at 72 dots an inch."""
    height = figure.bbox.height
    figure_marks = []
    for axes in figure.axes:
        for box, lines in (*_bars(axes), *_points(axes)):
            (left, low), (right, high) = box
            if np.isfinite(box).all():
                left, top, right, bottom = np.round([left, height - high, right, height - low], 1).tolist()
                figure_marks.append(Mark(left, top, right, bottom, lines))
    return figure_marks


def attribute(figure_marks: Sequence[Mark]) -> str:
    """The marks as the value of an HTML attribute in single quotes."""
    values = [[mark.left, mark.top, mark.right, mark.bottom, *mark.lines] for mark in figure_marks]
    packed = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
    return escape(packed, quote=False).replace("'", "&#39;")


Told = Iterator[tuple[np.ndarray, tuple[str, ...]]]
"""Boxes ((left, low), (right, high)) in dots from the lower left, each with what it says."""


def _bars(axes: Axes) -> Told:
    """A bar is met anywhere on its band, however short it is."""
    for container in axes.containers:
        if not isinstance(container, BarContainer):
            continue
        name = str(container.get_label())
        flat = container.orientation == "horizontal"
        band, along = (axes.yaxis, axes.xaxis) if flat else (axes.xaxis, axes.yaxis)
        for bar in container.patches:
            box = bar.get_window_extent().get_points()
            middle = bar.get_y() + bar.get_height() / 2 if flat else bar.get_x() + bar.get_width() / 2
            end = bar.get_x() + bar.get_width() if flat else bar.get_y() + bar.get_height()
            column = 0 if flat else 1
            box[:, column] = axes.bbox.get_points()[:, column]
            yield box, _lines(name, _at(band, middle), _at(along, end))


def _points(axes: Axes) -> Told:
    spans = [segment for drawn in axes.collections if isinstance(drawn, LineCollection)
             for segment in drawn.get_segments()]  # fmt: skip
    for line in axes.lines:
        if line.get_transform() != axes.transData or _is_rule(line):
            continue
        places = np.column_stack([np.asarray(line.get_xdata(orig=False)), np.asarray(line.get_ydata(orig=False))])
        chosen = np.unique(np.linspace(0, len(places) - 1, min(len(places), MOST)).round().astype(int))
        for place in places[chosen].astype(float):
            x, y = (
                _at(axis, place[column], _span(spans, place, column))
                for column, axis in enumerate((axes.xaxis, axes.yaxis))
            )
            dot = axes.transData.transform(place)
            yield (
                np.array([dot, dot]),
                _lines(str(line.get_label()), *((x, y) if _names(axes.yaxis) is None else (y, x))),
            )


def _is_rule(line: Line2D) -> bool:
    """Whether it is drawn as a help to the eye: two ends, no name, no markers."""
    unnamed = str(line.get_label()).startswith("_")
    return unnamed and line.get_marker() in ("None", "", None) and len(np.atleast_1d(line.get_xdata())) <= 2


def _span(spans: Sequence[Any], place: np.ndarray, column: int) -> tuple[float, float] | None:
    """The ends of the interval that is drawn through a point along one axis."""
    for segment in spans:
        low, high = sorted(segment[[0, -1], column])
        across = segment[:, 1 - column]
        if low < high and low <= place[column] <= high and np.allclose(across, place[1 - column]):
            return float(low), float(high)
    return None


def _lines(name: str, *said: str) -> tuple[str, ...]:
    return tuple(filter(None, ("" if name.startswith("_") else name, *said)))


def _at(axis: Axis, value: float, span: tuple[float, float] | None = None) -> str:
    """A value with what its axis is of; the name of a place that has one; nothing between places with names."""
    title = axis.get_label_text()
    if (names := _names(axis)) is not None:
        text = names.get(round(float(value), 6), "")
        if not text.replace(".", "", 1).isdigit():
            return text
    elif span is None:
        text = _number(value)
    else:
        text = f"{_number(value)} [{_number(span[0])}, {_number(span[1])}]"
    return f"{title}: {text}" if title else text


def _names(axis: Axis) -> dict[float, str] | None:
    """Place -> name, where places were chosen and named."""
    if not isinstance(axis.get_major_locator(), FixedLocator):
        return None
    labels = zip(axis.get_majorticklocs(), axis.get_majorticklabels(), strict=True)
    return {round(float(place), 6): label.get_text() for place, label in labels}


def _number(value: float) -> str:
    return f"{value:,.0f}" if float(value).is_integer() or abs(value) >= 1000 else f"{value:.4g}"
