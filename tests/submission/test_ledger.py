"""The ledger: what it holds, which changes it refuses, and that it survives other processes and kills."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from shortlist.errors import LedgerError, UploadError
from shortlist.submission.ledger import Ledger, Origin, Score
from shortlist.submission.ledger_table import ledger_table
from shortlist.submission.services.dacon import Dacon

A, B = "a" * 64, "b" * 64
ORIGIN = Origin(
    "lightgbm", "c0ffee", "recall@5", {"kfold": Score(0.1088, 0.002, 5516.4), "holdout": Score(0.07, 0.001)}
)


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "a folder" / "원장?#%.sqlite")


def test_a_row_holds_what_was_recorded(ledger):
    """Before the first change there is nothing, not even a file; then every field comes back as it went in."""
    assert ledger.entries() == ()
    assert not ledger.path.parent.exists()
    row = ledger.record(A, "lightgbm-aaaaaaaa.csv", ORIGIN)
    assert ledger.entries() == (row,)
    assert (row.file, row.state, row.memo, row.sent, row.public) == ("lightgbm-aaaaaaaa.csv", "made", "", None, None)
    assert (row.method, row.configuration, row.metric, row.scores) == ("lightgbm", "c0ffee", "recall@5", ORIGIN.scores)
    assert row.made.endswith("+00:00")
    ledger.record(B, "by/hand.csv", Origin())
    assert [entry.sha256 for entry in ledger.entries()] == [A, B]
    assert ledger.find(B).method is None


def test_written_again(ledger):
    """The same content is one row: what it was made from is renewed until it is handed in; nothing new, no byte new."""
    ledger.record(A, "old.csv", Origin())
    ledger.record(A, "new.csv", ORIGIN)
    assert [(row.file, row.method) for row in ledger.entries()] == [("new.csv", "lightgbm")]
    before = ledger.path.read_bytes()
    ledger.record(A, "new.csv", ORIGIN)
    assert ledger.path.read_bytes() == before
    ledger.start(A, "memo")
    ledger.finish(A, "accepted", "accepted")
    ledger.record(A, "third.csv", Origin("popular"))
    assert (ledger.find(A).file, ledger.find(A).method) == ("new.csv", "lightgbm")


@pytest.mark.parametrize("state", ["sending", "accepted", "unknown"])
def test_what_may_have_arrived_never_starts_again(ledger, state):
    """Only what was never sent, or was refused, can be started."""
    ledger.record(A, "a.csv", ORIGIN)
    ledger.start(A, "one")
    if state != "sending":
        ledger.finish(A, state, "what it said")
    with pytest.raises(UploadError, match=f"is {state} already"):
        ledger.start(A, "two")
    assert (ledger.find(A).state, ledger.find(A).memo) == (state, "one")


def test_a_refused_one_starts_again_and_can_be_taken_back(ledger):
    """Where no byte has left after all, the row is what it was: refused, with the first memo, time and answer."""
    ledger.record(A, "a.csv", ORIGIN)
    ledger.start(A, "one")
    ledger.finish(A, "refused", "day_max_count", "another day")
    before = ledger.find(A)
    assert ledger.start(A, "two") == before
    assert ledger.find(A).state == "sending"
    ledger.take_back(before)
    assert ledger.find(A) == before


def test_settling(ledger):
    """A person's word counts where the server's is not known, can be corrected, and never replaces the server's."""
    ledger.record(A, "a.csv", ORIGIN)
    ledger.start(A, "one")
    with pytest.raises(UploadError, match="is being sent"):
        ledger.settle(A, "accepted")
    ledger.give_up()
    assert (ledger.find(A).state, ledger.find(A).answer) == ("unknown", "the upload was cut off")
    ledger.settle(A, "accepted")
    ledger.settle(A, "refused")
    ledger.start(A, "two")
    ledger.finish(A, "accepted", "accepted")
    with pytest.raises(UploadError, match="the server's own answer stands: accepted"):
        ledger.settle(A, "refused")
    with pytest.raises(UploadError, match="does not know the content bbbbbbbb"):
        ledger.settle(B, "refused")


def test_a_score_says_that_it_was_accepted(ledger):
    """A CSV handed in by hand is never sent from here; a later private score leaves no earlier number behind."""
    ledger.record(A, "a.csv", ORIGIN)
    ledger.score(A, 0.1716)
    ledger.score(A, 0.1717, 0.168)
    ledger.score(A, 0.1718)
    row = ledger.find(A)
    assert (row.state, row.public, row.private, row.sent) == ("accepted", 0.1718, 0.168, None)
    with pytest.raises(UploadError, match="accepted already"):
        ledger.start(A, "memo")
    ledger.settle(A, "refused")
    assert (ledger.find(A).state, ledger.find(A).public) == ("refused", None)


def test_a_file_that_is_no_ledger_is_named(ledger):
    """Other content, or a newer form, is one line and left as it is."""
    ledger.path.parent.mkdir()
    ledger.path.write_bytes(b"not a database, but long enough to be looked at\n" * 100)
    with pytest.raises(
        LedgerError, match=r"원장\?#%.sqlite: the ledger cannot be read or written \(file is not a data"
    ):
        ledger.record(A, "a.csv", ORIGIN)
    ledger.path.unlink()
    with sqlite3.connect(ledger.path) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(LedgerError, match="made by a newer Shortlist"):
        ledger.entries()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_ledger_that_may_not_be_written_is_read(ledger):
    """From a read-only folder: entries as ever, a change is one clear line."""
    row = ledger.record(A, "a.csv", ORIGIN)
    ledger.path.chmod(0o400)
    ledger.path.parent.chmod(0o500)
    try:
        assert ledger.entries() == (row,)
        with pytest.raises(LedgerError, match="readonly"):
            ledger.record(B, "b.csv", ORIGIN)
    finally:
        ledger.path.parent.chmod(0o700)


WRITER = """
import hashlib, sys
from pathlib import Path
from shortlist.submission.ledger import Ledger, Origin
ledger, name = Ledger(Path(sys.argv[1])), sys.argv[2]
for number in range(int(sys.argv[3])):
    digest = hashlib.sha256(f"{name} {number}".encode()).hexdigest()
    ledger.record(digest, f"{name}-{number}.csv", Origin())
    ledger.start(digest, "memo")
    ledger.finish(digest, "accepted", "accepted")
    print(number, flush=True)
"""


def writer(ledger, name, number):
    command = [sys.executable, "-c", WRITER, str(ledger.path), name, str(number)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_two_processes_write_at_once(ledger):
    """Both make the file and write at the same time: no row is lost, and nobody is told that it is locked."""
    with writer(ledger, "one", 30) as one, writer(ledger, "two", 30) as two:
        for process in (one, two):
            assert process.communicate(timeout=30)[1] == ""
    assert sorted(row.file for row in ledger.entries()) == sorted(
        f"{n}-{i}.csv" for n in ("one", "two") for i in range(30)
    )
    assert {row.state for row in ledger.entries()} == {"accepted"}


@pytest.mark.parametrize("number", range(6))
def test_a_writer_that_is_killed(ledger, number):
    """Killed at some point, it leaves every change that it has reported, at most one row in between, and no damage."""
    with writer(ledger, "one", 100_000) as process:
        for _ in range(3):
            process.stdout.readline()
        time.sleep(0.0037 * number)
        process.send_signal(signal.SIGKILL)
        said = 3 + len([line for line in process.stdout if line.endswith("\n")])
    rows = ledger.entries()
    assert said <= len(rows) <= said + 1
    assert all(row.state == "accepted" for row in rows[:said])
    ledger.record(A, "next.csv", ORIGIN)
    assert ledger.entries()[-1].file == "next.csv"
    with sqlite3.connect(ledger.path) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()


HALFWAY = """
import os, signal, sys
from pathlib import Path
from shortlist.submission.ledger import Ledger, Origin
ledger = Ledger(Path(sys.argv[1]))
with ledger._change() as connection:
    connection.execute("PRAGMA cache_size = 1")
    connection.execute("PRAGMA cache_spill = 1")
    for number in range(3000):
        connection.execute("INSERT INTO submissions (sha256, file, made) VALUES (?, 'x', 'x')", (f"{number:064}",))
    connection.execute("UPDATE submissions SET state = 'accepted'")
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_change_that_was_half_on_the_disk_is_undone(ledger):
    """Killed while pages of a change were in the file already: the next reader sees what was before."""
    row = ledger.record(A, "a.csv", ORIGIN)
    size = ledger.path.stat().st_size
    run = subprocess.run([sys.executable, "-c", HALFWAY, str(ledger.path)], check=False)
    assert run.returncode == -signal.SIGKILL
    assert ledger.path.stat().st_size > size
    assert ledger.path.with_name(f"{ledger.path.name}-journal").exists()
    assert ledger.entries() == (row,)


def test_the_table(ledger):
    """Newest last, an offline score for each scheme, scores of the leaderboard, and memos as they are."""
    assert ledger_table((), Dacon.zone) == "ledger: empty; `make submission` records what it makes\n"
    ledger.record(A, "lightgbm-a.csv", ORIGIN)
    ledger.record(B, "by-hand.csv", Origin())
    ledger.start(B, "[bold]둘[/]\x1b[31m")
    ledger.give_up()
    ledger.score(A, 0.1716)
    lines = ledger_table(ledger.entries(), Dacon.zone).splitlines()
    assert lines[1].split()[0] == "file"
    assert all(name in lines[1] for name in ("state", "KST", "kfold", "holdout", "public", "private", "memo"))
    first, second = lines[3:5]
    assert first.split()[:2] == ["lightgbm-a.csv", "accepted"]
    assert "recall@5  0.1088 ± 0.0020  0.0700 ± 0.0010  0.1716" in first
    assert "unknown: settle" in second
    assert "[bold]둘[/]\\x1b[31m; the upload was cut off" in second
