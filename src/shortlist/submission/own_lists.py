"""The competition's own last word on the final lists: `data/<competition>/final_lists.py`, where it is there."""

from collections.abc import Callable
from importlib import import_module
from typing import Any

import numpy as np
import pandas as pd

from shortlist.common import own
from shortlist.common.own_faults import OwnPartError, called, demand
from shortlist.common.progress import note
from shortlist.data.dataset import Dataset

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
            raise OwnPartError(f"{file}: has no function `{NAME}(users, items, dataset)`; mend it")
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
    found = np.asarray(called(function, ids[0], ids[1].copy(), dataset), dtype=object)
    _check(function, found, ids, dataset)
    changed = int((found != ids[1]).any(axis=1).sum())
    note(f"final_lists: {changed:,} of {len(found):,} lists changed")
    return found.astype(str)


def _check(
    function: Callable[..., Any], found: np.ndarray, ids: tuple[np.ndarray, np.ndarray], dataset: Dataset
) -> None:
    users, before = ids
    demand(function, found.shape == before.shape, f"{NAME} gives {found.shape}, expected {before.shape} item ids")
    unknown = dataset.items.codes(found.astype(str).ravel()).reshape(found.shape) < 0
    for row in np.flatnonzero(unknown.any(axis=1))[:1]:
        demand(function, False, f"{NAME} gives user '{users[row]}' an unknown item, '{found[row][unknown[row]][0]}'")
    for row, items in enumerate(found):
        demand(function, len(set(items)) == len(items), f"{NAME} gives user '{users[row]}' an item twice")
