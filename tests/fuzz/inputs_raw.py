"""Raw files of every source and form: cells, rows, columns and bytes that no organiser meant."""

import csv
import gzip
import io
import random
import string
from collections.abc import Callable
from pathlib import Path

import pandas as pd
from tests.fuzz import worlds
from tests.fuzz.mutations import ODD, UNSEEN, damaged, neutral, replaced
from tests.fuzz.trial import Input, put

KIND, WEIGHT = "raw", 22

ON = (
    ("cross-validate", "--method", "popular"), ("cross-validate", "--method", "user_knn"), ("cross-validate-blend",),
    ("validate",), ("train", "--method", "popular"), ("train", "--method", "user_knn"), ("train-blend",), ("submit",),
    ("check",),
)  # fmt: skip
"""The stages behind `preprocess`, without rerankers."""

WORLDS = ("jobs", *worlds.LOGS, *worlds.LOGS)
"""The one of many files takes as long as three others."""

LOG_FILES = {
    "jobs": ("apply_train.csv",), "plain": ("train.csv",), "tabs": ("train.tsv",), "packed": ("train.csv.gz",),
    "parquet": ("train.parquet",), "several": ("clicks.csv", "orders.csv"), "lists": ("train.csv",),
}  # fmt: skip

Rows = list[list[str]]


def make(rng: random.Random) -> Input:
    """One input."""
    world = rng.choice(WORLDS)
    way = rng.choices(list(WAYS), [weight for weight, _ in WAYS.values()])[0]
    made = WAYS[way][1](rng, world)
    if way in ("cells", "rows", "bytes") and rng.random() < 0.2:
        return Input(
            world, f"{made.what}; init", _without_settings(made, world), (("init",), ("rules",), ("preprocess",))
        )
    return made


def _without_settings(made: Input, world: str) -> Callable[[Path], None]:
    """The same change where nobody has written a competition.toml yet."""

    def change(root: Path) -> None:
        (root / "data" / world / "competition.toml").unlink()
        made.change(root)

    return change


def _files(world: str) -> Callable[[Path], list[Path]]:
    return lambda root: sorted(path for path in (root / "data" / world / "raw").iterdir() if path.is_file())


def _any(rng: random.Random, world: str, edit: Callable[[random.Random, Path], None], what: str) -> Input:
    """An edit of one file, whichever the random numbers say."""
    seed = rng.random()

    def change(root: Path) -> None:
        own = random.Random(seed)
        edit(own, own.choice(_files(world)(root)))

    commands = (("preprocess",), *(ON if rng.random() < 0.2 else ()))
    return Input(world, what, change, commands)


def edit_rows(path: Path, edit: Callable[[Rows], Rows]) -> None:
    """Change the rows of a file in its own format."""
    if path.suffix == ".parquet":
        table = pd.read_parquet(path)
        rows = edit([[str(name) for name in table], *table.astype(str).to_numpy().tolist()])
        width = max(map(len, rows), default=0)
        body = [row + [""] * (width - len(row)) for row in rows[1:]]
        names = [f"{name}{'.' * place if name in rows[0][:place] else ''}" for place, name in enumerate(rows[0])]
        frame = pd.DataFrame(body, columns=names + [f"more {n}" for n in range(width - len(names))], dtype=object)
        path.unlink()
        frame.to_parquet(path, index=False)
        return
    content = path.read_bytes()
    packed = path.suffix == ".gz"
    text = (gzip.decompress(content) if packed else content).decode("utf-8-sig")
    delimiter = "\t" if path.suffix == ".tsv" else ","
    found = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    if len(found) < 2 or len({len(row) for row in found}) > 1 or not found[0]:
        return  # what was done to it before has left no table
    rows = edit(found)
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\n").writerows(rows)
    new = out.getvalue().encode("utf-8", "surrogatepass")
    put(path, gzip.compress(new, mtime=0) if packed else new)


def _cells(rng: random.Random, world: str) -> Input:
    """Odd values in some cells of a column, or in the header."""
    value = rng.choice(ODD)
    share = rng.choice((0.0, 0.05, 1.0))

    def edit(own: random.Random, path: Path) -> None:
        def put_in(rows: Rows) -> Rows:
            column = own.randrange(len(rows[0]))
            first = own.randrange(0, len(rows))
            return [
                [
                    *row[:column],
                    value if place == first or (place and own.random() < share) else row[column],
                    *row[column + 1 :],
                ]
                for place, row in enumerate(rows)
            ]

        edit_rows(path, put_in)

    return _any(rng, world, edit, f"cells {value[:30]!r} in a share of {share:g}")


def _rows(rng: random.Random, world: str) -> Input:
    """Rows and columns that are lost, doubled, moved or of another width."""
    ways: dict[str, Callable[[random.Random, Rows], Rows]] = {
        "a row lost": lambda own, rows: rows[:-1],
        "only the header": lambda own, rows: rows[:1],
        "one row": lambda own, rows: rows[:2],
        "no header": lambda own, rows: rows[1:],
        "the header twice": lambda own, rows: [rows[0], *rows],
        "the header within": lambda own, rows: [*rows[:5], rows[0], *rows[5:]],
        "all rows twice": lambda own, rows: [*rows, *rows[1:]],
        "one row a thousand times": lambda own, rows: [*rows, *rows[1:2] * 1000],
        "shuffled": lambda own, rows: [rows[0], *own.sample(rows[1:], len(rows) - 1)],
        "a field more": lambda own, rows: [*rows[:3], [*rows[3], "more"], *rows[4:]] if len(rows) > 3 else rows,
        "a field less": lambda own, rows: [*rows[:3], rows[3][:-1], *rows[4:]] if len(rows) > 3 else rows,
        "a column twice": lambda own, rows: [[*row, row[0]] for row in rows],
        "a column lost": lambda own, rows: [row[1:] for row in rows],
        "columns turned": lambda own, rows: [row[::-1] for row in rows],
        "300 columns": lambda own, rows: [[*row, *(f"c{n}" for n in range(300))] for row in rows],
        "a blank line within": lambda own, rows: [*rows[:4], [""], *rows[4:]],
        "all users one": lambda own, rows: [rows[0], *([rows[1][0], *row[1:]] for row in rows[1:])],
        "all items one": lambda own, rows: [rows[0], *([row[0], rows[1][-1], *row[2:]] for row in rows[1:])],
        "a name": lambda own, rows: [["".join(own.choices(string.printable, k=9)), *rows[0][1:]], *rows[1:]],
        "no names": lambda own, rows: [[""] * len(rows[0]), *rows[1:]],
    }
    way = rng.choice(list(ways))
    return _any(rng, world, lambda own, path: edit_rows(path, lambda rows: ways[way](own, rows)), way)


def _bytes(rng: random.Random, world: str) -> Input:
    def edit(own: random.Random, path: Path) -> None:
        put(path, damaged(own, path.read_bytes())[1])

    return _any(rng, world, edit, "damage")


def _places(rng: random.Random, world: str) -> Input:
    """Something else than a file."""
    made = _any(rng, world, lambda own, path: _forget(replaced(own, path)), "no file")
    return Input(world, made.what, made.change, (("preprocess",),))


def _forget(_: str) -> None:
    """What was done is told by the seed."""


def _neutral(rng: random.Random, world: str) -> Input:
    """The same rows, as another program saves them: the dataset has the same bytes."""
    world = rng.choice(("jobs", "plain", "plain", "several", "several"))
    file, seed = rng.choice(LOG_FILES[world]), rng.random()
    if world == "plain":
        file = rng.choice(("train.csv", "users.csv", "items.csv"))
    way, _ = neutral(random.Random(seed), b"a,b\n1,2\n")

    def change(root: Path) -> None:
        path = root / "data" / world / "raw" / file
        put(path, neutral(random.Random(seed), path.read_bytes())[1])

    same = (f"data/{world}/work/dataset/*",)
    return Input(world, f"{file}: {way}", change, (("preprocess",),), must="fine", same=same)


def _refused(rng: random.Random, world: str) -> Input:
    """What must not be read: signs that nobody sees in an id, one of 3,000 letters, no column, no rows, nothing."""
    file, sign = rng.choice(LOG_FILES[world]), rng.choice(UNSEEN)
    place = rng.randrange(2)
    ways: dict[str, Callable[[Rows], Rows]] = {
        f"{sign!r} in an id": lambda rows: [*rows[:4], _with(rows[4], place, sign), *rows[5:]],
        "an id of 3,000 letters": lambda rows: [*rows[:4], _with(rows[4], place, "x" * 3000), *rows[5:]],
        "no column of users": lambda rows: [[*(f"zz{n}" for n in range(len(rows[0])))], *rows[1:]],
        "no rows": lambda rows: rows[:1],
        "nothing": lambda rows: [],
    }
    way = rng.choice(list(ways)[: 4 if world == "parquet" else 5])

    def change(root: Path) -> None:
        edit_rows(root / "data" / world / "raw" / file, ways[way])

    return Input(world, f"{file}: {way}", change, (("preprocess",),), must="refused")


def _with(row: list[str], place: int, more: str) -> list[str]:
    return [cell + more if n == place else cell for n, cell in enumerate(row)]


WAYS = {
    "cells": (30, _cells), "rows": (25, _rows), "bytes": (15, _bytes), "places": (6, _places),
    "neutral": (12, _neutral), "refused": (12, _refused),
}  # fmt: skip
