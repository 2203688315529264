"""After the server has spoken, nothing changes the exit code: not a stream that is closed, cut off, full or ASCII."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from shortlist.submission.ledger import Ledger

ROOT = Path(__file__).parents[2]


@contextmanager
def cut_off() -> Iterator[int]:
    """The writing end of a pipe whose reader is gone."""
    reader, writer = os.pipe()
    os.close(reader)
    yield writer
    os.close(writer)


@contextmanager
def full() -> Iterator[int]:
    """A device that takes nothing."""
    with Path("/dev/full").open("wb") as device:
        yield device.fileno()


@contextmanager
def nowhere() -> Iterator[int]:
    """Output that nobody looks at."""
    yield subprocess.DEVNULL


WAYS: dict[str, tuple[Callable[[], AbstractContextManager[int]], Callable[[], None] | None]] = {
    "cut off": (cut_off, None),
    "full": (full, None),
    "closed output": (nowhere, lambda: os.close(1)),
    "closed errors": (nowhere, lambda: os.close(2)),
    "both closed": (nowhere, lambda: os.closerange(1, 3)),
}


@pytest.mark.parametrize("way", WAYS)
def test_an_accepted_upload_ends_with_0(project, dacon, way):
    """The server has the file, the ledger says so, and so does the exit code."""
    stream, close = WAYS[way]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "DACON_TIMEOUT": "30"}
    environment |= {"PYTHONIOENCODING": "ascii", "LC_ALL": "C"}
    command = [sys.executable, "-m", "shortlist", "upload", "--competition", "sample", "--yes", "--memo", "메모"]
    with stream() as writer:
        done = subprocess.run(
            [*command, "--file", "mine.csv"],
            env=environment, stdout=writer, stderr=writer, preexec_fn=close, check=False, timeout=60,
        )  # fmt: skip
    (request,) = dacon.requests
    assert request.parts["memo"].decode() == "메모"
    assert done.returncode == 0
    assert [entry.state for entry in Ledger(project.paths.ledger).entries()] == ["accepted"]


def test_the_line_is_there_in_ascii(project, dacon):
    """A terminal that cannot show Korean shows the English."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "DACON_TIMEOUT": "30", "PYTHONIOENCODING": "ascii"}
    command = [sys.executable, "-m", "shortlist", "upload", "--competition", "sample", "--yes", "--memo", "메모"]
    done = subprocess.run([*command, "--file", "mine.csv"], env=environment, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.splitlines()[-1].startswith(b"upload: mine.csv: accepted")
    assert len(dacon.requests) == 1
