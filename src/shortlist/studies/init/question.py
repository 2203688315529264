"""What is asked, as far as sample and log tell it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from shortlist.common.arrays import DoubleArray, IntArray
from shortlist.data.dataset import Dataset
from shortlist.data.forms.base import Form
from shortlist.data.forms.detect import detect_sample
from shortlist.data.forms.look import Known
from shortlist.data.forms.sheet import Sheet
from shortlist.data.sources.spelling import check_spelling
from shortlist.errors import DataError

REPEATED = 0.05
"""From this share of events on that repeat an earlier one, items that a user has already may come again."""

NO_K = 10
"""Where the sample shows no lists."""


@dataclass(frozen=True)
class Told:
    """The question and the figures behind it.

    Attributes:
        form: of the sample.
        k: items for each user.
        k_known: whether the sample shows it.
        kinds: kinds of events that the sample asks for apart, if any.
        asked: (m,) int32 codes of the asked users, -1 for one that no file has.
        cold: how many of them have no event.
        repeats: share of events whose user has had the item before, by an event of the same kind.
        unknown_items: whether the sample shows items, none of which any file has.
    """

    form: Form
    k: int
    k_known: bool
    kinds: tuple[str, ...]
    asked: IntArray
    cold: int
    repeats: float
    unknown_items: bool

    @property
    def seen(self) -> Literal["drop", "keep"]:
        """Whether items may come again."""
        return "keep" if self.repeats >= REPEATED else "drop"

    @property
    def with_history(self) -> IntArray:
        """Codes of those asked who are known."""
        return self.asked[self.asked >= 0]


def told_question(
    path: Path, dataset: Dataset, log_user: str | None, log_item: str | None, log_rating: str | None
) -> Told:
    """Read the sample with the ids that the other files know.

    Args:
        path: of the sample.
        dataset: the other files.
        log_user, log_item, log_rating: names of the log's columns.

    Raises:
        DataError: its form is not known.
        NotAListForm: it asks for something else than lists.
    """
    known = Known(
        dataset.users.lookup, dataset.items.lookup, tuple(dataset.kinds), log_user=log_user, log_item=log_item
    )
    sheet, form = detect_sample(path, known)
    _check_ranking(sheet, form, dataset)
    _check_ratings(sheet, form, log_rating)
    requests = form.requests(sheet)
    kinds = tuple(kind for kind in requests["kind"].unique() if kind)
    asked = dataset.users.codes(requests["user"].unique())
    length = form.length(sheet)
    have = np.bincount(dataset.events.user, minlength=len(dataset.users)) > 0
    cold = int((asked < 0).sum() + (~have[asked[asked >= 0]]).sum())
    items = form.sample_items(sheet)
    check_spelling("user", ("the other files", dataset.users.ids), (sheet.name, requests["user"]))
    check_spelling("item", ("the other files", dataset.items.ids), (sheet.name, items))
    strange = bool(items) and not dataset.items.lookup.isin(items).any()
    return Told(
        form, length.usual or NO_K, length.usual is not None, kinds, asked, cold, repeats_of(dataset), strange
    )  # fmt: skip


def repeats_of(dataset: Dataset) -> float:
    """Share of the events whose user has had the item at another time, by an event of the same kind."""
    events = dataset.events
    if not len(events):
        return 0.0
    keys: list[NDArray[np.integer | np.floating]] = [events.user.astype(np.int64) * len(dataset.items) + events.item]
    keys += [] if events.kind is None else [events.kind]
    every = keys if events.time is None else [*keys, events.time]
    # Rows that are the same in everything, time too, are one event written twice.
    total = len(events) if events.time is None else _distinct(every)
    return 1 - _distinct(keys) / total


def _distinct(keys: list[NDArray[np.integer | np.floating]]) -> int:
    order = np.lexsort(keys)
    new = np.zeros(len(order), dtype=bool)
    new[:1] = True
    for key in keys:
        new[1:] |= np.diff(key[order]) != 0
    return int(new.sum())


def user_spans(dataset: Dataset) -> tuple[DoubleArray, DoubleArray, DoubleArray]:
    """First and last time of each user, and number of events, three (U,); NaN for users without events."""
    events, users = dataset.events, len(dataset.users)
    first, last = np.full(users, np.inf), np.full(users, -np.inf)
    if events.time is None:
        raise ValueError("a log without times")
    np.minimum.at(first, events.user, events.time)
    np.maximum.at(last, events.user, events.time)
    count = np.bincount(events.user, minlength=users).astype(np.float64)
    none = count == 0
    return np.where(none, np.nan, first), np.where(none, np.nan, last), count


def _check_ratings(sheet: Sheet, form: Form, log_rating: str | None) -> None:
    """Make sure that the sample's column of scores is not what the log calls the rating."""
    score = getattr(form, "score", None)
    if score is not None and sheet.header is not None and sheet.header[score] == log_rating:
        raise DataError(
            f"{sheet.name}: holds pairs to be rated: column {log_rating} is the rating of the log; Shortlist makes "
            f"lists of items"
        )


def _check_ranking(sheet: Sheet, form: Form, dataset: Dataset) -> None:
    """Make sure that the lists are no orders of shown items, 1 ... n for each row."""
    if not form.one_row:
        return
    entries = form.entries(sheet)
    known = dataset.items.lookup.isin(entries["item"].unique()).mean()
    numbers = entries["item"].str.fullmatch(r"\d+")
    if not len(entries) or not numbers.all() or known > 0.5:
        return
    ranks = entries.assign(item=entries["item"].astype(float)).groupby("row")["item"]
    sizes, lowest, highest = ranks.size(), ranks.min(), ranks.max()
    orders = (lowest == 1) & (highest == sizes) & (ranks.nunique() == sizes)
    if sizes.min() < sizes.max() and orders.all():
        raise DataError(
            f"{sheet.name}: holds orders of shown items, 1 to n in each row; Shortlist makes lists out of all items"
        )
