"""Uploads as processes: killed, interrupted, two at once, and through Make, where a memo is nobody's command."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from shortlist.increments import prepare
from shortlist.pipeline.run import Run
from shortlist.submission.ledger import Entry, Ledger

ROOT = Path(__file__).parents[2]
MEMO = """it's "둘" $(touch made-by-a-shell) $(shell touch made-by-make) `touch made` $HOME $$ #; \\ end"""


def row(project: Run, file: str = "mine.csv") -> Entry:
    return next(entry for entry in Ledger(project.paths.ledger).entries() if entry.file == file)


def start_upload(*arguments):
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "DACON_TIMEOUT": "30"}
    command = [sys.executable, "-m", "shortlist", "upload", "--competition", "sample", "--yes", "--memo", "memo"]
    return subprocess.Popen(
        [*command, *arguments], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def test_killed_in_the_middle(project, dacon, command, token):
    """Killed while the server is silent: `sending` was on the disk before; then unknown, refused, and settled."""
    dacon.waits()
    with start_upload("--file", "mine.csv") as process:
        assert dacon.started.wait(30)
        assert row(project).state == "sending"
        code, output, errors = command("upload", "--file", "other.csv", "--memo", "two", "--yes")
        assert "1 that may have arrived" in output
        assert (code, errors.count("\n")) == (2, 1)
        assert "another upload is running" in errors
        assert "sending now" in command("ledger")[1]
        assert "is being sent" in command("settle", "--file", "mine.csv", "--as", "refused")[2]
        process.send_signal(signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL
        assert token not in "".join(process.communicate())
    assert "unknown: settle" in command("ledger")[1]
    assert row(project).answer == "the upload was cut off"
    dacon.answers(200, b'{"message": "ok"}')
    for file, expected in (("mine.csv", 2), ("other.csv", 0)):
        assert command("upload", "--file", file, "--memo", "three", "--yes")[0] == expected
    assert command("settle", "--file", "mine.csv", "--as", "accepted")[0] == 0
    code, _, errors = command("upload", "--file", "mine.csv", "--memo", "four", "--yes")
    assert (code, "accepted already" in errors) == (2, True)
    assert len(dacon.requests) == 2


def test_interrupted_in_the_middle(project, dacon):
    """Ctrl-C while the server is silent: one line, exit code 4, unknown."""
    dacon.waits()
    with start_upload("--file", "mine.csv") as process:
        assert dacon.started.wait(30)
        process.send_signal(signal.SIGINT)
        errors = process.communicate()[1]
    assert (process.returncode, errors.count("\n")) == (4, 1)
    assert "interrupted" in errors
    assert row(project).state == "unknown"


ANSWERS = {"accepted": b'{"message": "ok"}', "refused": b'{"isSubmitted": false, "detail": "no"}',
           "unclear": b"what?", "too long": b" " * 70_000}  # fmt: skip


@pytest.mark.parametrize("beside_a_loop", [False, True])
@pytest.mark.parametrize("answer", ANSWERS)
def test_interrupted_after_the_answer(project, dacon, command, monkeypatch, answer, beside_a_loop):
    """Ctrl-C between the answer and its line comes too late: the line is there, and the exit code is the outcome's.

    So it is in a thread that runs a loop of events, as a notebook's does.
    """
    finish = Ledger.finish

    def interrupted(*arguments):
        signal.raise_signal(signal.SIGINT)
        finish(*arguments)
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(Ledger, "finish", interrupted)
    dacon.answers(200, ANSWERS[answer])

    def upload():
        return command("upload", "--file", "mine.csv", "--memo", "memo", "--yes")

    async def loop():
        return upload()

    code, output, errors = asyncio.run(loop()) if beside_a_loop else upload()
    state = answer if answer in ("accepted", "refused") else "unknown"
    assert (code, row(project).state) == ({"accepted": 0, "refused": 3, "unknown": 4}[state], state)
    assert (output + errors).strip().splitlines()[-1].startswith(("upload: mine.csv", "shortlist: mine.csv"))


def test_two_at_once(project, dacon):
    """Of two processes with the same file one sends and the other is refused: the server sees one request."""
    with start_upload("--file", "mine.csv") as first, start_upload("--file", "mine.csv") as second:
        codes = sorted((first.wait(), second.wait()))
    assert codes == [0, 2]
    assert len(dacon.requests) == 1
    assert row(project).state == "accepted"


@pytest.fixture
def make(project, token):
    """Make in the project's folder; neither output nor arguments hold the token."""
    for name in ("Makefile", "pyproject.toml", "requirements.lock"):
        shutil.copy2(ROOT / name, name)
    prepare(project)
    project.paths.sample_made.touch()  # these raw files are the sample, made by the sources of today
    shutil.copytree(ROOT / "src", "src", ignore=shutil.ignore_patterns("__pycache__"))

    def make(*arguments, code=0, **environment):
        outer = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")}
        command = ["make", *arguments, f"VENV={sys.prefix}", "UV=/bin/true"]
        done = subprocess.run(command, env={**outer, **environment}, capture_output=True, text=True, check=False)
        assert done.returncode == code, done.stdout + done.stderr
        assert token not in done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        return done

    return make


def test_through_make(project, dacon, make):
    """YES=1 on the command line sends, one in the environment does not; the memo arrives as it was typed."""
    typed = ("upload", "FILE=mine.csv", f"MEMO={MEMO}")
    assert "--yes" in make("-n", *typed, "YES=1").stdout
    for dry in (make("-n", *typed, YES="1"), make("-n", *typed, "YES=0"), make("-n", *typed, "YES=")):
        assert " upload --competition sample" in dry.stdout
        assert "--yes" not in dry.stdout
    assert "put it into .env" in make(*typed, "YES=1", "DACON_TOKEN=x", code=2).stderr
    assert dacon.requests == []
    assert "accepted" in make(*typed, "YES=1").stdout
    (request,) = dacon.requests
    assert not list(Path().glob("made*"))
    assert request.parts["memo"].decode() == row(project).memo == MEMO
    assert "public 0.1716, private 0.5" in make("score", "FILE=mine.csv", "PUBLIC=0.1716", "PRIVATE=0.5").stdout
    assert "0.1716" in make("ledger").stdout
    assert "got 'maybe'" in make("settle", "FILE=mine.csv", "AS=maybe", code=2).stderr
