"""A row for each user and a column for each of its items: `item_1` ... `item_k`."""

from collections.abc import Sequence
from typing import Self

import pandas as pd

from shortlist.data.forms.base import Form, entries_of, parameters, ragged
from shortlist.data.forms.look import Look
from shortlist.data.forms.sheet import Sheet


@parameters
class Wide(Form):
    """The n-th of some columns holds a user's n-th item.

    Args:
        items: those columns, the best item's first.
    """

    items: tuple[int, ...]

    @classmethod
    def detect(cls, look: Look) -> Self | None:
        """See `Form.detect`: a row for each user, and several columns of items."""
        return cls(**{**look.common, "items": look.wide}) if look.one_row and look.wide else None

    @property
    def written(self) -> frozenset[int]:
        """See `Form.written`."""
        return frozenset(self.items)

    def entries(self, sheet: Sheet) -> pd.DataFrame:
        """See `Form.entries`; an empty cell is an entry whose item is ''."""
        columns = [sheet.rows[column] for column in self.items]
        return entries_of(self.asked(sheet), list(zip(*columns, strict=True)))

    def write(self, sheet: Sheet, lists: Sequence[Sequence[str]]) -> bytes:
        """See `Form.write`."""
        if any(len(items) != len(self.items) for items in lists):
            raise ragged(sheet, len(self.items), lists)
        rows = sheet.rows.copy()
        for place, column in enumerate(self.items):
            rows[column] = [items[place] for items in lists]
        return sheet.encode(rows)


FORM = Wide
