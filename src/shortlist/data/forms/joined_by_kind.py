"""A row for each user and kind of event, whose items are a list in one cell."""

from typing import Self

import pandas as pd

from shortlist.data.forms.base import parameters
from shortlist.data.forms.joined import Joined
from shortlist.data.forms.look import Look
from shortlist.data.forms.sheet import Sheet


@parameters
class JoinedByKind(Joined):
    """The kind stands behind the user in one cell, as in `123_clicks`, or in a column of its own.

    Args:
        joint: between user and kind in one cell.
        kinds: column of the kinds; None where they stand in the user's cell.
    """

    joint: str = "_"
    kinds: int | None = None

    @classmethod
    def detect(cls, look: Look) -> Self | None:
        """See `Form.detect`: a row for each user and kind, and one column of items."""
        if not look.one_row or look.wide or not look.by_kind:
            return None
        return cls(**{**look.common, **look.cell, "item": look.item, "joint": look.joint or "_", "kinds": look.kinds})

    @property
    def extra(self) -> list[int]:
        """See `Form.extra`."""
        return [column for column in super().extra if column != self.kinds]

    def asked(self, sheet: Sheet) -> pd.DataFrame:
        """See `Form.asked`."""
        cells = sheet.rows[self.user]
        if self.kinds is not None:
            return pd.DataFrame({"user": cells, "kind": sheet.rows[self.kinds]}, index=sheet.rows.index)
        # A cell without a kind is a user whom nobody asks for; its kind is ''.
        parts = cells.str.rpartition(self.joint)
        alone = parts[1] == ""
        return pd.DataFrame({"user": parts[0].where(~alone, cells), "kind": parts[2].where(~alone, "")})


FORM = JoinedByKind
