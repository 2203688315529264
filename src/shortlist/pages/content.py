"""What a section of a page is made of; every text of it is in both languages. `content.html` says it in HTML."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from shortlist.common.bilingual import Bilingual, same

METHOD = Bilingual("method", "방법")
"""Head of the column that names what is compared."""


LONG = 40
"""Characters from which on a cell is a text to read, not a value."""


@dataclass(frozen=True)
class Words:
    """A paragraph."""

    text: Bilingual
    kind: Literal["words"] = "words"


@dataclass(frozen=True)
class Figure:
    """A picture and what it shows.

    Attributes:
        svg: inline; its own texts are names, numbers and a few plain words, so that it serves both languages.
        caption: what is drawn, and how it is to be read.
    """

    svg: str
    caption: Bilingual
    kind: Literal["figure"] = "figure"


@dataclass(frozen=True)
class Numbers:
    """The main numbers beside each other, each with what it is: pairs of a name and a number."""

    entries: tuple[tuple[Bilingual, str], ...]
    kind: Literal["numbers"] = "numbers"


@dataclass(frozen=True)
class Cell:
    """A cell of a table: what it shows, and what it is sorted by, if that is something else."""

    shown: Bilingual
    order: float | None = None

    @property
    def long(self) -> bool:
        """Whether it is text that may be wrapped."""
        return len(self.shown.en) > LONG


@dataclass(frozen=True)
class TableBlock:
    """Rows that a reader can sort by each column.

    Attributes:
        header: of the columns.
        rows: of as many cells each.
        summary: what a folded table is called; one without is always open.
    """

    header: tuple[Bilingual, ...]
    rows: tuple[tuple[Cell, ...], ...]
    summary: Bilingual | None = None
    kind: Literal["table"] = "table"


@dataclass(frozen=True)
class Listing:
    """Text as it stands, line for line.

    Attributes:
        text: a plain string serves both languages.
        summary: what it is called while folded; one without is always open.
    """

    text: Bilingual | str
    summary: Bilingual | None = None
    kind: Literal["listing"] = "listing"


@dataclass(frozen=True)
class Html:
    """What needs a form of its own; each of its texts is in both languages, in elements with a `lang`."""

    html: str
    kind: Literal["html"] = "html"


Block = Words | Figure | Numbers | TableBlock | Listing | Html


@dataclass(frozen=True)
class Section:
    """One part of the page.

    Attributes:
        name: of its place in the page's address, such as "methods".
        title: a few words.
        blocks: from top to bottom.
    """

    name: str
    title: Bilingual
    blocks: tuple[Block, ...]


def table(
    header: Sequence[Bilingual], rows: Iterable[Sequence[Bilingual | str | Cell]], summary: Bilingual | None = None
) -> TableBlock:
    """A table of texts, plain strings (see `same`) and cells."""
    return TableBlock(tuple(header), tuple(tuple(map(_cell, row)) for row in rows), summary)


def numbers(values: Mapping[Bilingual, float]) -> Numbers:
    """Counts in full, all else to four digits."""
    return Numbers(
        tuple((name, f"{value:,.4g}" if isinstance(value, float) else f"{value:,}") for name, value in values.items())
    )


def number(value: float | np.number, form: str = ".4f") -> Cell:
    """A number as a cell that is sorted by its value."""
    return Cell(same(format(value, form)), float(value))


def estimated(mean: float, error: float) -> Cell:
    """A mean with its standard error."""
    return Cell(same(f"{mean:.4f} ± {error:.4f}"), mean)


def ranged(mean: float, low: float, high: float, form: str = ".4f") -> Cell:
    """A mean with its interval."""
    return Cell(same(f"{mean:{form}} [{low:{form}}, {high:{form}}]"), mean)


def _cell(content: Bilingual | str | Cell) -> Cell:
    if isinstance(content, Cell):
        return content
    return Cell(same(content) if isinstance(content, str) else content)
