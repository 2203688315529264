"""The data of a competition as every model sees it: users, items, the pairs between them, and a table for each side."""

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Self

import numpy as np
import pandas as pd
import scipy.sparse as sp
from numpy.typing import ArrayLike, NDArray

from shortlist.common.arrays import FloatArray, IntArray
from shortlist.common.files import atomic
from shortlist.common.provenance import fingerprint
from shortlist.errors import DataError


@dataclass(frozen=True)
class IdIndex:
    """The organiser's ids and their dense codes 0 ... n-1.

    Attributes:
        ids: (n,) str, unique; the position is the code.
    """

    ids: NDArray[np.str_]

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def _lookup(self) -> pd.Index:
        return pd.Index(self.ids)

    def codes(self, ids: ArrayLike) -> IntArray:
        """Codes of `ids`, (m,) int32; -1 for an id that is not known."""
        place, distinct = pd.factorize(ids if isinstance(ids, pd.Series) else np.asarray(ids))
        known = self._lookup.get_indexer(pd.Index(np.asarray(distinct, dtype=str))).astype(np.int32)
        return np.append(known, np.int32(-1))[place]  # the place of a missing id is -1


@dataclass(frozen=True)
class Dataset:
    """Users, items and the observed pairs; immutable, so that no model can change what the next one sees.

    The role of a table's column is its dtype: `category`, `datetime64`, a number, or a string, which holds words
    separated by spaces or semicolons.

    Attributes:
        users, items: the ids; U and I below are their numbers.
        pairs: (n, 2) int32, unique rows of (user code, item code).
        order: (n,) float64, the time of each pair in any unit, or None if the log has no times.
        ratings: (n,) float32, what the user thought of the item, in any unit, or None if the log has none.
        user_table, item_table: U and I rows, row = code.
    """

    users: IdIndex
    items: IdIndex
    pairs: IntArray
    order: NDArray[np.float64] | None
    user_table: pd.DataFrame
    item_table: pd.DataFrame
    ratings: FloatArray | None = None

    def __len__(self) -> int:
        """Number of pairs."""
        return len(self.pairs)

    @classmethod
    def from_pairs(
        cls,
        pairs: pd.DataFrame,
        user_table: pd.DataFrame | None = None,
        item_table: pd.DataFrame | None = None,
        order: ArrayLike | None = None,
        ratings: ArrayLike | None = None,
    ) -> Self:
        """Build from ids.

        Args:
            pairs: two columns, user id and item id, n unique rows.
            user_table, item_table: indexed by id; every id of `pairs` must be in them. Without a table, the ids are
                those of `pairs`. Codes follow the sorted ids, so that the order of a file's rows changes nothing.
            order: (n,) times of the pairs.
            ratings: (n,) of the pairs.

        Raises:
            DataError: an id of `pairs` is in no table, an id repeats in a table, or a pair repeats.
        """
        sides = []
        for name, table, ids in (("user", user_table, pairs.iloc[:, 0]), ("item", item_table, pairs.iloc[:, 1])):
            rows = pd.DataFrame(index=pd.Index(ids.unique())) if table is None else table
            if not rows.index.is_unique:
                twice = rows.index[rows.index.duplicated()][0]
                raise DataError(f"{name} table: id {twice} is there twice; keep one row")
            rows = rows.set_axis(rows.index.astype(str)).sort_index()
            index = IdIndex(rows.index.to_numpy(dtype=str))
            codes = index.codes(ids)
            if (codes < 0).any():
                unknown = ids.iloc[int(np.argmin(codes))]
                raise DataError(f"pairs: {name} {unknown} is not in the {name} table; add its row")
            sides.append((index, rows.reset_index(drop=True), codes))
        (users, user_rows, user_codes), (items, item_rows, item_codes) = sides
        codes = np.column_stack([user_codes, item_codes])
        key = codes[:, 0].astype(np.int64) * len(items) + codes[:, 1]
        by_code = np.argsort(key)
        if (np.diff(key[by_code]) == 0).any():
            raise DataError("pairs: a pair is there twice; drop the duplicates")
        times = None if order is None else np.asarray(order, dtype=np.float64)[by_code]
        marks = None if ratings is None else np.asarray(ratings, dtype=np.float32)[by_code]
        return cls(users, items, codes[by_code], times, user_rows, item_rows, marks)

    def matrix(self) -> sp.csr_matrix:
        """The pairs as a binary matrix, (U, I) float32."""
        ones = np.ones(len(self.pairs), dtype=np.float32)
        shape = (len(self.users), len(self.items))
        return sp.csr_matrix((ones, (self.pairs[:, 0], self.pairs[:, 1])), shape=shape)

    def take(self, rows: NDArray[np.integer]) -> Self:
        """The same users and items with the pairs at positions `rows` only."""
        order, ratings = (None if part is None else part[rows] for part in (self.order, self.ratings))
        return replace(self, pairs=self.pairs[rows], order=order, ratings=ratings)

    @cached_property
    def digest(self) -> str:
        """Fingerprint of the whole content."""
        tables = [pd.util.hash_pandas_object(table).to_numpy() for table in (self.user_table, self.item_table)]
        columns = [
            [[name, str(dtype)] for name, dtype in table.dtypes.items()] for table in (self.user_table, self.item_table)
        ]
        extras = [np.empty(0) if part is None else part for part in (self.order, self.ratings)]
        return fingerprint(self.users.ids, self.items.ids, self.pairs, *extras, *tables, columns)

    def save(self, folder: Path) -> None:
        """Write `users.parquet`, `items.parquet` and, last, `pairs.npz`: its presence says that all is there."""
        for name, table in (("users", self.user_table), ("items", self.item_table)):
            with atomic(folder / f"{name}.parquet") as path:
                table.to_parquet(path, index=True)  # the rows of a table without columns are in its index
        arrays = {"users": self.users.ids, "items": self.items.ids, "pairs": self.pairs}
        for name, part in (("order", self.order), ("ratings", self.ratings)):
            if part is not None:
                arrays[name] = part
        with atomic(folder / "pairs.npz") as path:
            np.savez(path, **arrays)  # type: ignore[arg-type]

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what `save` wrote."""
        with np.load(folder / "pairs.npz") as arrays:
            order, ratings = arrays.get("order"), arrays.get("ratings")
            users, items, pairs = IdIndex(arrays["users"]), IdIndex(arrays["items"]), arrays["pairs"]
        of_users, of_items = (pd.read_parquet(folder / f"{name}.parquet") for name in ("users", "items"))
        return cls(users, items, pairs, order, of_users, of_items, ratings)
