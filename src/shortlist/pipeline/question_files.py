"""What files of raw/ say of the question: who is asked, what may be answered, and whether that leaves enough."""

from pathlib import Path

import numpy as np
import pandas as pd
import scipy.sparse as sp

from shortlist.common.progress import note
from shortlist.config.competition import Question
from shortlist.data.asked import Asked
from shortlist.data.dataset import Dataset, IdIndex
from shortlist.data.sources.reading import read_text, shown
from shortlist.errors import DataError
from shortlist.validation.question import Asking

NAMED = 3
"""Ids that a message names."""


def read_asked_ids(path: Path, known: IdIndex) -> pd.Index:
    """Ids of the users who are asked, from a file that lists them."""
    table = read_text(path, [])
    return pd.Index(table[_column_of(path, table, known, "users")].dropna().unique())


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
        return Asked(asked.users, permitted)
    codes, shape = dataset.users.codes(table[users[0]]), (len(dataset.users), len(dataset.items))
    both = (codes >= 0) & (items >= 0)
    lists = sp.csr_matrix((np.ones(both.sum(), dtype=np.float32), (codes[both], items[both])), shape=shape)
    lists.sum_duplicates()
    return Asked(asked.users, None, lists)


def check_enough(dataset: Dataset, asked: Asked, asking: Asking, question: Question) -> None:
    """Make sure that every user who is asked for can be given k items.

    Raises:
        DataError: the catalogue is too small, or too few items are left for a user.
    """
    bounds, k = asking.bounds(dataset, asked=True), question.k
    total = len(dataset.items) if bounds.items is None else int(bounds.items.sum())
    if total < k:
        raise DataError(
            f"{total} items may be recommended and question.k is {k}; name a file with all items in source.items, "
            f"or look at question.items"
        )
    left = np.full(len(asked.users), total)
    for start in range(0, len(asked.users), 4096):
        block = asked.users[start : start + 4096]
        own = bounds.of_users(block)
        if bounds.lists is not None or bounds.seen is not None:
            left[start : start + 4096] = _left(own, len(block), len(dataset.items))
    if (short := left < k).any():
        names = dataset.users.ids[asked.users[short]]
        first, number = shown(names[0]), int(left[short][0])
        raise DataError(
            f"users asked for: {first} has only {number} of {total} items left ({int(short.sum())} such users) and "
            f'question.k is {k}; set question.seen = "keep" if items may come again, or add items with source.items'
        )


def _left(own, users: int, items: int) -> np.ndarray:  # type: ignore[no-untyped-def]
    permitted = own.permitted(users)
    if permitted is None:
        return items - np.diff(own.seen.indptr)
    left = permitted.sum(axis=1)
    if own.seen is not None:
        row = np.repeat(np.arange(users), np.diff(own.seen.indptr))
        left = left - np.bincount(row, weights=permitted[row, own.seen.indices], minlength=users).astype(int)
    return left


def _column_of(path: Path, table: pd.DataFrame, known: IdIndex, noun: str) -> str:
    """The column of a file that holds most ids that are known."""
    shares = {str(name): _overlap(table[name], known) for name in table}
    best = max(shares, key=lambda name: shares[name])
    if not shares[best] and len(shares) > 1:
        raise DataError(f"{path}: no column holds known {noun}; there are {', '.join(shares)}")
    return best


def _overlap(column: pd.Series, known: IdIndex) -> float:
    values = column.dropna()
    return float(values.isin(known.lookup).mean()) if len(values) else 0.0
