"""The data of a competition as every model sees it: users, items, the events between them, a table for each side."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import numpy as np
import pandas as pd
import scipy.sparse as sp
from numpy.typing import ArrayLike, NDArray

from shortlist.common.array_files import open_arrays, write_arrays
from shortlist.common.arrays import DoubleArray, FloatArray, IntArray
from shortlist.common.files import atomic
from shortlist.common.fingerprints import file_digest, fingerprint
from shortlist.common.progress import note
from shortlist.common.seals import reading
from shortlist.data.events import Events
from shortlist.data.ids import IdIndex as IdIndex
from shortlist.data.ids import id_fault, packed, unpacked, wrong_id
from shortlist.errors import DataError, brief, shown

EVENTS = "events.npz"
"""The file that is written last."""

PACKED = ("users", "items", "kinds")
"""Texts in it, see `ids.packed`."""


@dataclass(frozen=True)
class Dataset:
    """Users, items and the observed events; immutable, so that no model can change what the next one sees.

    A pair is a user and an item with at least one event. The role of a table's column is its dtype: `category`,
    `datetime64`, a number, or a string, which holds words separated by spaces or semicolons.

    Attributes:
        users, items: the ids; U and I below are their numbers.
        events: who took what, sorted by user, then item, then time.
        user_table, item_table: U and I rows, row = code.
        kinds: kind of event -> its weight, in the order of the codes in `events.kind`; empty without kinds.
    """

    users: IdIndex
    items: IdIndex
    events: Events
    user_table: pd.DataFrame
    item_table: pd.DataFrame
    kinds: Mapping[str, float]

    def __len__(self) -> int:
        """Number of events."""
        return len(self.events)

    @classmethod
    def from_events(
        cls,
        ids: pd.DataFrame,
        user_table: pd.DataFrame | None = None,
        item_table: pd.DataFrame | None = None,
        *,
        time: ArrayLike | None = None,
        kind: ArrayLike | None = None,
        amount: ArrayLike | None = None,
        rating: ArrayLike | None = None,
        kinds: Mapping[str, float] | None = None,
    ) -> Self:
        """Build from ids.

        Codes follow the sorted ids, and events are sorted, so that the order of a file's rows changes nothing.

        Args:
            ids: two columns, user id and item id, a row for each of n events.
            user_table, item_table: indexed by id. An id of an event that has no row gets an empty one.
            time: (n,) numbers; days since 1970 where they are dates.
            kind: (n,) names of `kinds`.
            amount, rating: (n,) numbers.
            kinds: kind of event -> its weight.

        Raises:
            DataError: an id is missing or cannot be one, or one repeats in a table.
        """
        (users, known_users), (items, known_items) = (
            _factorized(noun, ids.iloc[:, place]) for place, noun in enumerate(("user", "item"))
        )
        names = dict(kinds or {})
        codes = None if kind is None else _kind_codes(kind, list(names))
        events = Events(
            users,
            items,
            time=None if time is None else np.array(time, dtype=np.float64),
            kind=codes,
            amount=None if amount is None else np.array(amount, dtype=np.float32),
            rating=None if rating is None else np.array(rating, dtype=np.float32),
        )
        return cls.from_codes(events, known_users, known_items, user_table, item_table, names)

    @classmethod
    def from_codes(
        cls,
        events: Events,
        users: pd.Index,
        items: pd.Index,
        user_table: pd.DataFrame | None = None,
        item_table: pd.DataFrame | None = None,
        kinds: Mapping[str, float] | None = None,
    ) -> Self:
        """Build from events in any order, whose codes are positions in `users` and `items`; else as `from_events`.

        The events become the dataset's own: their arrays are changed.
        """
        user_index, user_rows, user_codes = _side("user", user_table, users)
        item_index, item_rows, item_codes = _side("item", item_table, items)
        events.settle(user_codes, item_codes)
        return cls(user_index, item_index, events, user_rows, item_rows, dict(kinds or {}))

    @cached_property
    def _starts(self) -> NDArray[np.intp]:
        return self.events.pair_starts()

    @cached_property
    def pairs(self) -> IntArray:
        """(p, 2) int32, the distinct rows of (user code, item code), sorted."""
        return np.column_stack([self.events.user[self._starts], self.events.item[self._starts]])

    @cached_property
    def pair_of(self) -> NDArray[np.intp]:
        """(n,) position in `pairs` of each event's pair, rising."""
        return np.repeat(np.arange(len(self._starts)), self.counts)

    @cached_property
    def counts(self) -> IntArray:
        """(p,) int32, events of each pair."""
        return np.diff(self._starts, append=len(self.events)).astype(np.int32)

    @property
    def first(self) -> DoubleArray | None:
        """(p,) float64, time of each pair's first event; None without times."""
        return None if self.events.time is None else self.events.time[self._starts]

    @property
    def last(self) -> DoubleArray | None:
        """(p,) float64, time of each pair's last event; None without times."""
        return None if self.events.time is None else self.events.time[self._starts + self.counts - 1]

    @property
    def ratings(self) -> FloatArray | None:
        """(p,) float32, the latest rating of each pair; None without ratings."""
        return None if self.events.rating is None else self.events.rating[self._starts + self.counts - 1]

    @cached_property
    def strengths(self) -> FloatArray:
        """(p,) float32, how strongly each pair was observed: the sum of its events' weights by kind, 1 each without."""
        if self.events.kind is None:
            return self.counts.astype(np.float32)
        weights = np.array(list(self.kinds.values()), dtype=np.float32)[self.events.kind]
        return np.add.reduceat(weights, self._starts) if len(weights) else weights

    def matrix(self) -> sp.csr_matrix:
        """The pairs as a binary matrix, (U, I) float32."""
        ones = np.ones(len(self.pairs), dtype=np.float32)
        return sp.csr_matrix((ones, (self.pairs[:, 0], self.pairs[:, 1])), shape=(len(self.users), len(self.items)))

    def with_users(self, ids: Iterable[str]) -> Self:
        """The same with users of whom nothing is known: no event, and an empty row in the table."""
        every = IdIndex(np.array(sorted({*self.users.ids.tolist(), *ids}), dtype=object))
        if len(every) == len(self.users):
            return self
        codes = every.codes(self.users.ids)  # rises with the old ones, so that the events stay sorted
        table = self.user_table.set_axis(self.users.lookup).reindex(every.lookup).reset_index(drop=True)
        return replace(self, users=every, user_table=table, events=replace(self.events, user=codes[self.events.user]))

    def take(self, rows: NDArray[np.integer]) -> Self:
        """The same users and items with the events at positions `rows`, rising, only."""
        return replace(self, events=self.events.take(rows))

    @cached_property
    def digest(self) -> str:
        """Fingerprint of the whole content."""
        tables = [pd.util.hash_pandas_object(table).to_numpy() for table in (self.user_table, self.item_table)]
        columns = [
            [[name, str(dtype)] for name, dtype in table.dtypes.items()] for table in (self.user_table, self.item_table)
        ]
        events, kinds = self.events.arrays(), [*self.kinds.items()]
        ids = (*packed(self.users.ids), *packed(self.items.ids))
        return fingerprint(*ids, [*events], *events.values(), *tables, columns, kinds)

    def save(self, folder: Path) -> None:
        """Write `users.parquet`, `items.parquet` and, last, `events.npz`: its presence says that all is there."""
        arrays: dict[str, ArrayLike] = {f"event_{name}": part for name, part in self.events.arrays().items()}
        for name, table in (("users", self.user_table), ("items", self.item_table)):
            with atomic(path := folder / f"{name}.parquet") as temporary:
                table.to_parquet(temporary, index=True)  # the rows of a table without columns are in its index
            arrays[f"{name}_table"] = file_digest(path)
        for name, texts in zip(PACKED, (self.users.ids, self.items.ids, self.kinds), strict=True):
            arrays[name], arrays[f"{name}_ends"] = packed(texts)
        arrays["kind_weights"] = np.array(list(self.kinds.values()), dtype=np.float64)
        write_arrays(folder / EVENTS, arrays.items())

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what `save` wrote.

        Raises:
            Damaged: a file is missing, or holds something else; Make will then make all of them again.
        """
        with open_arrays(folder / EVENTS) as arrays:
            parts: Any = {field.name: arrays.get(f"event_{field.name}") for field in fields(Events)}
            with reading(folder / EVENTS):
                users, items, kinds = (unpacked(arrays[name], arrays[f"{name}_ends"]) for name in PACKED)
            weights, digests = arrays["kind_weights"].tolist(), [str(arrays[f"{name}_table"]) for name in PACKED[:2]]
        of_users, of_items = (_table(folder, name, digest) for name, digest in zip(PACKED[:2], digests, strict=True))
        return cls(
            IdIndex(users), IdIndex(items), Events(**parts), of_users, of_items, dict(zip(kinds, weights, strict=True))
        )


def _table(folder: Path, name: str, digest: str) -> pd.DataFrame:
    """The table that was written with the events."""
    with reading(path := folder / f"{name}.parquet", folder / EVENTS):
        if file_digest(path) != digest:
            raise ValueError("the table is another")
        return pd.read_parquet(path)
    raise AssertionError  # `reading` ends with an error or with what was read


def _factorized(noun: str, ids: pd.Series) -> tuple[IntArray, pd.Index]:
    place, distinct = pd.factorize(ids)
    if (place < 0).any():
        raise DataError(f"events: row {int(np.argmin(place)) + 1}: the {noun} is missing; fill it in or remove the row")
    return place.astype(np.int32), pd.Index(distinct)


def _side(noun: str, table: pd.DataFrame | None, ids: pd.Index) -> tuple[IdIndex, pd.DataFrame, IntArray]:
    """One side's ids, its table in the order of the codes, and the codes of the distinct `ids`."""
    names = _texts(noun, ids)
    if names.has_duplicates:
        raise DataError(f"{noun} id {names[names.duplicated()][0]} is there as a number and as text; use one")
    rows = pd.DataFrame(index=names[:0]) if table is None else table.set_axis(_texts(noun, table.index))
    if not rows.index.is_unique:
        twice = rows.index[rows.index.duplicated()][0]
        raise DataError(f"{noun} table: id {twice} is duplicated; keep one row")
    absent = names.difference(rows.index)
    if table is not None and len(absent):
        note(f"notice: {len(absent):,} {noun}s of the log have no row in the {noun} table, first {absent[0]}")
    rows = (rows.reindex(rows.index.union(absent)) if len(absent) else rows).sort_index()
    index = IdIndex(rows.index.to_numpy(dtype=object))
    return index, rows.reset_index(drop=True), index.lookup.get_indexer(names).astype(np.int32)


def _texts(noun: str, ids: pd.Index) -> pd.Index:
    """Ids as text; 500.0 in one place would not be 500 in another, so that only text and whole numbers will do.

    Readers of files have refused by its row what cannot be an id; this is for who builds a dataset of something else.
    """
    for value in ids if ids.dtype == np.dtype(object) else ids[:1]:
        if not isinstance(value, str | int | np.integer) or isinstance(value, bool):
            raise DataError(f"{noun} id {brief(value)} is {type(value).__name__}; ids are text or whole numbers")
    texts = [str(value) for value in ids]
    if (wrong := wrong_id(texts)) is not None:
        raise DataError(f"{noun} id {shown(wrong)} {id_fault(wrong)}")
    return pd.Index(texts, dtype="str")


def _kind_codes(kind: ArrayLike, names: Sequence[str]) -> NDArray[np.int8]:
    codes = IdIndex(np.array(names, dtype=object)).codes(pd.Series(kind)).astype(np.int8)
    if (codes < 0).any():
        raise DataError(
            f"events: kind {str(np.asarray(kind)[int(np.argmin(codes))])!r} is not one of {', '.join(names)}"
        )
    return codes
