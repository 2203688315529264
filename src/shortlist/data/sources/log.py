"""Logs as events: files of any size, read part by part, each part made codes at once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
import pandera.pandas as pa
from numpy.typing import NDArray

from shortlist.common.arrays import IntArray
from shortlist.common.progress import note, track
from shortlist.data.events import Events
from shortlist.data.sources.reading import checked, read_chunks, row_of
from shortlist.data.sources.roles import NUMBER, NUMBER_OR_NONE
from shortlist.data.sources.text import check_ids
from shortlist.data.sources.times import Times
from shortlist.errors import DataError


@dataclass(frozen=True)
class LogColumns:
    """What is read of a log.

    Attributes:
        user, item: columns of ids.
        time, amount, rating: columns of times and of numbers, where there are some.
        kind: column of the kinds of events, where there is one.
        kinds: kind -> weight; events of other kinds are dropped; empty = all kinds that come, with weight 1.
        at_least: events whose rating is below, or missing, are dropped; None = none are.
        separator: between the items of a cell; None = each cell is one item.
    """

    user: str
    item: str
    time: str | None = None
    amount: str | None = None
    rating: str | None = None
    kind: str | None = None
    kinds: Mapping[str, float] = field(default_factory=dict)
    at_least: float | None = None
    separator: str | None = None

    @property
    def needed(self) -> list[str]:
        """Their names."""
        named = (self.user, self.item, self.time, self.amount, self.rating, self.kind)
        return list(dict.fromkeys(name for name in named if name is not None))


class Codes:
    """Names as codes in the order in which they come, those known from the start first."""

    def __init__(self, known: Iterable[str] = ()) -> None:
        self._known: dict[str, int] = {name: code for code, name in enumerate(known)}

    def of(self, path: Path, ids: pd.Series) -> IntArray:
        """(n,) int32; names that are new get the next codes.

        Raises:
            DataError: one is new that cannot be one.
        """
        place, distinct = pd.factorize(ids)
        names, known = [str(name) for name in distinct], self._known
        check_ids(path, ids, [name for name in names if name not in known])
        codes = [known.setdefault(name, len(known)) for name in names]
        return np.asarray(codes, dtype=np.int32)[place]

    @property
    def names(self) -> pd.Index:
        """Every name, in the order of the codes."""
        return pd.Index(list(self._known), dtype=object)


@dataclass(frozen=True)
class Log:
    """What the logs say.

    Attributes:
        events: in the order of the files; codes are positions in `users` and `items`.
        users, items: ids.
        kinds: kind -> weight, in the order of the codes; empty without kinds.
    """

    events: Events
    users: pd.Index
    items: pd.Index
    kinds: dict[str, float]


def read_logs(files: Sequence[tuple[Path, str | None]], columns: LogColumns) -> Log:
    """Read logs one after the other.

    Args:
        files: each with the kind that all its events are of, or None where a column tells it.
        columns: the same of all.

    Raises:
        DataError: a file cannot be read, lacks a column, or holds a value that cannot be used.
    """
    codes = Codes(), Codes(), Codes(columns.kinds)
    parts: dict[str, list[np.ndarray]] = {}
    for path, kind in files:
        dropped: dict[str, int] = {}
        times = Times(path)
        for chunk in track(read_chunks(path, columns.needed), f"read {path.name}", None):
            part = _events(path, _kept(path, chunk, columns, dropped), columns, kind, codes, times)
            for name, values in part.arrays().items():
                parts.setdefault(name, []).append(values)
        for why, rows in dropped.items():
            note(f"notice: {path}: {rows:,} rows dropped: {why}")
    if not sum(map(len, parts.get("user", ()))):
        raise DataError(f"{files[0][0]}: no events are left; check source.kinds and source.at_least")
    joined = Events(**{name: np.concatenate(parts.pop(name)) for name in list(parts)})  # never all of it twice
    users, items, kinds = (part.names for part in codes)
    return Log(joined, users, items, {kind: columns.kinds.get(kind, 1.0) for kind in kinds})


def _kept(path: Path, chunk: pd.DataFrame, columns: LogColumns, dropped: dict[str, int]) -> pd.DataFrame:
    """The rows that count, one for each item of a list."""
    for noun, column in (("user", columns.user), ("item", columns.item), ("kind", columns.kind)):
        if column is not None and (missing := chunk[column].isna()).any():
            raise DataError(
                f"{path}: column {column}: row {row_of(chunk, missing)}: the {noun} is missing; "
                f"fill it in or remove the row"
            )
    if columns.kind is not None and columns.kinds:
        chunk = _without(chunk, ~chunk[columns.kind].isin(list(columns.kinds)), "another kind of event", dropped)
    if columns.rating is not None:
        ratings = _numbers(path, chunk[columns.rating], required=columns.at_least is None)
        chunk = chunk.assign(**{columns.rating: ratings})
        if columns.at_least is not None:
            below = ~(ratings >= columns.at_least)
            chunk = _without(chunk, below, f"{columns.rating} below {columns.at_least:g}", dropped)
    if columns.separator is not None:
        chunk = _exploded(chunk, columns.item, columns.separator)
    return chunk


def _exploded(chunk: pd.DataFrame, column: str, separator: str) -> pd.DataFrame:
    """A row for each item of a list, whose brackets and quotes do not count."""
    lists = chunk[column].str.strip("[](){} ").str.split(separator)
    longer = chunk.assign(**{column: lists}).explode(column)
    longer[column] = longer[column].str.strip(" '\"")
    return longer[longer[column].notna() & (longer[column] != "")]


def _without(chunk: pd.DataFrame, out: pd.Series, why: str, dropped: dict[str, int]) -> pd.DataFrame:
    if rows := int(out.sum()):
        dropped[why] = dropped.get(why, 0) + rows
    return chunk[~out]


def _events(
    path: Path, chunk: pd.DataFrame, columns: LogColumns, kind: str | None, codes: tuple[Codes, Codes, Codes],
    times: Times,
) -> Events:  # fmt: skip
    users, items, kinds = codes
    named = None if kind is None else pd.Series(kind, chunk.index, name="kind")
    if columns.kind is not None:
        named = chunk[columns.kind]
    return Events(
        users.of(path, chunk[columns.user]),
        items.of(path, chunk[columns.item]),
        time=None if columns.time is None else times.days(chunk[columns.time]).to_numpy(np.float64),
        kind=None if named is None else _kind_codes(path, kinds.of(path, named)),
        amount=None if columns.amount is None else _numbers(path, chunk[columns.amount]).to_numpy(np.float32),
        rating=None if columns.rating is None else chunk[columns.rating].to_numpy(np.float32),
    )


def _kind_codes(path: Path, codes: IntArray) -> NDArray[np.int8]:
    if codes.max(initial=0) > np.iinfo(np.int8).max:
        raise DataError(f"{path}: more than 127 kinds of events; name those that count in source.kinds")
    return codes.astype(np.int8)


def _numbers(path: Path, column: pd.Series, *, required: bool = False) -> pd.Series:
    schema = NUMBER if required else NUMBER_OR_NONE
    return checked(path, column.to_frame(), pa.DataFrameSchema({column.name: schema}))[column.name]
