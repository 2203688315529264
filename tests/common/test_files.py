"""A file is there whole or not at all."""

import errno
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from shortlist.common.files import atomic, atomic_folder, is_temporary, write_text, write_text_if_changed


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_the_new_file_takes_the_place_of_the_old(tmp_path: Path) -> None:
    """Until the block ends the old content is there, then the new one; nothing else is left. Folders are made."""
    target = tmp_path / "deep" / "er" / "a.txt"
    write_text(target, "old")
    with target.open() as reader:
        with atomic(target) as path:
            path.write_text("new")
            assert path.suffix == ".txt"
            assert target.read_text() == "old"
        assert reader.read() == "old"  # who has it open reads on in the old one
    assert target.read_text() == "new"
    assert _names(target.parent) == ["a.txt"]


def test_a_failure_leaves_the_old_file(tmp_path: Path) -> None:
    """If the block fails, its half-written file goes and the old one stays."""
    target = tmp_path / "a.txt"
    write_text(target, "old")

    def interrupted() -> None:
        with atomic(target) as path:
            path.write_text("ha")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert target.read_text() == "old"
    assert _names(tmp_path) == ["a.txt"]


def test_files_have_the_usual_rights(tmp_path: Path) -> None:
    """Others may read it as they may read any file of this user."""
    before = os.umask(0o027)
    try:
        write_text(tmp_path / "a.txt", "x")
    finally:
        os.umask(before)
    assert (tmp_path / "a.txt").stat().st_mode & 0o777 == 0o640


def test_text_is_written_byte_for_byte(tmp_path: Path) -> None:
    """UTF-8 without BOM, line ends as given."""
    write_text(tmp_path / "a.txt", "한글\r\nb\nc")
    assert (tmp_path / "a.txt").read_bytes() == "한글\r\nb\nc".encode()


def test_an_unchanged_text_is_not_written(tmp_path: Path) -> None:
    """The time stamp moves only with the content, and the answer says whether it did."""
    path = tmp_path / "a.txt"
    assert write_text_if_changed(path, "a\nb")
    os.utime(path, ns=(5, 5))
    assert not write_text_if_changed(path, "a\nb")
    assert path.stat().st_mtime_ns == 5
    assert write_text_if_changed(path, "a\nc")
    assert path.read_text() == "a\nc"
    assert path.stat().st_mtime_ns != 5


@pytest.mark.parametrize(("old", "new"), [("a\r\n", "a\n"), ("a\n", "a\r\n"), ("a\r", "a\n")])
def test_line_ends_are_content(tmp_path: Path, old: str, new: str) -> None:
    """A file with other line ends differs, and one with the same ones does not."""
    path = tmp_path / "a.txt"
    write_text(path, old)
    assert not write_text_if_changed(path, old)
    assert write_text_if_changed(path, new)
    assert path.read_bytes() == new.encode()


def test_a_file_that_is_not_text_is_replaced(tmp_path: Path) -> None:
    """What cannot be read as text is surely something else."""
    path = tmp_path / "a.txt"
    path.write_bytes(b"\xff\xfe")
    assert write_text_if_changed(path, "a")
    assert path.read_text() == "a"


def test_a_folder_is_replaced_whole(tmp_path: Path) -> None:
    """Files of the old folder that the new one lacks are gone; nothing else is left beside it."""
    target = tmp_path / "deep" / "model"
    for name in ("one", "two"):
        with atomic_folder(target) as folder:
            (folder / name).write_text(name)
        assert _names(target) == [name]
    assert _names(target.parent) == ["model"]


def test_a_failure_leaves_the_old_folder(tmp_path: Path) -> None:
    """If the block fails, the half-made folder goes and the old one stays."""
    target = tmp_path / "model"
    with atomic_folder(target) as folder:
        (folder / "old").write_text("old")

    def interrupted() -> None:
        with atomic_folder(target) as folder:
            (folder / "new").write_text("ha")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert _names(tmp_path) == ["model"]
    assert _names(target) == ["old"]


def test_folders_have_the_usual_rights(tmp_path: Path) -> None:
    """Others may enter it as they may enter any folder of this user."""
    before = os.umask(0o027)
    try:
        with atomic_folder(tmp_path / "model"):
            pass
    finally:
        os.umask(before)
    assert (tmp_path / "model").stat().st_mode & 0o777 == 0o750


WRITER = """
import sys, time
from pathlib import Path
from shortlist.common.files import {writer}
with {writer}(Path(sys.argv[1])) as path:
    (path / "half" if path.is_dir() else path).write_text("half")
    print(path.name, flush=True)
    time.sleep(60)
"""


def start_writing(writer: str, path: Path) -> tuple[subprocess.Popen[str], str]:
    """A process that is in the middle of writing, and the name of its temporary file."""
    command = [sys.executable, "-c", WRITER.format(writer=writer), str(path)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    return process, process.stdout.readline().strip()


@pytest.mark.parametrize("writer", ["atomic", "atomic_folder"])
def test_what_a_killed_writer_leaves_is_removed_by_the_next(tmp_path: Path, writer: str) -> None:
    """Whatever that writes in the folder; what a living one is at is left alone, and can never be handed in."""
    dead, left = start_writing(writer, tmp_path / "a.csv")
    alive, kept = start_writing(writer, tmp_path / "b.csv.gz")
    with dead, alive:
        dead.send_signal(signal.SIGKILL)
        dead.wait()
        assert _names(tmp_path) == sorted([left, kept])
        assert is_temporary(left)
        assert is_temporary(kept)
        write_text(tmp_path / "c.txt", "c")
        assert _names(tmp_path) == sorted([kept, "c.txt"])
        alive.send_signal(signal.SIGKILL)
    write_text(tmp_path / "c.txt", "c")
    assert _names(tmp_path) == ["c.txt"]


def test_other_hidden_files_are_left_alone(tmp_path: Path) -> None:
    """What is not named as a temporary file of ours is somebody else's."""
    for name in (".env", ".a.swp", "a.tmp", "b.tmp.csv", ".upload.lock"):
        (tmp_path / name).touch()
    write_text(tmp_path / "c.txt", "c")
    assert len(_names(tmp_path)) == 6


@pytest.mark.parametrize(
    ("name", "temporary"),
    [(".a.x1.tmp.csv", True), ("a.tmp", True), ("a.csv.tmp", True), ("a.tmp.gz", True), (".a.csv", True),
     ("a.csv", False), ("tmp.csv", False), ("a.tmpl.csv", False), ("", False)],
)  # fmt: skip
def test_names_of_temporary_files(name: str, temporary: bool) -> None:
    """Hidden ones, and those with the mark among their endings."""
    assert is_temporary(name) == temporary


def test_long_names_can_be_written(tmp_path: Path) -> None:
    """The temporary name is no longer than the file's own may be."""
    path = tmp_path / f"{'가' * 83}.txt"
    write_text(path, "a")
    assert path.read_text() == "a"


def test_the_content_is_on_the_disk_before_the_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """File, then its name, then the folder that holds the name: a machine that stops leaves no empty file."""
    done: list[str] = []
    sync, replace = os.fsync, Path.replace

    def fsync(handle: int) -> None:
        done.append("folder" if os.path.isdir(f"/proc/self/fd/{handle}") else "file")  # noqa: PTH112 (a handle)
        sync(handle)

    def rename(self: Path, target: Path) -> Path:
        done.append("name")
        return replace(self, target)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(Path, "replace", rename)
    write_text(tmp_path / "a.txt", "a")
    assert done == ["file", "name", "folder"]


@pytest.mark.parametrize("writer", [atomic, atomic_folder])
def test_a_full_disk_says_what_was_being_written(
    tmp_path: Path, writer: Callable[[Path], AbstractContextManager[Path]]
) -> None:
    """The system's own error names no file."""
    with pytest.raises(OSError, match="No space left") as caught, writer(tmp_path / "big"):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    assert caught.value.filename == str(tmp_path / "big")
