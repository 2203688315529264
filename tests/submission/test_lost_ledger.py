"""A ledger that was lost or damaged never passes for a new one: nothing is sent until a person has decided."""

import json
import os
import random
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from shortlist.errors import LedgerError, UploadError
from shortlist.submission.guard import obstacle
from shortlist.submission.journal import Journal
from shortlist.submission.ledger import Ledger, Origin
from shortlist.submission.outcome import settle
from shortlist.submission.upload import prepare, send

A, B = "a" * 64, "b" * 64


def statement(text: str, *values: object) -> Callable[[Path], None]:
    """What runs a statement of SQL on the ledger, whatever its own rules say."""

    def run(path: Path) -> None:
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.execute("PRAGMA ignore_check_constraints = ON")
            connection.execute(text, values)

    return run


def truncated(size: int) -> Callable[[Path], None]:
    return lambda path: os.truncate(path, size)


def zeroed(path: Path) -> None:
    path.write_bytes(bytes(path.stat().st_size))


def other_database(path: Path) -> None:
    path.unlink()
    statement("CREATE TABLE x (y)")(path)


def replaced(make: Callable[[Path], object]) -> Callable[[Path], None]:
    def replace(path: Path) -> None:
        path.unlink()
        make(path)

    return replace


LOSSES = {
    "empty": truncated(0),
    "cut off": truncated(5000),
    "its first page alone": truncated(4096),
    "zeros": zeroed,
    "random bytes": lambda path: path.write_bytes(random.Random(1).randbytes(8192)),
    "another database": other_database,
    "deleted": Path.unlink,
    "a folder": replaced(Path.mkdir),
    "a pipe": replaced(os.mkfifo),
    "a link to nothing": replaced(lambda path: path.symlink_to("nothing")),
    "no rows": statement("DELETE FROM submissions"),
    "no table": statement("DROP TABLE submissions"),
    "another table": statement("ALTER TABLE submissions RENAME TO other"),
    "an older copy": statement("UPDATE submissions SET state = 'made', sent = NULL, answered = NULL"),
}
ODD = {
    "sha256": "A" * 64,
    "scores": "[1",
    "state": "sent",
    "made": "yesterday",
    "sent": "2026-01-01T00:00:00",
    "answered": b"\xff",
    "again": "never ever",
    "public": "much",
    "private": 1e308,
    "metric": b"\xff\xfe",
}
ODD_SCORES = [
    '{"kfold": 1}',
    '{"kfold": {"mean": NaN, "error": 1}}',
    '{"kfold": {"mean": 1}}',
    "[]",
    "[" * 5000,
    "1" * 5000,
]


@pytest.mark.parametrize("lose", LOSSES.values(), ids=LOSSES)
def test_nothing_is_sent_after_a_loss(project, dacon, command, lose):
    """Neither what was accepted nor anything else goes out; `make ledger` says what was handed in."""
    send(prepare(project, "mine.csv", "memo"))
    lose(project.paths.ledger)
    for file in ("mine.csv", "other.csv"):
        code, _, errors = command("upload", "--file", file, "--memo", "memo", "--yes")
        assert (code, errors.count("\n")) == (2, 1)
        assert "make ledger" in errors or "cannot be read" in errors
    assert len(dacon.requests) == 1
    code, output, errors = command("ledger")
    assert code in (0, 2)
    assert errors.count("\n") == int(code == 2)
    assert "LOST: mine.csv: accepted" in output
    if project.paths.ledger.is_fifo() or project.paths.ledger.is_symlink():
        project.paths.ledger.unlink()  # `project` reads every file in the end


@pytest.mark.parametrize(("column", "value"), ODD.items())
def test_odd_values_are_named(project, dacon, command, column, value):
    """By the file and the column of the row; nothing is sent, and nobody sees a traceback."""
    send(prepare(project, "mine.csv", "memo"))
    statement(f"UPDATE submissions SET {column} = ?", value)(project.paths.ledger)
    for arguments in (("upload", "--file", "other.csv", "--memo", "memo", "--yes"), ("ledger",)):
        code, _, errors = command(*arguments)
        assert (code, errors.count("\n")) == (2, 1)
        assert "ledger.sqlite" in errors
        assert "put a copy of it back" in errors
    assert len(dacon.requests) == 1


@pytest.mark.parametrize("scores", ODD_SCORES)
def test_odd_scores_are_named(tmp_path, scores):
    """The offline scores are JSON in a cell: each of them is looked at."""
    ledger = Ledger(tmp_path / "ledger.sqlite")
    ledger.record(A, "a.csv", Origin())
    statement("UPDATE submissions SET scores = ?", scores)(ledger.path)
    with pytest.raises(LedgerError, match=r"the row of 'a\.csv', column scores"):
        ledger.entries()


def test_a_person_decides(project, dacon, command):
    """After the loss each content is settled, whether its CSV is still there or not; then uploads go on."""
    for file in ("mine.csv", "other.csv"):
        send(prepare(project, file, "memo"))
    project.paths.ledger.unlink()
    (project.paths.submissions / "other.csv").unlink()
    lines = command("ledger")[1].splitlines()
    assert ["LOST: mine.csv" in lines[0], "LOST: other.csv" in lines[1]] == [True, True]
    settle(project.paths, "mine.csv", "refused")
    with pytest.raises(UploadError, match=r"has lost 1 of what was handed in, the first 'other\.csv' \(accepted\)"):
        prepare(project, "mine.csv", "memo")
    settle(project.paths, "other.csv", "accepted")
    assert "LOST" not in command("ledger")[1]
    send(prepare(project, "mine.csv", "memo"))
    assert [entry.state for entry in Ledger(project.paths.ledger).entries()] == ["accepted", "accepted"]
    assert len(dacon.requests) == 3


def test_no_byte_of_a_ledger_can_be_lost_unseen(tmp_path):
    """Whatever happens to some bytes: an error, a loss that is noticed, or the same content is still not sent again."""
    ledger = Ledger(tmp_path / "ledger.sqlite")
    for sha256, file in ((A, "a.csv"), (B, "b.csv")):
        ledger.record(sha256, file, Origin())
        ledger.start(sha256, "memo")
        ledger.finish(sha256, "accepted", "accepted")
    whole, random_ = ledger.path.read_bytes(), random.Random(7)
    used = [place for place, byte in enumerate(whole) if byte]
    errors = 0
    for _ in range(300):
        content = bytearray(whole)
        for _ in range(random_.choice((1, 1, 1, 20))):
            content[random_.choice(used)] = random_.choice((0, 255, random_.randrange(256)))
        ledger.path.write_bytes(content)
        try:
            entries = ledger.entries()
        except LedgerError:
            errors += 1
            continue
        assert ledger.lost() or all(obstacle(each, entries, 9, datetime.now(UTC)) for each in (A, B))
    assert errors > 50


def test_the_journal_of_an_older_project_begins_with_what_was_sent(tmp_path):
    """A ledger from before there were journals: the first line that is written brings all others."""
    ledger, journal = Ledger(tmp_path / "ledger.sqlite"), tmp_path / "sent.jsonl"
    for sha256, file in ((A, "a.csv"), (B, "b.csv")):
        ledger.record(sha256, file, Origin())
    ledger.start(A, "memo")
    ledger.finish(A, "accepted", "accepted")
    journal.unlink()
    ledger.start(B, "memo")
    said = [json.loads(line) for line in journal.read_text(encoding="utf-8").splitlines()]
    assert [(line["file"], line["state"]) for line in said] == [("a.csv", "accepted"), ("b.csv", "sending")]
    assert ledger.lost() == []
    ledger.path.unlink()
    assert [line.file for line in ledger.lost()] == ["a.csv", "b.csv"]


@pytest.mark.parametrize("end", ["made", "refused"])
def test_what_never_arrived_is_no_loss(tmp_path, end):
    """A ledger that loses what was taken back or refused has lost nothing that must not be sent again."""
    ledger = Ledger(tmp_path / "ledger.sqlite")
    ledger.record(A, "a.csv", Origin())
    before = ledger.start(A, "memo")
    if end == "made":
        ledger.take_back(before)
    else:
        ledger.finish(A, "refused", "no", "any time")
    ledger.path.unlink()
    assert ledger.lost() == []


@pytest.mark.parametrize("line", [b"", b"{}", b"[1]", b"\xff", b'{"time": 1}', b"[" * 5000, b"9" * 5000])
def test_a_damaged_journal_stops_uploads(project, dacon, command, line):
    """A line that is none hides what it said: one line that names it, and nothing is sent."""
    send(prepare(project, "mine.csv", "memo"))
    journal = project.paths.submissions / "sent.jsonl"
    journal.write_bytes(line + b"\n" + journal.read_bytes())
    code, _, errors = command("upload", "--file", "other.csv", "--memo", "memo", "--yes")
    assert (code, errors.count("\n")) == (2, 1)
    assert "sent.jsonl: line 1: damaged; nothing is sent" in errors
    assert len(dacon.requests) == 1


def test_half_a_line_is_passed_over(project, dacon):
    """It was cut off by a full disk before anything was sent; the next one begins anew."""
    send(prepare(project, "mine.csv", "memo"))
    journal = project.paths.submissions / "sent.jsonl"
    journal.write_bytes(journal.read_bytes() + b'{"time": "20')
    send(prepare(project, "other.csv", "memo"))
    assert len(dacon.requests) == 2
    text = journal.read_bytes().split(b"\n")
    assert text[2] == b'{"time": "20'


def test_names_of_any_kind_come_back(tmp_path):
    """Line breaks, letters of any script, and bytes that are no text."""
    ledger = Ledger(tmp_path / "ledger.sqlite")
    ledger.record(A, "줄\n둘\t.csv", Origin())
    ledger.start(A, "memo")
    ledger.path.unlink()
    assert [line.file for line in ledger.lost()] == ["줄\n둘\t.csv"]


def test_where_the_journal_cannot_be_written_nothing_is_sent(project, dacon, monkeypatch):
    """A full disk before the first byte: the row is what it was, and the next try is free."""

    def full(*arguments: object) -> None:
        raise OSError(28, "No space left on device", "sent.jsonl")

    with monkeypatch.context() as patch:
        patch.setattr(Journal, "add", full)
        with pytest.raises(OSError, match="No space left"):
            send(prepare(project, "mine.csv", "memo"))
    assert dacon.requests == []
    send(prepare(project, "mine.csv", "memo"))
    assert len(dacon.requests) == 1


def test_after_the_server_has_spoken_the_journal_changes_nothing(project, dacon, monkeypatch):
    """A disk that is full by then: the ledger has the answer, and the line says accepted."""
    add = Journal.add
    lines: list[object] = []

    def full(journal: Journal, new: object) -> None:
        if lines:
            raise OSError(28, "No space left on device", "sent.jsonl")
        lines.append(new)
        add(journal, new)  # type: ignore[arg-type]

    monkeypatch.setattr(Journal, "add", full)
    assert "accepted" in send(prepare(project, "mine.csv", "memo"))
    ledger = Ledger(project.paths.ledger)
    assert [entry.state for entry in ledger.entries()] == ["accepted"]
    assert ledger.lost() == []


def test_a_ledger_is_whole_from_its_first_moment(tmp_path, monkeypatch):
    """Where a file cannot have two names it is moved into its place; another's is never replaced."""
    ledger = Ledger(tmp_path / "ledger.sqlite")

    def no_links(*arguments: object) -> None:
        raise OSError(1, "Operation not permitted")

    with monkeypatch.context() as patch:
        patch.setattr(os, "link", no_links)
        row = ledger.record(A, "a.csv", Origin())
    assert ledger.entries() == (row,)
    other = tmp_path / "other" / "ledger.sqlite"
    other.parent.mkdir()

    def late(*arguments: object) -> None:
        shutil.copy2(ledger.path, other)  # another process was quicker
        raise FileExistsError(17, "File exists")

    with monkeypatch.context() as patch:
        patch.setattr(os, "link", late)
        Ledger(other).record(B, "b.csv", Origin())
    assert [entry.file for entry in Ledger(other).entries()] == ["a.csv", "b.csv"]
    assert sorted(path.name for path in other.parent.iterdir()) == ["ledger.sqlite"]


def test_a_name_that_is_no_text_is_one_line(tmp_path):
    """The ledger holds text: a name of other bytes is refused, and nothing is written."""
    ledger = Ledger(tmp_path / "ledger.sqlite")
    with pytest.raises(LedgerError, match="is not UTF-8"):
        ledger.record(A, os.fsdecode(b"a\xff.csv"), Origin())
    assert ledger.entries() == ()
