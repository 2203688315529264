"""What files of raw/ say of the question: who is asked, and what may be answered."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import scipy.sparse as sp

from shortlist.common.progress import note
from shortlist.data.asked import Asked
from shortlist.data.dataset import Dataset, IdIndex
from shortlist.data.sources.reading import check_ids, read_text
from shortlist.errors import DataError, listed


def read_asked_ids(path: Path, known: IdIndex) -> pd.Index:
    """Ids of the users who are asked, from a file that lists them."""
    table = read_text(path, [])
    ids = table[_column_of(path, table, known, "users")].dropna()
    check_ids(path, ids, distinct := ids.unique())
    return pd.Index(distinct)


def with_permitted(asked: Asked, path: Path, dataset: Dataset) -> Asked:
    """The same with the items that a file permits: to everybody or, where it has users too, to each of them."""
    table = read_text(path, [])
    column = _column_of(path, table, dataset.items, "items")
    items = dataset.items.codes(table[column])
    if unknown := int((items < 0).sum()):
        note(f"notice: {path}: column {column}: {unknown:,} rows of items that no log or table has are left out")
    users = [name for name in table if name != column and _overlap(table[name], dataset.users) == 1]
    if not users:
        permitted = np.zeros(len(dataset.items), dtype=bool)
        permitted[items[items >= 0]] = True
        return replace(asked, permitted=permitted)
    codes, shape = dataset.users.codes(table[users[0]]), (len(dataset.users), len(dataset.items))
    both = (codes >= 0) & (items >= 0)
    lists = sp.csr_matrix((np.ones(both.sum(), dtype=np.float32), (codes[both], items[both])), shape=shape)
    lists.sum_duplicates()
    return replace(asked, lists=lists)


def _column_of(path: Path, table: pd.DataFrame, known: IdIndex, noun: str) -> str:
    """The column of a file that holds most ids that are known."""
    shares = {str(name): _overlap(table[name], known) for name in table}
    best = max(shares, key=lambda name: shares[name])
    if not shares[best] and len(shares) > 1:
        raise DataError(f"{path}: no column holds known {noun}; there are {listed(shares)}")
    return best


def _overlap(column: pd.Series, known: IdIndex) -> float:
    values = column.dropna()
    return float(values.isin(known.lookup).mean()) if len(values) else 0.0
