"""What lies in a folder, and whether the newest CSV is what was made, as Make asks before each run."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from shortlist.common import listing
from shortlist.common.listing import distrust_changed, is_as_made, write_listings


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A competition's, with a submission that is what its manifest says."""
    competition = tmp_path / "data" / "small"
    (competition / "work").mkdir(parents=True)
    csv = submissions(competition) / "mine.csv"
    csv.parent.mkdir(parents=True)
    csv.write_bytes(b"user,item\n")
    manifest = {"sha256": hashlib.sha256(b"user,item\n").hexdigest()}
    csv.with_suffix(".json").write_text(json.dumps(manifest), encoding="utf-8")
    (competition / "work" / "submission.path").write_text(f"{csv}\n", encoding="utf-8")
    return competition


def submissions(competition: Path) -> Path:
    return competition.parents[1] / "submissions" / competition.name


def age(folder: Path) -> float:
    distrust_changed(folder)
    return (folder / "work" / "submission.path").stat().st_mtime


def test_a_csv_that_is_as_it_was_made_is_left_alone(folder: Path) -> None:
    """Its time stamp tells when it was made."""
    assert is_as_made(submissions(folder) / "mine.csv")
    assert age(folder) > 1


@pytest.mark.parametrize(
    "damage",
    [
        lambda folder: (submissions(folder) / "mine.csv").write_bytes(b"user,item\n\n"),
        lambda folder: (submissions(folder) / "mine.csv").unlink(),
        lambda folder: (submissions(folder) / "mine.json").unlink(),
        lambda folder: (submissions(folder) / "mine.json").write_bytes(b"[]"),
        lambda folder: (submissions(folder) / "mine.json").write_bytes(b"\xff{"),
        lambda folder: (submissions(folder) / "mine.json").write_bytes(b"[" * 100_000),
        lambda folder: (folder / "work" / "submission.path").write_bytes(b"\xff\xfe\n"),
        lambda folder: (folder / "work" / "submission.path").write_bytes(b""),
        lambda folder: submissions(folder).rename(submissions(folder).with_name("other")),
        lambda folder: (folder / "work" / "submission.path").write_bytes(b"a\0b"),
    ],
)
def test_one_that_is_not_counts_as_old(folder: Path, damage: Callable[[Path], object]) -> None:
    """Changed, gone, or with a manifest that does not tell: Make makes it anew."""
    damage(folder)
    assert age(folder) == 1


def test_before_the_first_submission_nothing_happens(tmp_path: Path) -> None:
    """Nothing is made, either."""
    distrust_changed(tmp_path)
    assert not [*tmp_path.iterdir()]


def test_any_name_stands_in_a_list(tmp_path: Path) -> None:
    """Pipes do not, nor what is hidden."""
    raw = tmp_path / "raw"
    raw.mkdir()
    Path(os.fsdecode(os.fsencode(raw) + b"/\xff $(x)")).write_bytes(b"abc")
    os.mkfifo(raw / "pipe")
    (raw / ".hidden").touch()
    write_listings(tmp_path)
    [line] = (tmp_path / "work" / "raw.list").read_text(encoding="utf-8").splitlines()
    assert line.startswith("3 ")
    assert line.endswith(" \\xff $(x)")


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    """On standard error; no traceback, and nothing that Make would read."""
    (tmp_path / "work").touch()
    command = [sys.executable, "-I", "-S", listing.__file__, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"shortlist: {tmp_path / 'work'}: File exists\n"


def test_a_copied_project_makes_its_own_csv(folder: Path, tmp_path: Path) -> None:
    """The one that is named lies in another project's folder."""
    copy = tmp_path / "copy" / "data" / "small"
    shutil.copytree(folder, copy)
    assert age(copy) == 1
    assert age(folder) > 1
