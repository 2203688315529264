"""A row for each item: user, item, and perhaps further columns, in any order of columns."""

from collections.abc import Sequence
from typing import ClassVar, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from shortlist.data.forms.base import KEYS, Form, counted, parameters, ragged
from shortlist.data.forms.look import Look
from shortlist.data.forms.sheet import Sheet


@parameters
class Long(Form):
    """A user's items stand in rows of their own, the best first.

    Args:
        item: column of the items.
    """

    one_row: ClassVar[bool] = False

    item: int

    @classmethod
    def detect(cls, look: Look) -> Self | None:
        """See `Form.detect`: the users' cells are repeated, and nothing says which row comes first."""
        if not look.long or look.rank is not None or look.score is not None:
            return None
        return cls(**{**look.common, "item": look.item})

    @property
    def written(self) -> frozenset[int]:
        """See `Form.written`."""
        return frozenset({self.item})

    def entries(self, sheet: Sheet) -> pd.DataFrame:
        """See `Form.entries`."""
        table = self.asked(sheet).assign(item=sheet.rows[self.item], row=sheet.rows.index)
        return table.assign(position=table.groupby(KEYS, sort=False).cumcount()).reset_index(drop=True)

    def write(self, sheet: Sheet, lists: Sequence[Sequence[str]]) -> bytes:
        """See `Form.write`.

        Where the sample has rows for exactly so many items, they stay where they are, and the n-th row of a user gets
        the n-th item. A sample whose users have different numbers of rows prescribes none: the rows of a user then
        follow one another, users in the order of the sample.
        """
        codes, users = pd.factorize(sheet.rows[self.user])
        if len(lists) != len(users):
            raise ValueError(f"{len(lists)} lists for {len(users)} users")
        sizes = np.array([len(items) for items in lists], dtype=np.intp)
        room = np.bincount(codes, minlength=len(users))
        fits, prescribed = bool((sizes == room).all()), bool((room == room[0]).all())
        if not fits and (prescribed or self.extra):
            raise ragged(sheet, int(room[0]) if prescribed else None, lists)
        if fits:
            rows, places = sheet.rows.copy(), self._places(sheet)
        else:
            codes, places = np.repeat(np.arange(len(users)), sizes), counted(sizes)
            rows = pd.DataFrame("", columns=sheet.rows.columns, index=range(len(codes)), dtype=str)
            rows[self.user] = np.asarray(users)[codes]
        rows[self.item] = [lists[code][place] for code, place in zip(codes.tolist(), places.tolist(), strict=True)]
        self._tell_places(rows, places)
        return sheet.encode(rows)

    def _places(self, sheet: Sheet) -> NDArray[np.intp]:
        """Which place of its user's list each row of the sample holds."""
        return np.asarray(sheet.rows.groupby(self.user, sort=False).cumcount(), dtype=np.intp)

    def _tell_places(self, rows: pd.DataFrame, places: NDArray[np.intp]) -> None:
        """Fill in the columns that say which place a row holds."""


FORM = Long
