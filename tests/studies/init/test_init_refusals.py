"""Files that are no such competition, or lack something: one line that says what was seen and what to do."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from tests.studies.init.worlds import events, long, put

from shortlist.config.paths import Paths
from shortlist.errors import ConfigError, DataError
from shortlist.studies.init.init import init


def refusal(paths: Paths, kind: type[Exception] = DataError) -> str:
    """The error's line; nothing is written."""
    with pytest.raises(kind) as error:
        init(paths)
    assert not paths.config.exists()
    assert "\n" not in str(error.value)
    return str(error.value)


def test_competition_toml_is_never_overwritten(tmp_path: Path) -> None:
    """It stays as it is, to the letter."""
    paths = put(tmp_path, train__csv=events(), sample_submission__csv=long(events(), 5))
    paths.config.write_text("mine")
    with pytest.raises(ConfigError, match="never overwritten"):
        init(paths)
    assert paths.config.read_text() == "mine"


def test_no_files(tmp_path: Path) -> None:
    """A folder that is missing or empty: what to put there."""
    assert "put the competition's files there" in refusal(Paths("none", tmp_path))
    assert "put the competition's files there" in refusal(put(tmp_path))


def test_no_sample_submission(tmp_path: Path) -> None:
    """What there is, and that the form is missing."""
    line = refusal(put(tmp_path, train__csv=events()))
    assert "no sample submission among train.csv" in line


def test_no_log(tmp_path: Path) -> None:
    """A service has no log: the columns that were seen, and the keys to write by hand."""
    tables = {
        "users__csv": pd.DataFrame({"u": ["u1", "u2"], "age": [1, 2]}),
        "sample_submission__csv": long(events(), 5),
    }
    line = refusal(put(tmp_path, **tables))
    assert "no log of who took what" in line
    assert "users.csv: u, age" in line
    assert "source.log, source.user and source.item" in line


def test_a_sample_of_huge_numbers_is_no_ranking(tmp_path: Path) -> None:
    """Numbers of thirty digits where items belong are ids that the log lacks."""
    log = events()
    sample = pd.DataFrame({"u": log["u"].unique(), "items": "9" * 30})
    init(paths := put(tmp_path, train__csv=log, sample_submission__csv=sample))
    assert paths.config.exists()


def test_pairs_to_be_rated(tmp_path: Path) -> None:
    """The sample has a number for each of some pairs, differently many of each user."""
    log = events().assign(rating=3)
    log["rating"] = np.arange(len(log)) % 5 + 1
    sample = log.sample(frac=0.5, random_state=0).assign(rating=3.5)
    assert "pairs to be rated" in refusal(put(tmp_path, train__csv=log, sample_submission__csv=sample))


def test_impressions_to_be_ordered(tmp_path: Path) -> None:
    """The log has a column of shown items."""
    log = events().rename(columns={"u": "user_id", "i": "clicked_item"}).assign(impressions="m01 m02 m03")
    log["impressions"] = [f"m{n % 40:02} m{n % 7:02}" for n in range(len(log))]
    sample = long(log, 5, ["user_id", "item"])
    line = refusal(put(tmp_path, train__csv=log, sample_submission__csv=sample))
    assert "column impressions: holds impressions" in line


def test_ids_in_two_spellings(tmp_path: Path) -> None:
    """Both are shown."""
    log = pd.DataFrame(
        {"user": events()["u"].str[1:].astype(int) + 1000, "item": events()["i"].str[1:].astype(int) + 500}
    )
    sample = long(log.map(lambda each: f"{each}.0"), 5, ["user", "item"])
    line = refusal(put(tmp_path, train__csv=log, sample_submission__csv=sample))
    assert "'1000.0'" in line
    assert "'1000'" in line


def test_largest_file_that_cannot_be_read(tmp_path: Path) -> None:
    """It may be the log: it is not passed over in favour of a smaller one."""
    log = events()
    paths = put(tmp_path, small__csv=log, sample_submission__csv=long(log, 5))
    (paths.raw / "train.csv").write_text("u,i\n" + "u001,m01\n" * 5000 + "u001,m01,x\n")
    line = refusal(paths)
    assert "train.csv: row 5002" in line


def test_ratings_of_the_log_in_the_sample(tmp_path: Path) -> None:
    """Equally many rows of each user look like lists with scores; the column's name says what they are."""
    log = events().assign(rating=np.arange(600) % 5 + 1)
    sample = log[:50].assign(rating=3)
    assert "column rating is the rating of the log" in refusal(
        put(tmp_path, train__csv=log, sample_submission__csv=sample)
    )


def test_one_value_for_each_row(tmp_path: Path) -> None:
    """Whether a click comes is another question."""
    sample = pd.DataFrame({"id": range(50), "click": 0.5})
    line = refusal(put(tmp_path, train__csv=events().assign(click=1), sample_submission__csv=sample))
    assert "asks for one value in column click" in line


def test_objects_within_objects(tmp_path: Path) -> None:
    """JSON whose events are lists in a field."""
    paths = put(tmp_path, sample_submission__csv=pd.DataFrame({"session": ["1", "2"], "labels": "1 2 3"}))
    (paths.raw / "train.jsonl").write_text(
        '{"session": 1, "events": [{"aid": 1}]}\n{"session": 2, "events": [{"aid": 2}]}\n'
    )
    assert "train.jsonl: column events: holds lists of objects" in refusal(paths)
