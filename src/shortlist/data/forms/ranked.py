"""A row for each item, with a column that says which comes first: a rank, a score, or both."""

from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from shortlist.data.forms.base import parameters
from shortlist.data.forms.long import Long
from shortlist.data.forms.look import Look
from shortlist.data.forms.sheet import Sheet
from shortlist.data.sources.reading import shown
from shortlist.errors import SubmissionError


@parameters
class Ranked(Long):
    """The place of an item is told by its rank; where there is none, the highest score comes first.

    Args:
        rank: column of the ranks, if any.
        start: the first rank, 0 or 1.
        score: column of the scores, if any.
    """

    rank: int | None = None
    start: int = 1
    score: int | None = None

    @classmethod
    def detect(cls, look: Look) -> Self | None:
        """See `Form.detect`: the users' cells are repeated, and a further column is a rank or a score."""
        if not look.long or (look.rank is None and look.score is None):
            return None
        return cls(**{**look.common, "item": look.item, "rank": look.rank, "start": look.start, "score": look.score})

    @property
    def written(self) -> frozenset[int]:
        """See `Form.written`."""
        return frozenset({self.item} | {column for column in (self.rank, self.score) if column is not None})

    def read(self, sample: Sheet, sheet: Sheet) -> pd.DataFrame:
        """See `Form.read`."""
        entries = super().read(sample, sheet)
        if self.score is not None:
            scores = self._numbers(sheet, self.score)
            order = np.lexsort((np.arange(len(scores)), -scores))
            entries.loc[order, "position"] = entries.loc[order].groupby("user", sort=False).cumcount()
        if self.rank is not None:
            places = self._numbers(sheet, self.rank) - self.start
            if (wrong := ~_are_places(sheet.rows[self.user], places)).any():
                row, cell = self._cell(sheet, self.rank, wrong)
                raise SubmissionError(
                    f"{sheet.name}: row {row}: column {sheet.column(self.rank)}: the ranks of a user must be "
                    f"{self.start}, {self.start + 1}, ... each once, found {cell}"
                )
            entries["position"] = places.astype(np.intp)
        return entries

    def order(self, sheet: Sheet) -> pd.DataFrame:
        """See `Form.order`; the ranks where they are any."""
        if (
            self.rank is None
            or not _are_places(sheet.rows[self.user], _numbers(sheet.rows[self.rank]) - self.start).all()
        ):
            return super().order(sheet)
        return super().order(sheet).assign(rank=sheet.rows[self.rank])

    def _places(self, sheet: Sheet) -> NDArray[np.intp]:
        """See `Long`; by the sample's ranks where they are any, since a sample may hold the last place first."""
        if self.rank is not None:
            places = _numbers(sheet.rows[self.rank]) - self.start
            if _are_places(sheet.rows[self.user], places).all():
                return places.astype(np.intp)
        return super()._places(sheet)

    def _tell_places(self, rows: pd.DataFrame, places: NDArray[np.intp]) -> None:
        if self.rank is not None:
            # Not 1 for a cell that says 1.0 or 01 already.
            there = _numbers(rows[self.rank]) == places + self.start
            rows[self.rank] = rows[self.rank].where(there, pd.Series(places + self.start, rows.index).astype(str))
        if self.score is not None:
            decimals = 2 * len(str(int(places.max(initial=0)) + 1)) + 1  # 1/n - 1/(n + 1) is above 1/(n + 1)^2
            rows[self.score] = [f"{1 / (place + 1):.{decimals}f}" for place in places]

    def _numbers(self, sheet: Sheet, column: int) -> NDArray[np.float64]:
        numbers = _numbers(sheet.rows[column])
        if (wrong := ~np.isfinite(numbers)).any():
            row, cell = self._cell(sheet, column, wrong)
            raise SubmissionError(
                f"{sheet.name}: row {row}: column {sheet.column(column)}: must be a number, found {cell}"
            )
        return numbers

    @staticmethod
    def _cell(sheet: Sheet, column: int, wrong: NDArray[np.bool_]) -> tuple[int, str]:
        """Row number and value of the first cell that is wrong."""
        place = int(np.argmax(wrong))
        return int(sheet.rows.index[place]), shown(sheet.rows[column].iloc[place])


def _numbers(cells: pd.Series) -> NDArray[np.float64]:
    return pd.to_numeric(cells, errors="coerce").to_numpy(np.float64, na_value=np.nan)


def _are_places(users: pd.Series, places: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which rows hold a place 0 ... n-1 of their user's n rows that no earlier row holds."""
    sizes = users.groupby(users, sort=False).transform("size").to_numpy()
    table = pd.DataFrame({"user": users.to_numpy(), "place": places})
    whole = (places >= 0) & (places < sizes) & (places == np.floor(places))
    return whole & ~table.duplicated().to_numpy()


FORM = Ranked
