"""A row for each user whose items are a list in one cell."""

from collections.abc import Iterator, Sequence
from typing import Self

import pandas as pd

from shortlist.data.forms.base import Form, Length, entries_of, parameters
from shortlist.data.forms.cells import Cell
from shortlist.data.forms.look import Look
from shortlist.data.forms.sheet import Sheet
from shortlist.data.ids import id_fault, wrong_id
from shortlist.data.sources.reading import shown
from shortlist.errors import SubmissionError


@parameters
class Joined(Form):
    """One cell holds a user's items, the best first.

    Args:
        item: column of the lists.
        separator, brackets, quote: see `cells.Cell`.
        told: whether the sample tells the separator; where it shows a single placeholder, a blank is assumed.
    """

    item: int
    separator: str = " "
    brackets: bool = False
    quote: str = ""
    told: bool = True

    @classmethod
    def detect(cls, look: Look) -> Self | None:
        """See `Form.detect`: a row for each user, and one column of items."""
        if not look.one_row or look.wide or look.by_kind:
            return None
        return cls(**{**look.common, **look.cell, "item": look.item})

    @property
    def cell(self) -> Cell:
        """How a cell holds its list."""
        return Cell(self.separator, self.brackets, self.quote)

    @property
    def written(self) -> frozenset[int]:
        """See `Form.written`."""
        return frozenset({self.item})

    def entries(self, sheet: Sheet) -> pd.DataFrame:
        """See `Form.entries`."""
        return entries_of(self.asked(sheet), self._lists(sheet))

    def length(self, sheet: Sheet) -> Length:
        """See `Form.length`; one placeholder that stands in every cell is no list of one."""
        placeholder = not self.told and len(sheet.rows[self.item].unique()) == 1
        return Length(None, None) if placeholder else super().length(sheet)

    def write(self, sheet: Sheet, lists: Sequence[Sequence[str]]) -> bytes:
        """See `Form.write`."""
        rows = sheet.rows.copy()
        rows[self.item] = [self._join(sheet, items) for items in lists]
        return sheet.encode(rows)

    def _join(self, sheet: Sheet, items: Sequence[str]) -> str:
        try:
            return self.cell.join(items)
        except ValueError as error:
            raise SubmissionError(
                f"{sheet.name}: column {sheet.column(self.item)}: item {shown(error)} cannot stand in a list such as "
                f"{self.cell.example}; ask the organiser how it is to be written"
            ) from None

    def _lists(self, sheet: Sheet) -> Iterator[list[str]]:
        cell = self.cell
        for row, text in zip(sheet.rows.index, sheet.rows[self.item].tolist(), strict=True):
            try:
                items = cell.split(text)
            except ValueError:
                raise SubmissionError(
                    f"{sheet.name}: row {row}: column {sheet.column(self.item)}: must be a list such as "
                    f"{cell.example}, found {shown(text)}"
                ) from None
            if self.quote and (wrong := wrong_id(items)) is not None:  # what an escape such as \u0000 stood for
                raise SubmissionError(f"{sheet.name}: row {row}: {id_fault(wrong)}")
            yield items


FORM = Joined
