"""A ledger that knows of an accepted CSV, and is damaged: the same content must not be sent once more."""

import hashlib
import random
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from tests.fuzz.mutations import ODD, damaged, remove, replaced
from tests.fuzz.trial import Input, put

from shortlist.submission.ledger import Ledger

KIND, WEIGHT, WORLD = "ledger", 6, "packed"

COLUMNS = ("number", "sha256", "file", "method", "metric", "scores", "memo", "sent", "answered", "answer", "public")
SCRIPTS = (
    "DROP TABLE submissions", "ALTER TABLE submissions RENAME TO others", "PRAGMA user_version = 99",
    "PRAGMA user_version = 0", "PRAGMA user_version = -5", "CREATE TABLE more (a)", "ALTER TABLE submissions ADD more",
    "ALTER TABLE submissions DROP COLUMN memo", "VACUUM",
)  # fmt: skip


def make(rng: random.Random) -> Input:
    """One input."""
    way, seed, state = rng.choice(WAYS), rng.random(), rng.choice(("accepted", "unknown", "sending"))

    def change(root: Path) -> None:
        folder = root / "submissions" / WORLD
        (csv,) = folder.glob("*-????????.csv")
        sha256 = hashlib.sha256(csv.read_bytes()).hexdigest()
        ledger = Ledger(folder / "ledger.sqlite")
        ledger.start(sha256, "memo")
        if state != "sending":
            ledger.finish(sha256, state, "said")  # type: ignore[arg-type]
        _damage(random.Random(seed), folder, way)

    rest = rng.sample((("ledger",), ("score", "--file", "@csv", "--public", "0.1"), ("upload", "--file", "@csv"),
                       ("settle", "--file", "@csv", "--as", "accepted"), ("submit",)), 1)  # fmt: skip
    send = ("upload", "--yes", "--memo", "again", "--file", "@csv")
    return Input(WORLD, f"{state}, {way}", change, (send, *rest, send), codes=(0, 2, 3, 4), sends=0, removes=True)


WAYS = ("nothing", "damage", "damage", "damage", "place", "missing", "value", "value", "value", "script", "journal",
        "journal missing", "no rows", "side file")  # fmt: skip


def _damage(rng: random.Random, folder: Path, way: str) -> None:
    path, journal = folder / "ledger.sqlite", folder / "sent.jsonl"
    if way == "damage":
        put(path, damaged(rng, path.read_bytes())[1])
    elif way == "place":
        replaced(rng, path)
    elif way == "missing":
        remove(path)
    elif way == "journal":
        put(journal, damaged(rng, journal.read_bytes())[1])
    elif way == "journal missing":
        remove(journal)
    elif way == "side file":
        name = rng.choice(("ledger.sqlite-journal", "ledger.sqlite-wal", "ledger.sqlite-shm"))
        (folder / name).write_bytes(rng.randbytes(rng.choice((0, 100, 8192))))
    elif way in ("value", "script", "no rows"):
        value: object = rng.choice((*ODD, None, -1, 1.5, 2**62, b"\xff\x00", b""))
        script = f"UPDATE submissions SET {rng.choice(COLUMNS)} = ?"
        with closing(sqlite3.connect(path, isolation_level=None)) as connection, suppress(sqlite3.Error):
            if way == "value":
                connection.execute("PRAGMA ignore_check_constraints = ON")
                connection.execute(script, (value,))
            else:
                connection.execute("DELETE FROM submissions" if way == "no rows" else rng.choice(SCRIPTS))
