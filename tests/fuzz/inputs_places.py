"""Where files belong, something else: names that are no text, folders that cannot be used, disks that are full.

The tests may run as a user who may write everywhere: folders are made unwritable by what stops everybody.
"""

import os
import random
from collections.abc import Callable
from pathlib import Path

from tests.fuzz.mutations import remove
from tests.fuzz.trial import Input, put

KIND, WEIGHT, WORLD = "places", 4, "packed"

BYTES = (
    b"\xff.csv",
    b"\xed\xa0\x80.csv",
    b"a\x80b.csv.gz",
    b"\xc3.parquet",
    b"\xff",
    b".\xff",
    b"\xff.py",
    b"\xffcsv.json",
)
"""Names that are no UTF-8."""

SIGNS = ("a\nb.csv", "\x1b[31m.csv", "\u202e.csv", "$(touch made).csv", "a b'\".csv", "x" * 250 + ".csv", "e\u0301.csv",
         ".tmp.csv", "~", "-rf", "%s.csv", "*.csv", "한글.csv", "\u2028.csv", "a\\b.csv")  # fmt: skip
"""Names that are text, and odd."""

FOLDERS = ("data/{}/raw", "data/{}/work", "data/{}", "submissions/{}", "data/{}/work/folds", "data/{}/work/config",
           "data/{}/work/dataset", "data/{}/work/final", "data/{}/work/sources", "submissions", "data")  # fmt: skip

COMMANDS = (
    ("rules",), ("preprocess",), ("cross-validate", "--method", "popular"), ("train", "--method", "popular"),
    ("validate",), ("submit",), ("check",), ("ledger",), ("init",), ("train-blend",), ("cross-validate-blend",),
    ("upload", "--yes", "--memo", "memo", "--file", "@csv"), ("score", "--file", "@csv", "--public", "0.1"),
)  # fmt: skip


def make(rng: random.Random) -> Input:
    """One input."""
    way = rng.choice(list(WAYS))
    command, seed = rng.choice(COMMANDS), rng.random()
    return WAYS[way](random.Random(seed), way, command)


def _input(what: str, change: Callable[[Path], None], *commands: tuple[str, ...]) -> Input:
    return Input(WORLD, what[:90], change, commands, codes=(0, 2, 3, 4), sends=1, removes=True)


def _names(rng: random.Random, way: str, command: tuple[str, ...]) -> Input:
    """A file of an odd name where files are looked for."""
    name = rng.choice(BYTES) if rng.random() < 0.6 else rng.choice(SIGNS).encode()
    place = rng.choice(("data/{}/raw", "data/{}/raw", "submissions/{}", "data/{}", "data/{}/work")).format(WORLD)
    folder = rng.random() < 0.2

    def change(root: Path) -> None:
        path = os.path.join(os.fsencode(root / place), name)  # noqa: PTH118  # bytes
        if folder:
            os.mkdir(path)  # noqa: PTH102
        else:
            os.close(os.open(path, os.O_CREAT | os.O_WRONLY))

    return _input(f"{way}: {place}: {name!r}: {' '.join(command)}", change, command)


def _typed(rng: random.Random, way: str, command: tuple[str, ...]) -> Input:
    """A submission of such a name, typed as the terminal hands it on."""
    name = rng.choice(BYTES) if rng.random() < 0.6 else rng.choice(SIGNS).encode()
    text = os.fsdecode(name)
    short = rng.choice(
        (("check",), ("upload", "--memo", "memo"), ("score", "--public", "0.1"), ("settle", "--as", "refused"))
    )

    def change(root: Path) -> None:
        folder = root / "submissions" / WORLD
        (csv,) = folder.glob("*-????????.csv")
        (folder / text).write_bytes(csv.read_bytes())

    typed = rng.choice((text, f"submissions/{WORLD}/{text}"))
    return _input(f"{way}: {name!r}: {short[0]}", change, (*short, f"--file={typed}"))


def _no_folder(rng: random.Random, way: str, command: tuple[str, ...]) -> Input:
    """A file, a link to nothing, in a circle or to a full disk, or nothing, where a folder belongs."""
    place, what = (
        rng.choice(FOLDERS).format(WORLD),
        rng.choice(("file", "nothing", "circle", "full", "proc", "missing")),
    )

    def change(root: Path) -> None:
        path = root / place
        remove(path)
        if what == "file":
            path.write_bytes(b"")
        elif what != "missing":
            targets = {"nothing": "nothing", "circle": path.name, "full": "/dev/full", "proc": "/proc/self/fdinfo"}
            path.symlink_to(targets[what])

    return _input(f"{way}: {place}: {what}: {' '.join(command)}", change, command)


def _full(rng: random.Random, way: str, command: tuple[str, ...]) -> Input:
    """Files that a command adds to or reads again, on a disk that is full."""
    name = rng.choice(("submissions/{}/ledger.sqlite", "submissions/{}/sent.jsonl", "submissions/{}/.upload.lock",
                       "data/{}/work/rules.mk", "data/{}/work/raw.list", "data/{}/work/validation.txt",
                       "data/{}/work/submission.path", "data/{}/competition.toml", ".env")).format(WORLD)  # fmt: skip

    def change(root: Path) -> None:
        path = root / name
        remove(path)
        path.symlink_to("/dev/full")

    return _input(f"{way}: {name}: {' '.join(command)}", change, command)


def _long(rng: random.Random, way: str, command: tuple[str, ...]) -> Input:
    """Thousands of files beside the right ones, or one within many folders."""
    place = rng.choice(("data/{}/raw", "submissions/{}")).format(WORLD)
    many = rng.random() < 0.5

    def change(root: Path) -> None:
        if many:
            for number in range(1500):
                put(root / place / f"{number}.csv", b"a,b\n")
        else:
            (root / place / "/".join("d" * 60)).mkdir(parents=True)

    return _input(f"{way}: {place}: {many}: {' '.join(command)}", change, command)


WAYS: dict[str, Callable[[random.Random, str, tuple[str, ...]], Input]] = {
    "names": _names, "typed": _typed, "no folder": _no_folder, "full": _full, "many": _long,
}  # fmt: skip
