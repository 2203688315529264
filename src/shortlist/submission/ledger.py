"""The ledger of submissions: every CSV that was made or sent, once for each content, and what became of it.

One SQLite file. A change is one transaction that is on the disk when the method returns, whichever process is killed
and whenever; a second process waits for the first. The journal is SQLite's older one, not WAL: WAL keeps part of the
content in files beside it until they are merged, needs memory shared between processes (none on a network drive), and
cannot be read from a folder that may not be written. The few writes here would gain nothing by it.

A ledger is whole from its first moment: one that holds nothing, or odd values, was damaged, and never passes for a new
one. What was handed in stands in a journal too, see `submission.journal`, so that a ledger that is gone is missed.
"""

import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from shortlist.common.files import atomic
from shortlist.errors import LedgerError, UploadError, shown
from shortlist.submission.entry import COLUMNS, entry_of, stored
from shortlist.submission.entry import Again as Again
from shortlist.submission.entry import Entry as Entry
from shortlist.submission.entry import Origin as Origin
from shortlist.submission.entry import Score as Score
from shortlist.submission.entry import State as State
from shortlist.submission.journal import Journal, Line

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


DAMAGE = (sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
"""What SQLite says of a file that is no ledger; not of one that is locked, or of a full disk."""

RESTORE = "put a copy of it back, or delete it: `make ledger` shows what was handed in, for you to settle"


class Ledger:
    """The ledger at `path`; the file is made by the first change.

    Every method raises LedgerError if the file cannot be read or written, or holds what no ledger does.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._journal = Journal(path.with_name("sent.jsonl"))

    def entries(self) -> tuple[Entry, ...]:
        """All rows, oldest first."""
        if not os.path.lexists(self.path):
            return ()
        with self._open() as connection:  # read-only if the file is: SQLite sees to it
            return tuple(map(self._entry, connection.execute(f"SELECT {COLUMNS} FROM submissions ORDER BY number")))

    def lost(self) -> list[Line]:
        """What was handed in by the journal, and not by the ledger; all of it where the ledger cannot be read."""
        try:
            entries = self.entries()
        except LedgerError:
            entries = ()
        return self._journal.lost(entries)

    def find(self, sha256: str) -> Entry | None:
        """The row of a content."""
        return next((entry for entry in self.entries() if entry.sha256 == sha256), None)

    def record(self, sha256: str, file: str, origin: Origin) -> Entry:
        """A CSV is there: a new row, or name and origin renewed unless it has been sent. Gives the row."""
        values = {"file": file, **asdict(origin), "scores": stored(origin.scores)}
        with self._change() as connection:
            known = self._row(connection, sha256)
            if known is None:
                _insert(connection, {"sha256": sha256, "made": _now(), **values})
            elif known.state == "made" and (known.file, known.origin) != (file, origin):
                _update(connection, sha256, values)
            return self._known(connection, sha256)

    def start(self, sha256: str, memo: str) -> Entry:
        """The first byte is about to leave; returns the row as it was.

        Raises:
            UploadError: the content is not known, is being sent, or may have arrived already.
        """
        with self._change() as connection:
            before = self._known(connection, sha256)
            if before.state not in ("made", "refused"):
                raise UploadError(f"{before.file}: is {before.state} already; the same content is never sent twice")
            _update(connection, sha256, {"state": "sending", "memo": memo, "sent": _now(), "answered": None,
                                         "answer": None, "again": None})  # fmt: skip
        try:
            self._note(sha256)
        except (OSError, LedgerError):  # then nothing is sent
            self._put_back(before)
            raise
        return before

    def take_back(self, before: Entry) -> None:
        """No byte has left after all: the row becomes what it was before `start`."""
        self._put_back(before)
        self._note_if_possible(before.sha256)

    def _put_back(self, before: Entry) -> None:
        values = {name: getattr(before, name) for name in ("state", "memo", "sent", "answered", "answer", "again")}
        with self._change() as connection:
            _update(connection, before.sha256, values)

    def finish(self, sha256: str, state: State, answer: str, again: Again | None = None) -> None:
        """What the server said to what `start` began."""
        answered = None if state == "unknown" else _now()
        with self._change() as connection:
            _update(connection, sha256, {"state": state, "answer": answer, "again": again, "answered": answered})
        self._note_if_possible(sha256)

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
            known = self._known(connection, sha256)
            if known.state == "sending":
                raise UploadError(f"{known.file}: is being sent; wait for its end")
            if known.answered is not None:
                raise UploadError(f"{known.file}: the server's own answer stands: {known.state}; nothing to settle")
            values: dict[str, Any] = {"state": state, "answer": "settled by hand", "again": None}
            if state == "refused":
                values |= {"again": "any time", "public": None, "private": None}
            _update(connection, sha256, values)
        self._note_if_possible(sha256)

    def score(self, sha256: str, public: float, private: float | None = None) -> None:
        """What the leaderboard shows, which also says that it was accepted. A private score not given stays as it is.

        Raises:
            UploadError: the content is not known, or is being sent.
        """
        with self._change() as connection:
            known = self._known(connection, sha256)
            if known.state == "sending":
                raise UploadError(f"{known.file}: is being sent; wait for its end")
            values: dict[str, Any] = {"state": "accepted", "again": None, "public": public}
            _update(connection, sha256, values if private is None else {**values, "private": private})
        self._note_if_possible(sha256)

    def _note(self, sha256: str) -> None:
        """Write what a content has become into the journal; into a new one, of every other that was sent too."""
        entries = self.entries()
        own = [entry for entry in entries if entry.sha256 == sha256]
        before = [] if self._journal.last() else [each for each in entries if each.may_have_arrived and each not in own]
        self._journal.add(Line(_now(), each.sha256, each.state, each.file) for each in (*before, *own))

    def _note_if_possible(self, sha256: str) -> None:
        """The same where the ledger is on the disk already, which alone decides: the journal may say too little."""
        with suppress(OSError, LedgerError):
            self._note(sha256)

    @contextmanager
    def _change(self) -> Iterator[sqlite3.Connection]:
        """One transaction, which no other process's can interleave: on the disk at its end, or as if never begun."""
        self._make()
        with self._open() as connection:
            connection.execute("PRAGMA synchronous = EXTRA")  # FULL, and the folder's entry of the deleted journal
            connection.execute("BEGIN IMMEDIATE")
            yield connection
            connection.execute("COMMIT")  # after an error, closing rolls back

    def _make(self) -> None:
        """An empty ledger unless there is one: at no moment is there a file that is not yet one."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        if os.path.lexists(self.path):
            return
        with suppress(FileExistsError), atomic(self.path) as fresh:
            with closing(sqlite3.connect(fresh, isolation_level=None)) as connection:
                connection.execute("PRAGMA journal_mode = OFF")  # its file would pass for one that was left over
                connection.execute(SCHEMA)
                connection.execute(f"PRAGMA user_version = {VERSION}")
            _put(fresh, self.path)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            address = f"{self.path.absolute().as_uri()}?mode=rw"
            with closing(sqlite3.connect(address, BUSY_SECONDS, isolation_level=None, uri=True)) as connection:
                connection.row_factory = sqlite3.Row
                connection.text_factory = lambda text: text.decode("utf-8", "surrogateescape")  # odd, to be told by us
                self._check(connection)
                yield connection
        except sqlite3.Error as error:
            advice = f"; {RESTORE}" if getattr(error, "sqlite_errorcode", 0) in DAMAGE else ""
            raise LedgerError(f"{self.path}: the ledger cannot be read or written ({error}){advice}") from None
        except UnicodeDecodeError:  # SQLite's own words quote what is damaged
            raise LedgerError(f"{self.path}: the ledger is damaged; {RESTORE}") from None
        except UnicodeEncodeError as error:
            raise LedgerError(
                f"{shown(error.object)} is not UTF-8, and the ledger holds text; give it another"
            ) from None

    def _check(self, connection: sqlite3.Connection) -> None:
        version = int(connection.execute("PRAGMA user_version").fetchone()[0])
        if version > VERSION:
            raise LedgerError(f"{self.path}: made by a newer Shortlist; update this one")
        if version < 1:
            raise LedgerError(
                f"{self.path}: the ledger is empty, which it never is by itself: what it held is lost; {RESTORE}"
            )
        if (fault := connection.execute("PRAGMA integrity_check(1)").fetchone()[0]) != "ok":
            raise LedgerError(f"{self.path}: the ledger is damaged ({fault}); {RESTORE}")

    def _entry(self, row: sqlite3.Row) -> Entry:
        try:
            return entry_of(dict(row))
        except ValueError as column:
            place = f"the row of {shown(row['file'])}, column {column}"
            raise LedgerError(f"{self.path}: {place}: the ledger never writes what stands there; {RESTORE}") from None

    def _row(self, connection: sqlite3.Connection, sha256: str) -> Entry | None:
        row = connection.execute(f"SELECT {COLUMNS} FROM submissions WHERE sha256 = ?", (sha256,)).fetchone()
        return None if row is None else self._entry(row)

    def _known(self, connection: sqlite3.Connection, sha256: str) -> Entry:
        if (entry := self._row(connection, sha256)) is None:
            raise UploadError(
                f"the ledger does not know the content {sha256[:8]}...; `make ledger` shows what it knows"
            )
        return entry


def _put(fresh: Path, path: Path) -> None:
    """Give a file its name unless there is one of that name: FileExistsError."""
    try:
        os.link(fresh, path)
    except FileExistsError:
        raise
    except OSError:  # a file system without a second name for a file: the move that follows gives it
        return


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _insert(connection: sqlite3.Connection, values: Mapping[str, Any]) -> None:
    marks = ", ".join("?" * len(values))
    connection.execute(f"INSERT INTO submissions ({', '.join(values)}) VALUES ({marks})", tuple(values.values()))


def _update(connection: sqlite3.Connection, sha256: str, values: Mapping[str, Any]) -> None:
    changes = ", ".join(f"{column} = ?" for column in values)
    connection.execute(f"UPDATE submissions SET {changes} WHERE sha256 = ?", (*values.values(), sha256))
