"""One column of a sample: what its cells and its name say about it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from shortlist.data.forms.cells import Cell, known_share, told_cell
from shortlist.data.forms.sheet import Sheet
from shortlist.data.forms.spelling import loose

LOOKED_AT = 2000
"""Distinct cells, evenly spread, from which shares are told."""


# What the names of columns often say, in the languages of the samples that were looked at.
USER = re.compile(
    r"user|customer|client|member|session|resume|visitor|account|house|player|reader|uid|cust|person|order_?id"
    r"|사용자|유저|고객|회원|이용자|구직자"
)
ITEM = re.compile(
    r"item|product|article|movie|film|song|track|book|game|recruit|posting|job|content|news|video|sku|business|isbn"
    r"|prediction|labels|recommend|hotel|coupon|store|anime|상품|제품|아이템|영화|기사|공고|추천|콘텐츠|도서"
)
KIND = re.compile(r"type|kind|event|action|behaviou?r|유형|종류")
RANK = re.compile(r"rank|^rnk$|^pos(ition)?$|^place$|순위|순번")
SCORE = re.compile(r"score|prob|rating|confid|relevan|weight|^label$|target|click|purchased|^is_|^y$|점수|평점|확률")
NUMBER = re.compile(r"^(id|idx|index|row_?id|no|unnamed.*|)$")


@dataclass(frozen=True)
class Known:
    """What other files know.

    Attributes:
        users, items: their ids.
        kinds: kinds of events; empty without kinds.
        user_column, item_column: names that competition.toml gives for the sample's columns.
        log_user, log_item: what the log calls its columns, which the sample often does too.
    """

    users: pd.Index
    items: pd.Index
    kinds: tuple[str, ...] = ()
    user_column: str | None = None
    item_column: str | None = None
    log_user: str | None = None
    log_item: str | None = None

    @cached_property
    def loose_users(self) -> pd.Index:
        """The users without what spellings differ by."""
        return pd.Index(loose(self.users))

    @cached_property
    def loose_items(self) -> pd.Index:
        """The items without what spellings differ by."""
        return pd.Index(loose(self.items))


@dataclass(frozen=True)
class Column:
    """A column of a sample.

    Attributes:
        place: its number, from 0.
        name: in the header, in small letters; empty without a header.
        every: its distinct cells, in the order of the file.
        rows: number of cells.
        known: see `Known`.
    """

    place: int
    name: str
    every: Sequence[str]
    rows: int
    known: Known

    @classmethod
    def of(cls, sheet: Sheet, place: int, known: Known) -> "Column":
        """The column at `place`."""
        name = "" if sheet.header is None else sheet.header[place].strip().casefold()
        return cls(place, name, sheet.rows[place].unique().tolist(), len(sheet), known)

    @cached_property
    def some(self) -> Sequence[str]:
        """Some of the distinct cells."""
        return self.every[:: max(1, len(self.every) // LOOKED_AT)]

    @cached_property
    def numbers(self) -> pd.Series:
        """All distinct cells as numbers, missing where they are none, or infinite."""
        numbers = pd.to_numeric(pd.Series(self.every, dtype=object), errors="coerce").astype(np.float64)
        return numbers.where(np.isfinite(numbers))

    @property
    def numeric(self) -> bool:
        """Whether all cells are numbers."""
        return bool(self.numbers.notna().all())

    @property
    def decimal(self) -> bool:
        """Whether all cells are numbers, and some of them not whole."""
        return self.numeric and bool((self.numbers % 1 != 0).any())

    @property
    def running(self) -> bool:
        """Whether the cells are 0, 1, ... or 1, 2, ... down the file, as a column that only counts rows."""
        first = self.numbers.iloc[0]
        counted = len(self.every) == self.rows and first in (0, 1)
        return counted and bool((self.numbers.diff().iloc[1:] == 1).all())

    @property
    def small(self) -> bool:
        """Whether the distinct cells are 0 ... n or 1 ... n, each several times, as ranks are."""
        span = self.numbers.max() - self.numbers.min() + 1
        return 1 < len(self.every) < self.rows and span == len(self.every) and self.numbers.min() in (0, 1)

    @cached_property
    def user_share(self) -> float:
        """Share of the cells that are known users."""
        return known_share(self.some, self.known.users)

    @cached_property
    def item_share(self) -> float:
        """Share of the items in the cells that are known."""
        return known_share(self._items, self.known.items)

    @cached_property
    def told(self) -> tuple[Cell, bool]:
        """See `told_cell`."""
        return told_cell(self.some, self.known.items)

    @property
    def constant(self) -> bool:
        """Whether all of several cells are the same, as a placeholder is."""
        return len(self.every) == 1 < self.rows

    @cached_property
    def _items(self) -> list[str]:
        cell, told = self.told
        try:
            return [item for value in self.some for item in (cell.split(value) if told else [value])]
        except ValueError:  # a list with a sign astray, which its form will name by the row
            return list(self.some)

    def named(self, trait: re.Pattern[str]) -> bool:
        """Whether the name says so; a name without a meaning, or none, says nothing."""
        return bool(self.name) and bool(trait.search(self.name))

    def likeness(self, side: re.Pattern[str]) -> float:
        """How much speaks for the column being the `USER` or the `ITEM` one; only comparisons mean something."""
        of_users = side is USER
        exact, texts = (self.user_share, self.some) if of_users else (self.item_share, self._items)
        alike = exact if exact == 1 else known_share(list(loose(texts)), self._loose(of_users))
        of_log = (self.known.log_user, self.known.log_item)
        own, other = of_log if of_users else of_log[::-1]
        score = exact + 0.5 * max(0.0, alike - exact)
        score += 0.5 * (self.named(side) or self._is(own)) - 0.5 * (
            self.named(ITEM if of_users else USER) or self._is(other)
        )
        score -= 0.5 * (self.named(RANK) or self.named(SCORE) or self.decimal)
        score -= 0.3 * (bool(NUMBER.search(self.name)) and self.running)
        if of_users:
            score -= 1.0 * self.told[1] + 0.5 * self.constant
        else:  # a placeholder looks like nothing else, and a name of a row like no item
            score += 0.3 * (self.told[1] or self.constant) - 0.2 * (self.small or len(self.every) == self.rows)
        return score - 0.01 * self.place  # users stand left of items, and items left of what is about them

    def _loose(self, of_users: bool) -> pd.Index:
        return self.known.loose_users if of_users else self.known.loose_items

    def _is(self, name: str | None) -> bool:
        return name is not None and self.name == name.strip().casefold()
