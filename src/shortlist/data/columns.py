"""A table's columns as numbers, by the role that each column's dtype gives it: sparse indicators above all."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
import scipy.sparse as sp
from numpy.typing import NDArray

from shortlist.common.arrays import IntArray

Dates = Literal["month", "quantile", "none"]
"""How a date becomes a category: its calendar month, its decile within the table, or not at all."""

WORD = r"[^;\s]+"

TOO_COMMON = 0.95
"""A feature that more than this share of the rows have tells them apart too little."""


@dataclass(frozen=True)
class Indicators:
    """Which features each row has.

    Attributes:
        matrix: (rows, F) float32 CSR of ones, columns sorted within a row.
        names: F names, "column=value".
    """

    matrix: sp.csr_matrix
    names: list[str]


def indicators(table: pd.DataFrame, *, min_count: int = 5, buckets: int = 10, dates: Dates = "month") -> Indicators:
    """Indicator features of a table: categories and words by value, numbers in quantile buckets, dates by `dates`.

    A missing value is a feature of its own, "column=": leaving a field open says something too.

    Args:
        table: columns of dtype category, datetime64, number or string (words separated by spaces or semicolons).
        min_count: rows that must have a feature for it to be kept.
        buckets: quantile buckets of a number; a number with no more distinct values is a category.
        dates: see `Dates`.
    """
    columns = [_values(table[column], buckets, dates) for column in table if not _is_unused(table[column], dates)]
    named = [f"{column.name}=" + column for column in columns]
    values = pd.concat(named) if named else pd.Series([], dtype=str, index=pd.Index([], dtype=np.int64))
    codes, names = pd.factorize(values, sort=True)
    ones = np.ones(len(codes), dtype=np.float32)
    matrix = sp.csr_matrix((ones, (values.index.to_numpy(), codes)), shape=(len(table), len(names)))
    matrix.sum_duplicates()
    matrix.data[:] = 1
    counts = matrix.getnnz(axis=0)
    kept = np.flatnonzero((counts >= min_count) & (counts <= TOO_COMMON * len(table)))
    matrix = matrix[:, kept].tocsr()
    matrix.sort_indices()
    return Indicators(matrix, [str(names[int(column)]) for column in kept])


def equal_rows(table: pd.DataFrame) -> IntArray:
    """Number of the group of rows without a difference, (rows,) int32; a missing value equals another.

    Without columns each row is a group of its own: nothing says that two are alike.
    """
    if not table.shape[1]:
        return np.arange(len(table), dtype=np.int32)
    groups = table.groupby(list(table.columns), dropna=False, observed=True, sort=False)
    return groups.ngroup().to_numpy().astype(np.int32)


def days(dates: pd.Series) -> NDArray[np.float64]:
    """Days since 1970, (rows,) float64; NaN where there is no date."""
    return np.asarray((dates - pd.Timestamp(0)) / pd.Timedelta(days=1), dtype=np.float64)


def tfidf(table: pd.DataFrame, min_count: int = 2) -> sp.csr_matrix:
    """TF-IDF vectors of the rows by their `indicators`, (rows, F) float32 of length 1 (Salton and Buckley 1988)."""
    from sklearn.feature_extraction.text import TfidfTransformer  # a second that most stages need not pay

    features = indicators(table, min_count=min_count).matrix
    return TfidfTransformer().fit_transform(features).astype(np.float32) if features.shape[1] else features


def _is_unused(column: pd.Series, dates: Dates) -> bool:
    return dates == "none" and pd.api.types.is_datetime64_any_dtype(column)


def _values(column: pd.Series, buckets: int, dates: Dates) -> pd.Series:
    """The column's values as strings, index = row position; a row may stand several times."""
    column = column.reset_index(drop=True)
    if pd.api.types.is_datetime64_any_dtype(column):
        values = (
            column.dt.strftime("%Y-%m")
            if dates == "month"
            else _bucket(column.astype("int64").where(column.notna()), buckets)
        )
    elif pd.api.types.is_numeric_dtype(column):
        values = (
            _bucket(column, buckets) if column.nunique() > buckets else column.map("{:.12g}".format, na_action="ignore")
        )
    elif isinstance(column.dtype, pd.CategoricalDtype):
        values = column.astype(object)
    else:
        values = column.str.findall(WORD).explode()
    return values.fillna("").astype(str)


def _bucket(column: pd.Series, buckets: int) -> pd.Series:
    """Quantile bucket of each number, as a string; missing stays missing."""
    share = column.rank(method="average", pct=True)
    return pd.Series(np.ceil(share * buckets) - 1, column.index).map("{:g}".format, na_action="ignore")
