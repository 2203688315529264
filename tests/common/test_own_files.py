"""Whatever lies beside competition.toml under the name of an own part is taken, passed over, or is one line."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from shortlist.common import own
from shortlist.common.own_faults import OwnPartError, own_faults_named
from shortlist.retrievers.registry import RETRIEVERS

MARK = b"\nRETRIEVER = 1\n"
UNREADABLE = {
    "NUL": b"x = '\0'" + MARK,
    "no UTF-8": b"x = '\xff\xfe'" + MARK,
    "brackets in each other": b"x = " + b"(" * 100_000 + MARK,
    "operators in a row": b"x = " + b"-" * 200_000 + b"1" + MARK,
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Of a competition in use."""
    own.use(tmp_path)
    return tmp_path


@pytest.mark.parametrize("content", UNREADABLE.values(), ids=list(UNREADABLE))
def test_what_python_cannot_read_is_named(content: bytes, folder: Path) -> None:
    """One line with the file and its line, and not what Python's reader went through."""
    (folder / "mine.py").write_bytes(content)
    assert "mine" in RETRIEVERS.kinds()
    with pytest.raises(OwnPartError) as error, own_faults_named():
        RETRIEVERS.make("mine")
    line = str(error.value)
    assert line.startswith(f"{folder / 'mine.py'}: line ")
    assert line.endswith("; fix it")
    assert line.isprintable()


PLACES: dict[str, Callable[[Path], None]] = {
    "a folder": Path.mkdir,
    "a pipe": os.mkfifo,
    "a device": lambda path: path.symlink_to("/dev/zero"),
    "a link to nothing": lambda path: path.symlink_to("gone.py"),
}


@pytest.mark.parametrize("make", PLACES.values(), ids=list(PLACES))
def test_what_is_no_file_is_passed_over(make: Callable[[Path], None], folder: Path) -> None:
    """A pipe is not waited for, and a folder is not read."""
    make(folder / "mine.py")
    (folder / "other.py").write_text("X = 1\n")
    assert list(own.files()) == ["other"]
    assert own.marked("X") == ["other"]
