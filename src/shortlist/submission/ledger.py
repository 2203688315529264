"""The ledger of submissions: every CSV that was made or sent, once for each content, and what became of it.

One SQLite file. A change is one transaction that is on the disk when the method returns, whichever process is killed
and whenever; a second process waits for the first. The journal is SQLite's older one, not WAL: WAL keeps part of the
content in files beside it until they are merged, needs memory shared between processes (none on a network drive), and
cannot be read from a folder that may not be written. The few writes here would gain nothing by it.
"""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from shortlist.errors import LedgerError, UploadError

State = Literal["made", "sending", "accepted", "refused", "unknown"]
"""`made`: never sent. `sending`: the first byte may have left. `unknown`: it may have arrived or not."""

Again = Literal["any time", "another day", "never"]
"""When the server may be asked once more about a content that it refused."""

BUSY_SECONDS = 30.0
"""How long one process waits for another's change; each takes milliseconds."""

VERSION = 1
SCHEMA = """
CREATE TABLE submissions (
    number INTEGER PRIMARY KEY,
    sha256 TEXT NOT NULL UNIQUE CHECK (length(sha256) = 64),
    file TEXT NOT NULL,
    method TEXT,
    configuration TEXT,
    metric TEXT,
    scores TEXT NOT NULL DEFAULT '{}',
    memo TEXT NOT NULL DEFAULT '',
    state TEXT NOT NULL DEFAULT 'made' CHECK (state IN ('made', 'sending', 'accepted', 'refused', 'unknown')),
    made TEXT NOT NULL,
    sent TEXT,
    answered TEXT,
    answer TEXT,
    again TEXT,
    public REAL,
    private REAL
)
"""


@dataclass(frozen=True)
class Score:
    """An offline score: mean, its standard error, and how many users a fold scores on average, if known."""

    mean: float
    error: float
    users: float | None = None


@dataclass(frozen=True)
class Origin:
    """What a CSV was made from: nothing is known of one that Shortlist has not made.

    Attributes:
        method: whose list comes first in it.
        configuration: fingerprint of the whole configuration.
        metric: the headline, which the scores are of.
        scores: offline, by validation scheme.
    """

    method: str | None = None
    configuration: str | None = None
    metric: str | None = None
    scores: Mapping[str, Score] = field(default_factory=dict)


@dataclass(frozen=True)
class Entry:
    """A row of the ledger. Times are UTC in ISO 8601, to the second.

    Attributes:
        sha256: of the CSV's bytes.
        file: its name in the submissions folder; its path as given if it lies elsewhere.
        method, configuration, metric, scores: see `Origin`.
        memo: what was sent with it.
        state: see `State`.
        made: when the ledger met it first.
        sent: when the last upload began; None if it was never sent from here.
        answered: when the server said yes or no; None where nobody knows, or where it is a person's word.
        answer: what the server said, or how the upload ended, in short.
        again: where refused, when it may be sent once more.
        public, private: the leaderboard's scores.
    """

    sha256: str
    file: str
    method: str | None
    configuration: str | None
    metric: str | None
    scores: Mapping[str, Score]
    memo: str
    state: State
    made: str
    sent: str | None
    answered: str | None
    answer: str | None
    again: Again | None
    public: float | None
    private: float | None

    @property
    def origin(self) -> Origin:
        """What the CSV was made from."""
        return Origin(self.method, self.configuration, self.metric, self.scores)


COLUMNS = ", ".join(column.name for column in fields(Entry))


class Ledger:
    """The ledger at `path`; the file is made by the first change.

    Every method raises LedgerError if the file cannot be read or written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def entries(self) -> tuple[Entry, ...]:
        """All rows, oldest first."""
        if not self.path.exists():
            return ()
        with self._open("rw") as connection:  # read-only if the file is: SQLite sees to it
            if _version(connection, self.path) == 0:
                return ()
            return tuple(map(_entry, connection.execute(f"SELECT {COLUMNS} FROM submissions ORDER BY number")))

    def find(self, sha256: str) -> Entry | None:
        """The row of a content."""
        return next((entry for entry in self.entries() if entry.sha256 == sha256), None)

    def record(self, sha256: str, file: str, origin: Origin) -> Entry:
        """A CSV is there: a new row, or name and origin renewed unless it has been sent. Gives the row."""
        values = {"file": file, **asdict(origin), "scores": _json(origin.scores)}
        with self._change() as connection:
            known = _row(connection, sha256)
            if known is None:
                _insert(connection, {"sha256": sha256, "made": _now(), **values})
            elif known.state == "made" and (known.file, known.origin) != (file, origin):
                _update(connection, sha256, values)
            return _known(connection, sha256)

    def start(self, sha256: str, memo: str) -> Entry:
        """The first byte is about to leave; returns the row as it was.

        Raises:
            UploadError: the content is not known, is being sent, or may have arrived already.
        """
        with self._change() as connection:
            before = _known(connection, sha256)
            if before.state not in ("made", "refused"):
                raise UploadError(f"{before.file}: is {before.state} already; the same content is never sent twice")
            _update(connection, sha256, {"state": "sending", "memo": memo, "sent": _now(), "answered": None,
                                         "answer": None, "again": None})  # fmt: skip
        return before

    def take_back(self, before: Entry) -> None:
        """No byte has left after all: the row becomes what it was before `start`."""
        values = {name: getattr(before, name) for name in ("state", "memo", "sent", "answered", "answer", "again")}
        with self._change() as connection:
            _update(connection, before.sha256, values)

    def finish(self, sha256: str, state: State, answer: str, again: Again | None = None) -> None:
        """What the server said to what `start` began."""
        answered = None if state == "unknown" else _now()
        with self._change() as connection:
            _update(connection, sha256, {"state": state, "answer": answer, "again": again, "answered": answered})

    def give_up(self) -> None:
        """Whoever was sending is dead: what it sent may have arrived. For a caller that holds the lock of uploads."""
        with self._change() as connection:
            connection.execute(
                "UPDATE submissions SET state = 'unknown', answer = 'the upload was cut off' WHERE state = 'sending'"
            )

    def settle(self, sha256: str, state: Literal["accepted", "refused"]) -> None:
        """A person's word where the server's is not known; what was refused has no score and may be sent again.

        Raises:
            UploadError: the content is not known, is being sent, or the server itself has said what became of it.
        """
        with self._change() as connection:
            known = _known(connection, sha256)
            if known.state == "sending":
                raise UploadError(f"{known.file}: is being sent; wait for its end")
            if known.answered is not None:
                raise UploadError(f"{known.file}: the server's own answer stands: {known.state}; nothing to settle")
            values: dict[str, Any] = {"state": state, "answer": "settled by hand", "again": None}
            if state == "refused":
                values |= {"again": "any time", "public": None, "private": None}
            _update(connection, sha256, values)

    def score(self, sha256: str, public: float, private: float | None = None) -> None:
        """What the leaderboard shows, which also says that it was accepted. A private score not given stays as it is.

        Raises:
            UploadError: the content is not known, or is being sent.
        """
        with self._change() as connection:
            known = _known(connection, sha256)
            if known.state == "sending":
                raise UploadError(f"{known.file}: is being sent; wait for its end")
            values: dict[str, Any] = {"state": "accepted", "again": None, "public": public}
            _update(connection, sha256, values if private is None else {**values, "private": private})

    @contextmanager
    def _change(self) -> Iterator[sqlite3.Connection]:
        """One transaction, which no other process's can interleave: on the disk at its end, or as if never begun."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self._open("rwc") as connection:
            connection.execute("PRAGMA synchronous = EXTRA")  # FULL, and the folder's entry of the deleted journal
            connection.execute("BEGIN IMMEDIATE")
            if _version(connection, self.path) == 0:
                connection.execute(SCHEMA)
                connection.execute(f"PRAGMA user_version = {VERSION}")
            yield connection
            connection.execute("COMMIT")  # after an error, closing rolls back

    @contextmanager
    def _open(self, mode: Literal["rw", "rwc"]) -> Iterator[sqlite3.Connection]:
        try:
            address = f"{self.path.resolve().as_uri()}?mode={mode}"
            with closing(sqlite3.connect(address, BUSY_SECONDS, isolation_level=None, uri=True)) as connection:
                connection.row_factory = sqlite3.Row
                yield connection
        except sqlite3.Error as error:
            raise LedgerError(f"{self.path}: the ledger cannot be read or written ({error})") from None


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _version(connection: sqlite3.Connection, path: Path) -> int:
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if version > VERSION:
        raise LedgerError(f"{path}: made by a newer Shortlist; update this one")
    return version


def _row(connection: sqlite3.Connection, sha256: str) -> Entry | None:
    row = connection.execute(f"SELECT {COLUMNS} FROM submissions WHERE sha256 = ?", (sha256,)).fetchone()
    return None if row is None else _entry(row)


def _known(connection: sqlite3.Connection, sha256: str) -> Entry:
    if (entry := _row(connection, sha256)) is None:
        raise UploadError(f"the ledger does not know the content {sha256[:8]}...; `make ledger` shows what it knows")
    return entry


def _insert(connection: sqlite3.Connection, values: Mapping[str, Any]) -> None:
    marks = ", ".join("?" * len(values))
    connection.execute(f"INSERT INTO submissions ({', '.join(values)}) VALUES ({marks})", tuple(values.values()))


def _update(connection: sqlite3.Connection, sha256: str, values: Mapping[str, Any]) -> None:
    changes = ", ".join(f"{column} = ?" for column in values)
    connection.execute(f"UPDATE submissions SET {changes} WHERE sha256 = ?", (*values.values(), sha256))


def _entry(row: sqlite3.Row) -> Entry:
    scores = {scheme: Score(**score) for scheme, score in json.loads(row["scores"]).items()}
    return Entry(**{**dict(row), "scores": scores})


def _json(scores: Mapping[str, Score]) -> str:
    return json.dumps({scheme: asdict(score) for scheme, score in scores.items()})
