"""Parquet: the same rows written in another way are read alike; columns of sorts that no log has may be refused."""

import datetime
import decimal
import io
import random
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from tests.fuzz.mutations import damaged
from tests.fuzz.trial import Input, put

KIND, WEIGHT, WORLD = "parquet", 3, "parquet"

FILE = f"data/{WORLD}/raw/train.parquet"
ON = (("cross-validate", "--method", "popular"), ("train", "--method", "popular"))


def make(rng: random.Random) -> Input:
    """One input."""
    way, seed = rng.choices(("neutral", "sort", "damage", "parts"), (25, 45, 20, 10))[0], rng.random()
    name = rng.choice(list(NEUTRAL if way == "neutral" else SORTS))

    def change(root: Path) -> None:
        path, own = root / FILE, random.Random(seed)
        if way == "damage":
            put(path, damaged(own, path.read_bytes())[1])
            return
        table = pq.read_table(path)
        if way == "neutral":
            put(path, NEUTRAL[name](table))
        elif way == "sort":
            place = own.randrange(table.num_columns)
            column = SORTS[name](own, table.num_rows)
            put(path, _bytes(table.set_column(place, table.column_names[place], column)))
        else:
            put(path, own.choice(PARTS)(table))

    if way == "neutral":
        same = (f"data/{WORLD}/work/dataset/*",)
        return Input(WORLD, f"{way}: {name}", change, (("preprocess",),), must="fine", same=same)
    commands = (("preprocess",), *(ON if rng.random() < 0.3 else ()))
    if rng.random() < 0.2:
        commands = (("init",), ("rules",), ("preprocess",))
    return Input(WORLD, f"{way}: {name}{', init' * (commands[0] == ('init',))}", _begun(change, commands), commands)


def _begun(change: Callable[[Path], None], commands: tuple[tuple[str, ...], ...]) -> Callable[[Path], None]:
    """The change, where `init` is run without the settings that it writes."""

    def both(root: Path) -> None:
        change(root)
        if commands[0] == ("init",):
            (root / "data" / WORLD / "competition.toml").unlink()

    return both


def _bytes(table: pa.Table, **how: Any) -> bytes:
    out = io.BytesIO()
    pq.write_table(table, out, **how)
    return out.getvalue()


def _as(kind: pa.DataType) -> Callable[[pa.Table], bytes]:
    """All columns of another type that says the same."""
    return lambda table: _bytes(pa.table({name: table[name].cast(kind) for name in table.column_names}))


def _categories(table: pa.Table) -> bytes:
    return _bytes(pa.table({name: table[name].dictionary_encode() for name in table.column_names}))


def _moments(table: pa.Table) -> bytes:
    """The times as times, and not as text."""
    place = table.column_names.index("event_time")
    times = pa.array(pd.to_datetime(table["event_time"].to_pandas()), pa.timestamp("us"))
    return _bytes(table.set_column(place, "event_time", times))


NEUTRAL: dict[str, Callable[[pa.Table], bytes]] = {
    **{f"packed by {name}": partial(_bytes, compression=name)
       for name in ("NONE", "SNAPPY", "GZIP", "ZSTD", "LZ4", "BROTLI")},
    "small groups": lambda table: _bytes(table, row_group_size=7), "pages of version 2": lambda table:
    _bytes(table, data_page_version="2.0"), "version 1": lambda table: _bytes(table, version="1.0"),
    "no dictionary": lambda table: _bytes(table, use_dictionary=False), "large text": _as(pa.large_string()),
    "text views": _as(pa.string_view()), "categories": _categories, "moments": _moments,
    "a column more": lambda table: _bytes(table.append_column("more", pa.nulls(table.num_rows))),
    "columns turned": lambda table: _bytes(table.select(table.column_names[::-1])),
    "no pandas": lambda table: _bytes(table.replace_schema_metadata({})),
    "a pandas index": lambda table: _bytes(pa.Table.from_pandas(table.to_pandas().set_axis(range(5, 5 + len(table))))),
}  # fmt: skip
"""Ways of writing the same rows."""

Made = Callable[[random.Random, int], pa.Array]


def _of(values: tuple[Any, ...], kind: pa.DataType | None = None) -> Made:
    return lambda rng, rows: pa.array([rng.choice(values) for _ in range(rows)], kind)


DAY = datetime.date(2024, 3, 1)
SORTS: dict[str, Made] = {
    "nothing": lambda rng, rows: pa.nulls(rows), "truth": _of((True, False, None)), "lists": _of((["a"], [], None)),
    "structs": _of(({"a": 1}, {"a": None})), "lists of lists": _of(([["a"]], [[]])), "bytes": _of((b"\xff", b"a", b"")),
    "fixed bytes": _of((b"ab", b"\x00\xff"), pa.binary(2)), "decimals": _of((decimal.Decimal("1.50"), None)),
    "days": _of((DAY, datetime.date(1, 1, 1), datetime.date(9999, 12, 31))), "hours": _of((datetime.time(1, 2), None)),
    "spans": _of((datetime.timedelta(days=1), datetime.timedelta(days=-(10**5)))),
    "zones": _of((datetime.datetime(2024, 3, 1, tzinfo=datetime.UTC),), pa.timestamp("us", "Asia/Seoul")),
    "far times": _of((2**62, -(2**62), 0), pa.timestamp("ms")), "nanoseconds": _of((2**62, 0), pa.timestamp("ns")),
    "large numbers": _of((2**64 - 1, 0), pa.uint64()), "small numbers": _of((-128, 127), pa.int8()),
    "halves": _of((0.5, float("nan"), float("inf"), None), pa.float32()), "whole floats": _of((1.0, 2.0, None, 3.0)),
    "huge floats": _of((1e308, -1e308, 2.0**53 + 2, 5e-324)), "maps": _of(([("a", 1)], []), pa.map_("string", "int8")),
    "long text": _of(("x" * 3000, "a")), "odd text": _of(("\x00", "a\nb", "\u202e", "", " ", "nan", "\ufeffa")),
    "numbers as text": _of(("1", "1.0", "01", "1e3")), "one value": _of(("a",)),
}  # fmt: skip
"""Of a column, which may be one of ids or of times."""


PARTS: tuple[Callable[[pa.Table], bytes], ...] = (
    lambda table: _bytes(table.slice(0, 0)),
    lambda table: _bytes(table.slice(0, 1)),
    lambda table: _bytes(table.select([])),
    lambda table: _bytes(table.select(table.column_names[:1])),
    lambda table: _bytes(pa.Table.from_arrays([table.column(0)] * 3, ["user_id", "user_id", "item_id"])),
    lambda table: _bytes(table.rename_columns([""] * table.num_columns)),
    lambda table: _bytes(table.rename_columns([f"{name}\n\x1b[31m" for name in table.column_names])),
    lambda table: _bytes(pa.table({"struct": pa.array([{"user_id": "a", "item_id": "b"}] * 5)})),
    lambda table: _bytes(pa.concat_tables([table] * 50)),
)
"""Less than a log, or more."""
