"""What the columns of a table of text are, told by their values."""

from collections.abc import Collection
from pathlib import Path

import numpy as np
import pandas as pd
import pandera.pandas as pa

from shortlist.data.sources.reading import IsoDate, checked

NUMBER = pa.Column(float, pa.Check(np.isfinite, error="finite"), coerce=True)
"""One that must be there."""

ISO_DATE = r"\d{4}-\d{2}-\d{2}([T ].*)?"

SEPARATORS = r"[|;]"
"""Between the words of a cell, as in "Action|Comedy"."""

ROWS_OF_A_CODE = 5
"""Text whose values are there in so many rows on average is a category; rarer text is words."""


def with_roles(path: Path, table: pd.DataFrame, codes: Collection[str] = ()) -> pd.DataFrame:
    """The table with each column's role as its dtype, see `dataset.Dataset`.

    A column of numbers only is a number, one of ISO dates only a date. Other text is a category if its values repeat
    and none is a list, otherwise words.

    Args:
        path: of its file, for messages.
        table: as `reading.read_text` gives it.
        codes: columns that are categories whatever their values.

    Raises:
        DataError: a number or date is none that can be used, such as 2020-13-01.
    """
    roles = {column: _category() if column in codes else role_of(table[column]) for column in table}
    typed = checked(path, table, pa.DataFrameSchema(roles))
    words = [name for name in typed if isinstance(typed[name].dtype, pd.StringDtype)]
    return typed.assign(**{str(name): typed[name].str.replace(SEPARATORS, ";", regex=True) for name in words})


def role_of(column: pd.Series) -> pa.Column:
    """The role that the known values of a column ask for."""
    values = column.dropna()
    if len(values) and pd.to_numeric(values, errors="coerce").notna().all():
        return pa.Column(float, pa.Check(np.isfinite, error="finite"), nullable=True, coerce=True)
    if len(values) and values.str.fullmatch(ISO_DATE).all():
        return pa.Column(IsoDate(), nullable=True, coerce=True)
    if not values.str.contains(SEPARATORS).any() and len(values) >= ROWS_OF_A_CODE * values.nunique():
        return _category()
    return pa.Column(str, nullable=True)


def _category() -> pa.Column:
    return pa.Column("category", nullable=True, coerce=True)
