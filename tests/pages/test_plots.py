"""Pictures are plain SVG with the same bytes each time."""

import re

from shortlist.pages.plots import bars


def test_same_bytes_and_no_date():
    """Nothing in the picture tells when, or by what, it was made."""
    one, two = (bars(["a", "b"], [1.5, -0.5], "z") for _ in range(2))
    assert one == two
    assert one.startswith("<svg")
    assert "metadata" not in one
    assert "matplotlib" not in one.lower()


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
