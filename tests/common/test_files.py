"""A file is there whole or not at all."""

import os
from pathlib import Path

import pytest

from shortlist.common.files import atomic, atomic_folder, write_text, write_text_if_changed


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
