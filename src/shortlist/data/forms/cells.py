"""A list of items in one cell, in one of the ways in which samples write it."""

import ast
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pandas as pd

JSON_QUOTE = '"'

SEPARATORS = (", ", ",", "|", ";", " ")
"""Between two items. The blank goes last: it may be a part of an id."""


@dataclass(frozen=True)
class Cell:
    """How a cell holds a list.

    Attributes:
        separator: between two items.
        brackets: whether the list stands in `[ ]`.
        quote: around each item, in brackets only; empty where there is none.
    """

    separator: str = " "
    brackets: bool = False
    quote: str = ""

    @property
    def example(self) -> str:
        """What such a cell looks like."""
        return self._joined(["a", "b"])

    def split(self, cell: str) -> list[str]:
        """The items of a cell, as they are spelt there.

        Raises:
            ValueError: the cell holds no such list.
        """
        if not self.brackets:
            return cell.split(self.separator) if cell else []
        inner = cell.strip()
        if not (len(inner) > 1 and inner[0] == "[" and inner[-1] == "]"):
            raise ValueError(cell)
        if self.quote:
            return _literal(inner, json.loads if self.quote == JSON_QUOTE else ast.literal_eval)
        inner = inner[1:-1].strip()
        return [item.strip() for item in inner.split(self.separator.strip() or None)] if inner else []

    def join(self, items: Sequence[str]) -> str:
        """The cell from which `split` gives these items.

        Raises:
            ValueError: an item cannot stand in such a list; its argument is the item.
        """
        cell = self._joined(items)
        if self.split(cell) != list(items):
            raise ValueError(next((item for item in items if self.split(self._joined([item])) != [item]), cell))
        return cell

    def _joined(self, items: Sequence[str]) -> str:
        if self.quote == JSON_QUOTE:
            items = [json.dumps(item, ensure_ascii=False) for item in items]
        elif self.quote:
            items = [repr(item) for item in items]  # as Python writes a list; a quote in an id makes it "..."
        joined = self.separator.join(items)
        return f"[{joined}]" if self.brackets else joined


def told_cell(values: Sequence[str], known: pd.Index) -> tuple[Cell, bool]:
    """How some cells hold their lists, and whether they tell it: a cell of one item does not name its separator.

    Args:
        values: of the column; empty ones tell nothing.
        known: ids of items, by which a separator is told from a part of an id.
    """
    filled = [value for value in values if value]
    if filled and all(value.strip()[:1] == "[" and value.strip()[-1:] == "]" for value in filled):
        return _told_brackets([value.strip()[1:-1].strip() for value in filled])
    there = [sign for sign in SEPARATORS if any(sign in value for value in filled)]
    shares = {sign: known_share([item for value in filled for item in value.split(sign)], known) for sign in there}
    best = max(shares.values(), default=0.0)
    if best > known_share(filled, known):
        return Cell(next(sign for sign in there if shares[sign] == best)), True
    often = [sign for sign in there if sum(sign in value for value in filled) * 2 >= len(filled)]
    if often and not known_share(filled, known):
        return Cell(often[0]), True
    return Cell(), False


def known_share(ids: Sequence[str], known: pd.Index) -> float:
    """Share of the distinct ids that are known; 0 for none."""
    distinct = pd.Series(ids, dtype=object).drop_duplicates()
    return float(distinct.isin(known).mean()) if len(distinct) else 0.0


def _told_brackets(inners: Sequence[str]) -> tuple[Cell, bool]:
    first = next((inner for inner in inners if inner), "")
    quote = first[0] if first[:1] in ("'", '"') else ""
    if quote == JSON_QUOTE and not all(map(_is_json, inners)):
        quote = "'"  # Python writes "..." where an item holds the other
    signs = SEPARATORS[:2] if quote else SEPARATORS
    separators = [sign for sign in signs if any(f"{quote}{sign}{quote}" in inner for inner in inners)]
    return Cell(separators[0] if separators else ", ", True, quote), bool(separators)


def _literal(text: str, parse: Callable[[str], object]) -> list[str]:
    """A list of JSON or of Python whose items are text; who reads the one may not be able to read the other."""
    try:
        items = parse(text)
    except (SyntaxError, RecursionError, MemoryError):
        raise ValueError(text) from None
    if not (isinstance(items, list) and all(isinstance(item, str) for item in items)):
        raise ValueError(text)
    "".join(items).encode()  # half a letter, which an escape may write, is a ValueError too
    return items


def _is_json(inner: str) -> bool:
    try:
        _literal(f"[{inner}]", json.loads)
    except ValueError:
        return False
    return True
