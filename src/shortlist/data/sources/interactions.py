"""Any log of who took what, a pair a row, with ratings, times, and tables about either side where there are some."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import pandera.pandas as pa

from shortlist.common.parameters import parameters
from shortlist.common.progress import note
from shortlist.data.columns import days
from shortlist.data.dataset import Dataset
from shortlist.data.sources.base import Source
from shortlist.data.sources.reading import ID, check_known, checked, read_table, read_text
from shortlist.data.sources.roles import NUMBER, role_of, with_roles
from shortlist.errors import DataError


@parameters
class Interactions(Source):
    """Reads a log.

    Args:
        log: its file.
        user, item: its columns of ids.
        rating: its column of ratings, numbers.
        time: its column of times, numbers or ISO dates.
        users, items: files about them, a row each, with the ids in a column of the same name as in the log; without
            one, there are the users or items of the log. What a column is, its values tell: see `roles.with_roles`.
        codes: columns of those files that are names, though their values are numbers.
    """

    log: str = "train.csv"
    user: str = "user_id"
    item: str = "item_id"
    rating: str | None = None
    time: str | None = None
    users: str | None = None
    items: str | None = None
    codes: tuple[str, ...] = ()

    @property
    def files(self) -> Mapping[str, bool]:
        """See `Source.files`."""
        return dict.fromkeys(filter(None, (self.log, self.users, self.items)), True)

    def read(self, raw: Path) -> Dataset:
        """See `Source.read`; of a pair that is there several times, the latest counts, or else the last in the file."""
        path = raw / self.log
        users, items = self._about(raw, self.users, self.user), self._about(raw, self.items, self.item)
        columns = {str(column) for table in (users, items) if table is not None for column in table}
        if strange := [column for column in self.codes if column not in columns]:
            raise DataError(
                f"source.codes: no file has a column '{strange[0]}'; there are {', '.join(sorted(columns))}"
            )
        log = self._log(path)
        for column, file, about in ((self.user, self.users, users), (self.item, self.items, items)):
            if about is not None:
                check_known(path, log, column, about.index, str(file))
        if self.time is not None:
            log[self.time] = _times(path, log[self.time])
            log = log.sort_values(self.time, kind="stable")
        pairs = log.drop_duplicates([self.user, self.item], keep="last")
        if dropped := len(log) - len(pairs):
            note(f"notice: {path}: {dropped} rows about a pair that comes again later dropped, {len(pairs)} left")
        order, ratings = (None if name is None else pairs[name].to_numpy() for name in (self.time, self.rating))
        return Dataset.from_pairs(pairs[[self.user, self.item]], users, items, order, ratings)

    def _log(self, path: Path) -> pd.DataFrame:
        schema = {self.user: ID, self.item: ID}
        if self.rating is not None:
            schema[self.rating] = NUMBER
        if self.time is not None:
            schema[self.time] = pa.Column(str)
        return read_table(path, pa.DataFrameSchema(schema))

    def _about(self, raw: Path, file: str | None, key: str) -> pd.DataFrame | None:
        """The table of a file, indexed by id."""
        if file is None:
            return None
        path = raw / file
        schema = pa.DataFrameSchema({key: pa.Column(str, unique=True, report_duplicates="exclude_first")})
        table = read_text(path, [key])
        ids = checked(path, table[[key]], schema)[key]
        return with_roles(path, table.drop(columns=key), self.codes).set_axis(ids)


def _times(path: Path, column: pd.Series) -> pd.Series:
    """Numbers as they are, ISO dates as days since 1970."""
    times = checked(path, column.to_frame(), pa.DataFrameSchema({column.name: role_of(column)}))[column.name]
    if pd.api.types.is_datetime64_any_dtype(times):
        return pd.Series(days(times), times.index)
    if not pd.api.types.is_numeric_dtype(times):
        raise DataError(f"{path}: column {column.name}: neither numbers nor ISO dates such as 2020-05-22; correct it")
    return times


SOURCE = Interactions
