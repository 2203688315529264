"""Whether the dataset has what is asked of it: k items for every user, and the columns that competition.toml names."""

from collections.abc import Mapping, Sequence

import numpy as np

from shortlist.config.competition import Question
from shortlist.data.asked import Asked
from shortlist.data.dataset import Dataset
from shortlist.data.sources.reading import shown
from shortlist.errors import ConfigError, DataError
from shortlist.retrievers.base import Retriever
from shortlist.retrievers.topk import Bounds
from shortlist.validation.question import Asking

USERS_AT_ONCE = 4096
"""Whose permitted items are counted in one piece."""


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
    for start in range(0, len(asked.users), USERS_AT_ONCE):
        block = asked.users[start : start + USERS_AT_ONCE]
        own = bounds.of_users(block)
        if bounds.lists is not None or bounds.seen is not None:
            left[start : start + USERS_AT_ONCE] = _left(own, len(block), len(dataset.items))
    if (short := left < k).any():
        names = dataset.users.ids[asked.users[short]]
        first, number = shown(names[0]), int(left[short][0])
        raise DataError(
            f"users asked for: {first} has only {number} of {total} items left ({int(short.sum())} such users) and "
            f'question.k is {k}; set question.seen = "keep" if items may come again, or add items with source.items'
        )


def check_columns(dataset: Dataset, retrievers: Mapping[str, Retriever], groups: Sequence[str]) -> None:
    """Make sure that the columns which retrievers and the report name are there.

    Args:
        dataset: whose tables have columns.
        retrievers: by the names of their tables.
        groups: what the report splits recall by.

    Raises:
        ConfigError: one is not; the line begins with the key.
    """
    for name, retriever in retrievers.items():
        if (fault := retriever.lacking(dataset)) is not None:
            raise ConfigError(f"retrievers.{name}: {fault}")
    categories = [
        str(column) for table in (dataset.user_table, dataset.item_table) for column in table.select_dtypes("category")
    ]
    for column in groups:
        if column not in categories:
            known = ", ".join(categories) or "none"
            raise ConfigError(f"report.groups: no table has a category column {shown(column)}; there are: {known}")


def _left(own: Bounds, users: int, items: int) -> np.ndarray:
    """Items that each user can be given, (users,); the bounds have the rows of these users."""
    permitted = own.permitted(users)
    if permitted is None:
        return np.full(users, items) if own.seen is None else items - np.diff(own.seen.indptr)
    left = permitted.sum(axis=1)
    if own.seen is not None:
        row = np.repeat(np.arange(users), np.diff(own.seen.indptr))
        left = left - np.bincount(row, weights=permitted[row, own.seen.indices], minlength=users).astype(int)
    return left
