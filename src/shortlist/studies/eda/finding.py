"""What every module of this package gives: one thing worth knowing, in words, numbers and a picture."""

from collections.abc import Mapping
from dataclasses import dataclass, field

Table = tuple[tuple[str, ...], ...]
"""Rows of cells, the header first; no rows: no table."""


@dataclass(frozen=True)
class Finding:
    """One section of the page.

    Attributes:
        title: a few words.
        words: sentences; the first is the finding itself and stands alone at the top of the page.
        figure: inline SVG, or "" where there is nothing to draw.
        numbers: the main figures by what they are; counts, shares or what their name says.
        table: further figures.
    """

    title: str
    words: tuple[str, ...]
    figure: str = ""
    numbers: Mapping[str, float] = field(default_factory=dict)
    table: Table = ()


SIGNIFICANT = 0.05
"""Level of all tests, after correction where there are several."""
