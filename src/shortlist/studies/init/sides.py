"""What speaks for a column being the one of the users or of the items: the sample's ids, and names."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from math import log10

import pandas as pd

from shortlist.data.forms.cells import told_cell
from shortlist.data.forms.spelling import loose
from shortlist.studies.init.names import ITEM, KIND, RATING, TIME, USER, plain, says
from shortlist.studies.init.profile import Column
from shortlist.studies.init.sample import Sample

LOOSE_IDS = 200_000
"""More ids than this are compared as they are spelt only."""

FIRST = 200
"""Ids by which it is told whether two sets may have some in common at all."""

LISTS = 100_000
"""Cells of lists that are looked at."""


@dataclass(frozen=True)
class Side:
    """What speaks for a column.

    Attributes:
        score: only comparisons mean something; 0.5 is a name that fits.
        share: of the ids in the sample, or of those in the column if they are fewer, that are in both.
        place: the sample's column of them.
    """

    score: float
    share: float
    place: int


def as_users(column: Column, sample: Sample) -> Side:
    """What speaks for a column being the users'."""
    best = (0.0, 0.0, 0)
    for place, (name, ids) in enumerate(sample.parts[: sample.sheet.width]):
        share, same = _shared(ids, column.distinct), name == plain(column.name)
        score = share + sample.like_users(place) + 0.5 * same if share or same else 0.0
        best = max(best, (score, share, place))
    return Side(best[0] + _named(column, USER, ITEM), *best[1:])


def as_items(column: Column, separator: str | None, sample: Sample) -> Side:
    """What speaks for a column being the items'."""
    ids_there = column.distinct if separator is None else pd.Index(pieces(column.distinct[:LISTS], separator)).unique()
    best = (0.0, 0.0, 0)
    for place, (name, ids) in enumerate(sample.parts):
        share = _shared(ids, ids_there)
        # A sample that shows one item for all tells less than one with many.
        score = share * (1.0 if len(ids) > 2 else 0.5) + 0.5 * (name == plain(column.name))
        score -= sample.like_users(place) if place < sample.sheet.width else 0.0
        best = max(best, (score, share, place))
    size = 0.05 * log10(max(1, len(column.distinct)))
    return Side(best[0] + _named(column, ITEM, USER) + size, *best[1:])


def told_separator(column: Column, sample: Sample) -> str | None:
    """What divides the items of a cell, where the cells are lists of items that the sample knows."""
    if not column.lists:
        return None
    known = sample.parts[-1][1] if sample.sheet.width > 2 else pd.Index(sample.tokens[0]).union(sample.tokens[-1])
    cell, told = told_cell(column.some.tolist(), known)
    sign = cell.separator.strip() or " "
    divided = pd.Index(pieces(column.some, sign)).unique()
    return sign if told and _shared(known, divided) > _shared(known, column.distinct) else None


def pieces(cells: Iterable[str], separator: str) -> list[str]:
    """The items in cells that hold lists."""
    return [piece.strip(" '\"") for cell in cells for piece in cell.strip("[](){} ").split(separator) if piece]


def _named(column: Column, own: re.Pattern[str], other: re.Pattern[str]) -> float:
    """What a column's name says: for one side, for the other, or for something else."""
    score = 0.5 * says(own, column.name) - 0.5 * says(other, column.name)
    return score if score > 0 else score - 0.7 * any(says(trait, column.name) for trait in (TIME, KIND, RATING))


def _shared(some: pd.Index, others: pd.Index) -> float:
    """Share of the ids of the smaller of two sets that are in the larger, in any spelling."""
    both = len(some.intersection(others))
    if not both and len(others) <= LOOSE_IDS and _may_meet(some, others):
        some, others = pd.Index(loose(some)).unique(), pd.Index(loose(others)).unique()
        both = len(some.intersection(others))
    return both / max(1, min(len(some), len(others)))


def _may_meet(some: pd.Index, others: pd.Index) -> bool:
    """Whether ids of two sets differ by their spelling only as it seems: both have numbers, or both have none."""
    shapes = [pd.Series(loose(ids[:FIRST])).str.replace(r"\d+", "0", regex=True).unique() for ids in (some, others)]
    return bool(set(shapes[0]) & set(shapes[1]))
