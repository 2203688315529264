"""The database of trials: one that cannot be used is named, and what was damaged in it counts as never tried."""

import random
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from tests.fuzz.mutations import damaged, replaced

from shortlist.errors import ShortlistError
from shortlist.studies.tuning.database import best, end, finished, no_warning_of_heartbeats, opened

Kept = list[tuple[int, dict[str, object], float | None]]


def kept(path: Path) -> Kept:
    """The trials that count."""
    with opened(path, "any") as study:
        return [(trial.number, trial.params, trial.value) for trial in finished(study)]


def kept_or_said(path: Path) -> tuple[Kept, str]:
    """The trials that count, or the line that says why none can be read."""
    try:
        return kept(path), ""
    except (ShortlistError, OSError) as error:
        return [], str(error)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, Kept]:
    """A database of six trials, of which one was pruned, and what it holds."""
    path = tmp_path_factory.mktemp("filled") / "trials.db"
    with opened(path, "any") as study, no_warning_of_heartbeats():
        for score in (0.1, 0.5, 0.3, None, 0.2, 0.4):
            trial = study.ask()
            trial.suggest_int("neighbours", 1, 30)
            trial.report(0.25, 1)
            end(trial, score)
    return path.read_bytes(), kept(path)


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


@pytest.mark.parametrize("seed", range(12))
def test_a_damaged_database(filled: tuple[bytes, Kept], tmp_path: Path, seed: int) -> None:
    """One line, or trials that are all as they were."""
    content, trials = filled
    path = tmp_path / "trials.db"
    path.write_bytes(damaged(random.Random(seed), content)[1])
    found, said = kept_or_said(path)
    assert all(trial in trials for trial in found)
    assert not said or (said.startswith(f"{path}: ") and "delete it" in said)


SCORE, PARAMETER = "UPDATE trial_values SET value = 0.9 WHERE trial_id = 2", "UPDATE trial_params SET param_value = 7"
ODD = ("UPDATE trial_params SET distribution_json = '{'", "UPDATE trial_user_attributes SET value_json = 'x'",
       "UPDATE trial_params SET param_value = 'x'", "UPDATE trials SET state = 'LOST'",
       "UPDATE trials SET number = 0", "DELETE FROM studies")  # fmt: skip


def edited(path: Path, content: bytes, script: str) -> Path:
    """A database that says something else, as whole as SQLite can tell."""
    path.write_bytes(content)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(script)
    return path


def test_a_trial_that_says_something_else_counts_as_none(filled: tuple[bytes, Kept], tmp_path: Path) -> None:
    """A score or a value that was not written with the rest; the others count on."""
    content, trials = filled
    path = edited(tmp_path / "trials.db", content, SCORE)
    assert kept(path) == [trial for trial in trials if trial[0] != 1]
    with opened(path, "any") as study:
        found = best(study)
        assert found is not None
        assert found.value == 0.4
    assert kept(edited(tmp_path / "other.db", content, PARAMETER)) == [
        trial for trial in trials if trial[1] == {"neighbours": 7}
    ]


@pytest.mark.parametrize("script", ODD)
def test_rows_that_make_no_sense(filled: tuple[bytes, Kept], tmp_path: Path, script: str) -> None:
    """They are one line, or count as none."""
    path = edited(tmp_path / "trials.db", filled[0], script)
    found, said = kept_or_said(path)
    assert found in ([], filled[1][:1])
    assert said in ("", f"{path}: damaged; delete it and run again")


@pytest.mark.parametrize("seed", range(7))
def test_something_else_in_its_place(filled: tuple[bytes, Kept], tmp_path: Path, seed: int) -> None:
    """Nobody waits for a pipe; where there is nothing a new one is made."""
    path = tmp_path / "trials.db"
    path.write_bytes(filled[0])
    what = replaced(random.Random(seed), path)
    found, said = kept_or_said(path)
    assert found == []
    assert what == "missing" or "trials.db" in said
