"""What a picture says under the pointer is what was drawn there, at the place where it was drawn."""

import json
import re
from html import unescape

import pytest

from shortlist.pages.plots import bars, canvas, curves, intervals, svg


def told(picture: str) -> list[list[object]]:
    (packed,) = re.findall(r"data-marks='([^']*)'", picture)
    return [list(mark) for mark in json.loads(unescape(packed))]


def test_a_point_has_the_name_of_its_line_and_both_values() -> None:
    """With what the axes are of."""
    marks = told(curves({"ials": ([5, 20, 1000], [0.1, 0.25, 0.5])}, "N", "recall@N", log=True))
    assert [mark[4:] for mark in marks] == [
        ["ials", "N: 5", "recall@N: 0.1"], ["ials", "N: 20", "recall@N: 0.25"], ["ials", "N: 1000", "recall@N: 0.5"],
    ]  # fmt: skip


def test_an_interval_is_told_with_its_ends() -> None:
    """A name may hold any sign."""
    marks = told(intervals(["<x> & 'y' \"z\"", "b"], [0.1, 0.2], [[0.05, 0.1], [0.2, 0.3]], "recall@5"))
    assert [mark[4:] for mark in marks] == [
        ["<x> & 'y' \"z\"", "recall@5: 0.1 [0.05, 0.2]"], ["b", "recall@5: 0.2 [0.1, 0.3]"],
    ]  # fmt: skip


def test_a_bar_is_met_on_its_whole_band() -> None:
    """However short it is: its box is as wide as the axis, and its bands do not overlap."""
    first, second = told(bars(["a", "b"], [100.0, 0.5], "z"))
    assert [first[4:], second[4:]] == [["a", "z: 100"], ["b", "z: 0.5"]]
    assert (first[0], first[2]) == (second[0], second[2])
    assert float(str(first[3])) <= float(str(second[1]))


def test_a_mark_lies_where_its_point_is_drawn() -> None:
    """In the units of the view box: the same place as the SVG's own marker."""
    axes = canvas()
    axes.plot([1.0, 2.0], [3.0, 5.0], "o")
    picture = svg(axes)
    drawn = re.findall(r'<use xlink:href="#[^"]*" x="([\d.]+)" y="([\d.]+)" style="fill', picture)
    assert [[pytest.approx(float(x), abs=0.1), pytest.approx(float(y), abs=0.1)] for x, y in drawn[-2:]] == [
        mark[:2] for mark in told(picture)
    ]


def test_rules_say_nothing_and_long_curves_are_thinned() -> None:
    """A line that helps the eye is no value; a curve of many points is told at some of them."""
    axes = canvas()
    axes.axhline(0.5)
    axes.plot([0, 1], [0, 1], ":")
    axes.plot(range(1000), range(1000), label="many")
    marks = told(svg(axes))
    assert {mark[4] for mark in marks} == {"many"}
    assert len(marks) == 60
    assert marks[-1][5:] == ["999", "999"]
