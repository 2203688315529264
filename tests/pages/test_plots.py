"""Pictures are plain SVG with the same bytes each time, and all of their text can be read."""

import re
from typing import cast

from matplotlib.figure import Figure
from tests.pages.pictures import assert_titles_inside

from shortlist.pages.plots import bars, canvas, curves, svg, twin


def test_same_bytes_and_no_date():
    """Nothing in the picture tells when, or by what, it was made."""
    first, second = (bars(["a", "b"], [1.5, -0.5], "z") for _ in range(2))
    assert first == second
    assert first.startswith("<svg")
    assert "metadata" not in first
    assert "matplotlib" not in first.lower()


def test_text_stays_text_in_any_script():
    """Labels that Matplotlib's own font lacks go to the browser as they are."""
    assert "디자인" in bars(["디자인"], [1], "z")


def test_ids_of_two_pictures_differ():
    """A page with both has no id twice, and every reference has its target."""
    pictures = [bars(["a", "b"], values, "z") for values in ([1, 2], [3, 4])]
    ids = [set(re.findall(r' id="([^"]*)"', picture)) for picture in pictures]
    assert not ids[0] & ids[1]
    for picture, known in zip(pictures, ids, strict=True):
        assert set(re.findall(r'(?:href="#|url\(#)([^")]*)', picture)) <= known


def labels(picture: str) -> list[str]:
    return re.findall(r"<text[^>]*>([^<]*)</text>", picture)


def test_logarithmic_axes_have_plain_numbers():
    """Thousands and parts of one as people write them, no formula of Matplotlib's."""
    axes = canvas()
    axes.plot([0, 1, 10, 10_000], [0.1, 1, 10, 2000])
    axes.set(xscale="symlog", yscale="log")
    picture = svg(axes)
    assert {"0", "1", "100", "10,000", "0.1", "1,000"} <= set(labels(picture))
    assert "mathdefault" not in picture


def test_a_short_logarithmic_axis_has_labels_too():
    """Between two powers of ten it is the numbers between them that are labelled."""
    axes = canvas()
    axes.plot([0, 1], [20, 70])
    axes.set_yscale("log")
    assert {"20", "30"} <= set(labels(svg(axes)))


def test_labels_that_were_chosen_stay():
    """A curve over chosen places is labelled there and nowhere else."""
    assert {"5", "20", "1000"} <= set(labels(curves({"a": ([5, 20, 1000], [1, 2, 3])}, "k", "recall", log=True)))


def test_titles_of_axes_are_not_cut_off():
    """Also where the axis is much shorter than its title, in either direction."""
    across, up = "standard deviations above the mean of the permutations", "users or items with so many"
    axes = canvas(height=2.4)
    axes.set(xlabel=across, ylabel=up)
    axes.set_yticks([0], ["a name that leaves little room for the axis"])
    svg(axes)
    assert_titles_inside(cast("Figure", axes.figure))


def test_a_twin_is_read_on_the_right():
    """It has a line there, and none above, as all axes."""
    axes = canvas()
    spines = twin(axes).spines
    assert spines["right"].get_visible()
    assert not spines["top"].get_visible()
