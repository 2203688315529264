"""What a form is: how lists become rows of the CSV, and how rows are read back to be checked."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from shortlist.common.parameters import parameters as parameters
from shortlist.data.forms.look import Look
from shortlist.data.forms.sheet import Sheet, rows_named
from shortlist.data.sources.reading import shown
from shortlist.errors import SubmissionError

KEYS = ["user", "kind"]
"""What a request is; the kind is '' in a form without kinds."""


@dataclass(frozen=True)
class Length:
    """How many items a request has in the sample.

    Attributes:
        exact: the number, where all have the same; None otherwise, or where the sample shows no lists.
        usual: the most common number; None where the sample shows no lists.
    """

    exact: int | None
    usual: int | None


@parameters
class Form(ABC):
    """The form of a submission. Its fields are what the sample has told; columns are numbered 0, 1, ... from the left.

    Args:
        header: whether the first row is the names of the columns.
        width: number of columns.
        user: column of the users.
    """

    uses_seed: ClassVar[bool] = False
    """See `Registry.make`: nothing is random here."""

    one_row: ClassVar[bool] = True
    """Whether each request has one row, which holds its whole list."""

    header: bool = True
    width: int
    user: int

    @classmethod
    @abstractmethod
    def detect(cls, look: Look) -> Self | None:
        """The form of a sample; None where it has another form."""

    @abstractmethod
    def entries(self, sheet: Sheet) -> pd.DataFrame:
        """An entry for each item, in the order of the file.

        Returns:
            Columns user, kind, item (text), row (its number in the file) and position (place in the request's list,
            from 0). An id is as the file spells it; an item may be empty.

        Raises:
            SubmissionError: a cell does not hold what it must.
        """

    @abstractmethod
    def write(self, sheet: Sheet, lists: Sequence[Sequence[str]]) -> bytes:
        """The CSV, in the sample's dialect and order of rows.

        Args:
            sheet: the sample.
            lists: item ids, best first, for each of `requests(sheet)`.

        Raises:
            SubmissionError: the sample's rows have no place for lists so long, or an id cannot stand there.
        """

    @property
    @abstractmethod
    def written(self) -> frozenset[int]:
        """Columns that `write` fills in; all others but the user's are the sample's."""

    @property
    def kind(self) -> str:
        """Name of the form."""
        return type(self).__module__.rpartition(".")[2]

    @property
    def extra(self) -> list[int]:
        """Columns whose values are the sample's."""
        return sorted(set(range(self.width)) - self.written - {self.user})

    def stored(self) -> dict[str, Any]:
        """As plain values; `registry.make_form` makes it again."""
        return {"kind": self.kind, **asdict(self)}  # type: ignore[call-overload]  # every subclass is a dataclass

    def asked(self, sheet: Sheet) -> pd.DataFrame:
        """Columns user and kind of each row; the index is the row number."""
        return pd.DataFrame({"user": sheet.rows[self.user], "kind": ""}, index=sheet.rows.index)

    def order(self, sheet: Sheet) -> pd.DataFrame:
        """What tells the rows apart whose order the sample prescribes: columns user and kind, and perhaps rank."""
        return self.asked(sheet)

    def requests(self, sheet: Sheet) -> pd.DataFrame:
        """Columns user and kind, each pair once, in the order of the file; index 0, 1, ..."""
        return self.asked(sheet).drop_duplicates(ignore_index=True)

    def length(self, sheet: Sheet) -> Length:
        """How many items a request has in the sample."""
        sizes = self.entries(sheet).groupby(KEYS, sort=False).size()
        asked = len(self.requests(sheet))
        if not len(sizes):
            return Length(None, None)
        exact = int(sizes.iloc[0]) if len(sizes) == asked and sizes.min() == sizes.max() else None
        return Length(exact, int(sizes.mode().max()))

    def sample_items(self, sheet: Sheet) -> list[str]:
        """The distinct item ids in the sample, in its order; empty cells are none."""
        return [item for item in self.entries(sheet)["item"].unique() if item]

    def read(self, sample: Sheet, sheet: Sheet) -> pd.DataFrame:
        """The entries of a CSV that is to be handed in.

        Args:
            sample: the organiser's.
            sheet: the CSV, from `read_sheet_like`.

        Returns:
            See `entries`; the position goes by rank or score where there is one.

        Raises:
            SubmissionError: the CSV has another form than the sample.
        """
        entries = self.entries(sheet)
        if self.one_row and (twice := self.asked(sheet).duplicated()).any():
            user = shown(sheet.rows.loc[twice, self.user].iloc[0])
            named = rows_named(sheet.rows.index[twice])
            raise SubmissionError(
                f"{sheet.name}: {named}: user has a row already ({user}); the sample has one for each"
            )
        self._check_extra(sample, sheet)
        return entries

    def _check_extra(self, sample: Sheet, sheet: Sheet) -> None:
        if not self.extra:
            return
        if len(sheet) != len(sample):
            name = sample.column(self.extra[0])
            raise SubmissionError(
                f"{sheet.name}: has {len(sheet):,} rows where the sample has {len(sample):,}; "
                f"column {name} must be the sample's"
            )
        for column in self.extra:
            wrong = (sheet.rows[column].to_numpy() != sample.rows[column].to_numpy()).astype(bool)
            if wrong.any():
                place = int(np.argmax(wrong))
                given, wanted = (shown(table.rows[column].iloc[place]) for table in (sheet, sample))
                row = sheet.rows.index[place]
                raise SubmissionError(
                    f"{sheet.name}: row {row}: column {sheet.column(column)}: must be the sample's {wanted}, "
                    f"found {given}"
                )


def ragged(sheet: Sheet, rows: int | None, lists: Sequence[Sequence[str]]) -> SubmissionError:
    """The error for lists of another length than the sample has room for."""
    sizes = sorted({len(items) for items in lists})
    lengths = ", ".join(str(size) for size in sizes[:3])
    room = "different numbers of" if rows is None else rows
    return SubmissionError(f"{sheet.name}: has room for {room} items a user, and the lists have {lengths}; set k to it")


def counted(sizes: NDArray[np.intp]) -> NDArray[np.intp]:
    """0, 1, ... for each of some lists of these sizes, one after the other."""
    return np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)


def entries_of(asked: pd.DataFrame, lists: Iterable[Sequence[str]]) -> pd.DataFrame:
    """Entries from rows that hold a whole list each; see `Form.entries`."""
    parts = list(lists)
    sizes = np.array([len(items) for items in parts], dtype=np.intp)
    repeated = asked.iloc[np.repeat(np.arange(len(parts)), sizes)]
    return pd.DataFrame(
        {
            "user": repeated["user"].to_numpy(),
            "kind": repeated["kind"].to_numpy(),
            "item": pd.Series([item for items in parts for item in items], dtype=str),
            "row": repeated.index.to_numpy(),
            "position": counted(sizes),
        }
    )
