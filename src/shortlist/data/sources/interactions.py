"""Any log of who took what, an event a row, with kinds, times, ratings, and tables about either side."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

import pandas as pd
import pandera.pandas as pa
from pydantic import Field, model_validator

from shortlist.common.parameters import ColumnName, FileName, Rating, Weight, parameters
from shortlist.data.dataset import Dataset
from shortlist.data.sources.base import Source
from shortlist.data.sources.log import LogColumns, read_logs
from shortlist.data.sources.reading import check_ids, checked, read_text
from shortlist.data.sources.roles import Role, with_roles
from shortlist.errors import DataError, shown

MOST_FILES, MOST_KINDS, MOST_COLUMNS = 1000, 127, 10_000
"""Logs that are read as one; kinds of events, whose codes are int8; columns of a table that are named."""

Weights = Annotated[dict[ColumnName, Weight], Field(max_length=MOST_KINDS)]


@parameters
class Interactions(Source):
    """Reads logs.

    Args:
        log: its file, or several of the same columns that are read one after the other.
        user, item: its columns of ids.
        time: its column of times: dates, or numbers such as seconds since 1970.
        kind_column: its column of the kinds of events, such as click and order.
        kinds: kind -> weight of an event; events of other kinds are dropped and counted. Empty: all, with weight 1.
        kind_of: of logs without such a column: file -> kind of its events.
        amount: its column of money or pieces, numbers.
        rating: its column of ratings or watched shares, numbers.
        at_least: events with a lower rating, or none, are dropped and counted.
        separator: between the items of a cell, where the log has a list in each row.
        users, items: files about them, a row each; without one, there are the users or items of the log. What a column
            is, its values tell: see `roles.with_roles`.
        user_key, item_key: their columns of ids, where they are not called as in the log.
        codes: columns of those files that are names, though their values are numbers.
        roles: column of those files -> what it is, where its values do not tell.
    """

    log: FileName | Annotated[tuple[FileName, ...], Field(min_length=1, max_length=MOST_FILES)] = "train.csv"
    user: ColumnName = "user_id"
    item: ColumnName = "item_id"
    time: ColumnName | None = None
    kind_column: ColumnName | None = None
    kinds: Weights = Field(default_factory=dict)
    kind_of: Annotated[dict[FileName, ColumnName], Field(max_length=MOST_FILES)] = Field(default_factory=dict)
    amount: ColumnName | None = None
    rating: ColumnName | None = None
    at_least: Rating | None = None
    separator: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    users: FileName | None = None
    items: FileName | None = None
    user_key: ColumnName | None = None
    item_key: ColumnName | None = None
    codes: Annotated[tuple[ColumnName, ...], Field(max_length=MOST_COLUMNS)] = ()
    roles: Annotated[dict[ColumnName, Role], Field(max_length=MOST_COLUMNS)] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _consistent(self) -> "Interactions":
        if self.user == self.item:
            raise ValueError(f"user and item must be two columns, both are {shown(self.user)}")
        if self.at_least is not None and self.rating is None:
            raise ValueError("at_least needs rating, the column that it bounds")
        if self.kind_of and self.kind_column is not None:
            raise ValueError("kind_of is for logs without kind_column; keep one of them")
        if self.kind_of and set(self.kind_of) != set(self.logs):
            raise ValueError("kind_of must name every file of log")
        if self.kinds and not any(self.kinds.values()):
            raise ValueError("kinds: all weights are 0, so that no event would count; give one more than that")
        return self

    @property
    def logs(self) -> tuple[str, ...]:
        """The files of `log`."""
        return (self.log,) if isinstance(self.log, str) else self.log

    @property
    def files(self) -> Mapping[str, bool]:
        """See `Source.files`."""
        return dict.fromkeys(filter(None, (*self.logs, self.users, self.items)), True)

    def read(self, raw: Path) -> Dataset:
        """See `Source.read`."""
        users = self._about(raw, self.users, self.user_key or self.user)
        items = self._about(raw, self.items, self.item_key or self.item)
        self._check_columns(users, items)
        columns = LogColumns(
            self.user, self.item, self.time, self.amount, self.rating, self.kind_column,
            {kind: self.kinds.get(kind, 1.0) for kind in (self.kinds or dict.fromkeys(self.kind_of.values()))},
            self.at_least, self.separator,
        )  # fmt: skip
        log = read_logs([(raw / name, self.kind_of.get(name)) for name in self.logs], columns)
        return Dataset.from_codes(log.events, log.users, log.items, users, items, log.kinds)

    def _check_columns(self, *tables: pd.DataFrame | None) -> None:
        """Make sure that the columns whose role is set are there."""
        columns = {str(column) for table in tables if table is not None for column in table}
        named: tuple[tuple[Literal["codes", "roles"], list[str]], ...] = (
            ("codes", list(self.codes)),
            ("roles", [name for name, role in self.roles.items() if role != "ignore"]),
        )
        for key, names in named:
            if strange := [name for name in names if name not in columns]:
                known = ", ".join(sorted(columns)) or "none"
                raise DataError(f"source.{key}: no file has a column '{strange[0]}'; there are {known}")

    def _about(self, raw: Path, file: str | None, key: str) -> pd.DataFrame | None:
        """The table of a file, indexed by id."""
        if file is None:
            return None
        path = raw / file
        schema = pa.DataFrameSchema({key: pa.Column(str, unique=True, report_duplicates="exclude_first")})
        table = read_text(path, [key])
        ids = checked(path, table[[key]], schema)[key]
        check_ids(path, ids, ids)
        return with_roles(path, table.drop(columns=key), self.codes, self.roles).set_axis(ids)


SOURCE = Interactions
