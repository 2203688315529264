"""The name of the newest CSV: of one that is there, or of none."""

from pathlib import Path

import pytest

from shortlist.config.paths import Paths
from shortlist.pipeline.results import load_newest_csv, save_newest_csv


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    paths = Paths("small", tmp_path)
    paths.submissions.mkdir(parents=True)
    return paths


def test_the_newest_csv_is_the_one_that_was_saved(paths: Paths) -> None:
    """None before there is one, and once it is gone; in a copy of the project it is the copy's."""
    csv = paths.submissions / "blend-0123.csv"
    csv.touch()
    assert load_newest_csv(paths) is None
    save_newest_csv(paths, Path("/elsewhere/submissions/small/blend-0123.csv"))
    assert load_newest_csv(paths) == csv
    csv.unlink()
    assert load_newest_csv(paths) is None


@pytest.mark.parametrize("content", [b"", b"\n", b"\xff\xfe", b"a\0b", b"x" * 5000, b"..", b"/", b"no-such.csv\nx"])
def test_what_names_no_csv_counts_as_none(paths: Paths, content: bytes) -> None:
    """Bytes that are no text, a name that no file can have, a folder."""
    paths.newest_submission.parent.mkdir(parents=True)
    paths.newest_submission.write_bytes(content)
    assert load_newest_csv(paths) is None
