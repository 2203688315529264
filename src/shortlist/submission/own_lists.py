"""The competition's own last word on the final lists: `data/<competition>/final_lists.py`, where it is there."""

from collections.abc import Callable
from importlib import import_module
from typing import Any

import numpy as np
import pandas as pd

from shortlist.common import own
from shortlist.common.arrays import IntArray
from shortlist.common.own_faults import OwnPartError, called, demand
from shortlist.common.progress import note
from shortlist.data.dataset import Dataset
from shortlist.errors import shown

NAME = "final_lists"
"""Of the file, and of the function in it."""


def own_final_lists() -> list[str]:
    """The module that changes the final lists; none where the competition has no such file."""
    return [own.module_of(NAME)] if NAME in own.files() else []


def final_lists_function() -> Callable[..., Any] | None:
    """The function in it.

    Raises:
        OwnPartError: the file has none of that name.
    """
    for module in own_final_lists():
        function = getattr(import_module(module), NAME, None)
        if not callable(function):
            file = own.shown(own.files()[NAME])
            raise OwnPartError(f"{file}: has no function `{NAME}(users, items, dataset)`; fix it")
        return function
    return None


def last_word(users: pd.Series, items: np.ndarray, dataset: Dataset) -> np.ndarray:
    """The final lists as the competition's own function wants them, or as they are where there is none.

    Args:
        users: (m,) ids of those asked, one for each list.
        items: (m, k) ids, best first.
        dataset: of all events.

    Raises:
        OwnPartError: what the function gives are no such lists.
    """
    function = final_lists_function()
    if function is None:
        return items
    ids = np.asarray(users, dtype=object), items.astype(object)
    given = np.asarray(called(function, ids[0], ids[1].copy(), dataset), dtype=object)
    lists = dataset.items.ids[_codes(function, given, ids, dataset)]
    changed = int((lists != ids[1]).any(axis=1).sum())
    note(f"final_lists: {changed:,} of {len(lists):,} lists changed")
    return lists


def _codes(
    function: Callable[..., Any], given: np.ndarray, ids: tuple[np.ndarray, np.ndarray], dataset: Dataset
) -> IntArray:
    """The items that the function gives, (m, k) codes, known and distinct in each list."""
    users, before = ids
    demand(function, given.shape == before.shape, f"{NAME} gives {given.shape}, expected {before.shape} item ids")
    codes = dataset.items.codes(given.ravel()).reshape(given.shape)
    for row in np.flatnonzero((codes < 0).any(axis=1))[:1]:
        wrong = shown(given[row][codes[row] < 0][0])
        demand(function, False, f"{NAME} gives user {shown(users[row])} an unknown item, {wrong}")
    for row, items in enumerate(codes):
        demand(function, len(set(items)) == len(items), f"{NAME} gives user {shown(users[row])} an item twice")
    return codes
