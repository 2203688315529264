"""The database of trials: one that cannot be used is named."""

from pathlib import Path

import pytest

from shortlist.errors import ShortlistError
from shortlist.studies.tuning.study import opened


def test_a_database_that_cannot_be_used_is_one_line(tmp_path: Path) -> None:
    """It says which file, why, and what to do; the file stays as it is."""
    path = tmp_path / "trials.db"
    path.write_bytes(b"no database\n" * 1000)
    with (
        pytest.raises(ShortlistError, match=r"trials\.db: cannot be read or written \(file is not a database\); make "),
        opened(path, "any"),
    ):
        pass
    assert path.read_bytes() == b"no database\n" * 1000
