"""What is opened is a file, at once or not at all."""

import os
from pathlib import Path

import pytest

from shortlist.common.files import open_file, read_file


def test_a_file_is_read(tmp_path: Path) -> None:
    """Its bytes, also through a link."""
    (tmp_path / "a").write_bytes(b"\0\n")
    (tmp_path / "b").symlink_to("a")
    assert read_file(tmp_path / "a") == read_file(tmp_path / "b") == b"\0\n"
    with open_file(tmp_path / "a") as file:
        assert file.peek(1)[:1] == b"\0"


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    """A pipe, a device, a folder, nothing, and a name that none can have."""
    os.mkfifo(tmp_path / "pipe")
    wanted = {
        tmp_path / "pipe": "a pipe or device, and no file",
        Path("/dev/zero"): "a pipe or device, and no file",
        tmp_path: "Is a directory",
        tmp_path / "absent": "No such file or directory",
        Path("a\0b"): "no file can have this name",
        Path("\ud800"): "no file can have this name",
    }
    for path, words in wanted.items():
        with pytest.raises(OSError, match=r".*") as error:
            read_file(path)
        assert error.value.strerror == words
        assert error.value.filename == str(path) or path in (tmp_path / "absent",)
