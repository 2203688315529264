"""What is no file, holds what is no id, no number or no table: one line each, and never a wait."""

import json
import os
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest
from pydantic import ValidationError

from shortlist.data.dataset import Dataset
from shortlist.data.forms.sheet import read_sheet
from shortlist.data.ids import IdIndex
from shortlist.data.sources.dacon_jobs import APPLY
from shortlist.data.sources.interactions import Interactions
from shortlist.data.sources.raw_files import raw_files
from shortlist.data.sources.reading import read_table, read_text
from shortlist.data.sources.text import MOST_COLUMNS
from shortlist.errors import DataError
from shortlist.pipeline.question_files import read_asked_ids

LOG = "user_id,item_id\nuser 1,item a\nuser 2,item b\n"

WRONG = {"U+0000": "\0", "U+001B": "\x1b", "U+0009": "\t", "U+000A": "\n", "U+0085": "\x85", "U+2028": "\u2028"}


def read(folder: Path, **source: Any) -> Dataset:
    """The files of a folder, read."""
    return Interactions(**source).read(folder)


def said(folder: Path, **source: Any) -> str:
    """What is said of them."""
    with pytest.raises(DataError) as error:
        read(folder, **source)
    message = str(error.value)
    assert message.isprintable()
    assert len(message) <= 600
    return message


@pytest.mark.parametrize("name", WRONG)
@pytest.mark.parametrize("column", ["user_id", "item_id"])
def test_a_log_whose_ids_nobody_sees_whole(tmp_path: Path, name: str, column: str) -> None:
    """The row, in a log and in a log of JSON."""
    bad = {"user_id": "u3", "item_id": "c", column: f"x{WRONG[name]}"}
    row = ",".join(f'"{value}"' for value in bad.values())
    (tmp_path / "train.csv").write_bytes(f"{LOG}{row}\n".encode())
    assert f"row 4: holds {name}, a character that nobody sees" in said(tmp_path)
    lines = [{"user_id": "u1", "item_id": "a"}, bad]
    (tmp_path / "train.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
    assert f"row 2: holds {name}, a character that nobody sees" in said(tmp_path, log="train.jsonl")


@pytest.mark.parametrize("name", WRONG)
def test_a_table_whose_ids_nobody_sees_whole(tmp_path: Path, name: str) -> None:
    """Tables about users and items, lists of those asked, and the files of Dacon 236170."""
    (tmp_path / "train.csv").write_text(LOG, encoding="utf-8")
    table = f'user_id,age\nuser 1,5\n"user 9{WRONG[name]}",6\n'.encode()  # few NULs: many would be UTF-16
    (tmp_path / "users.csv").write_bytes(table)
    wanted = f"row 3: holds {name}, a character that nobody sees; take it out"
    assert said(tmp_path, users="users.csv").endswith(wanted)
    with pytest.raises(DataError, match=wanted.replace("+", r"\+")):
        read_asked_ids(tmp_path / "users.csv", IdIndex(pd.Index(["user 1"]).to_numpy()))
    (tmp_path / "apply.csv").write_bytes(table.replace(b"user_id,age", b"resume_seq,recruitment_seq"))
    with pytest.raises(DataError, match=wanted.replace("+", r"\+")):
        read_table(tmp_path / "apply.csv", APPLY)


def test_an_id_of_a_length_that_no_id_has(tmp_path: Path) -> None:
    """130,000 letters: the row, and the first letters."""
    (tmp_path / "train.csv").write_text(f"{LOG}{'u' * 130_000},a\n", encoding="utf-8")
    message = said(tmp_path)
    assert "column user_id: row 4: has 130,000 letters and an id at most 2,000: 'uuu" in message
    (tmp_path / "train.csv").write_text(f"{LOG}u1,a|{'b' * 2001}\n", encoding="utf-8")
    assert "column item_id: row 4: has 2,001 letters" in said(tmp_path, separator="|")


def test_an_event_s_kind_is_a_name_too(tmp_path: Path) -> None:
    """It stands in the dataset's file as ids do."""
    (tmp_path / "train.csv").write_text("user_id,item_id,kind\nu1,a,view\nu1,b,bu\u2028y\n", encoding="utf-8")
    assert "column kind: row 3: holds U+2028" in said(tmp_path, kind_column="kind")


@pytest.mark.parametrize("value", ["1e39", "-3.5e38", "1e308", "1e400", "inf"])
def test_numbers_that_four_bytes_do_not_hold(tmp_path: Path, value: str) -> None:
    """Ratings, amounts and times, by the row; among numbers about users they are taken as missing, with a notice."""
    (tmp_path / "train.csv").write_text(f"user_id,item_id,x\nu1,a,3\nu2,b,{value}\n", encoding="utf-8")
    for role in ("rating", "amount"):
        message = said(tmp_path, **{role: "x"})
        assert "train.csv: column x: row 3: " in message
        assert message.endswith("is not a number up to 3.4e+38; correct it or leave it empty")
    assert f"column x: row 3: '{value}' is not a number" in said(tmp_path, time="x")


def test_the_largest_ratings_are_taken(tmp_path: Path) -> None:
    """No warning, and none is infinite."""
    (tmp_path / "train.csv").write_text("user_id,item_id,x\nu1,a,3.4e38\nu2,b,-3.4e38\n", encoding="utf-8")
    ratings = read(tmp_path, rating="x").ratings
    assert ratings is not None
    assert ratings.tolist() == pytest.approx([3.4e38, -3.4e38], rel=1e-6)


def test_users_and_items_in_one_column(tmp_path: Path) -> None:
    """A log has two."""
    with pytest.raises(ValidationError, match="user and item must be two columns, both are 'a'"):
        read(tmp_path, user="a", item="a")


def test_pipes_and_devices_are_no_files(tmp_path: Path) -> None:
    """Nobody waits for who writes to a pipe, or reads zeros for ever."""
    os.mkfifo(tmp_path / "train.csv")
    wanted = "train.csv: cannot be read (a pipe or device, and no file); put the organiser's file there"
    assert said(tmp_path).endswith(wanted)
    (tmp_path / "zeros.csv").symlink_to("/dev/zero")
    assert "no file" in said(tmp_path, log="zeros.csv")
    for path in (tmp_path / "train.csv", tmp_path / "zeros.csv"):
        with pytest.raises(DataError, match="a pipe or device, and no file"):
            read_sheet(path)
    with pytest.raises(DataError, match="no file can have this name"):
        read_text(tmp_path / "a\0b", [])
    assert raw_files(tmp_path) == []


def test_a_file_name_that_is_no_text(tmp_path: Path) -> None:
    """It could stand in no manifest."""
    (tmp_path / "train.csv").write_text(LOG, encoding="utf-8")
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.csv")).touch()
    with pytest.raises(DataError, match=r"the name of the file 'caf\\udce9.csv' is not UTF-8; rename it"):
        raw_files(tmp_path)


@pytest.mark.parametrize("ending", ["csv", "jsonl"])
def test_more_columns_than_a_table_has(tmp_path: Path, ending: str) -> None:
    """300,000 of them, as in a matrix of users by items: refused before any is read."""
    path = tmp_path / f"train.{ending}"
    names = [f"c{place}" for place in range(300_000)]
    values = ["1"] * len(names)
    text = f"{','.join(names)}\n{','.join(values)}\n" if ending == "csv" else json.dumps(dict.fromkeys(names, 1))
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match="has 300,000 columns, and 5,000 at most are read; leave out what"):
        read_text(path, [])
    if ending == "csv":
        with pytest.raises(DataError, match="has 300,000 columns, and 5,000 at most are read"):
            read_sheet(path)


def test_as_many_columns_as_a_table_may_have(tmp_path: Path) -> None:
    """They are read, each once."""
    path = tmp_path / "items.csv"
    names = [f"c{place}" for place in range(MOST_COLUMNS)]
    path.write_text(f"{','.join(names)}\n{','.join(names[::-1])}\n", encoding="utf-8")
    assert read_text(path, []).columns.tolist() == names


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ('{"user_id": "u1", "item_id": ' + "[" * 100_000 + "]" * 100_000 + "}\n", "row 1: not a JSON object ("),
        ('{"user_id": ' + "7" * 5000 + ', "item_id": "a"}\n', "row 1: not a JSON object (Exceeds the limit"),
        (
            '{"user_id": "u1", "item_id": "a"}\n{"user_id": "\\udc00", "item_id": "a"}\n',
            "row 2: holds U+DC00, half of a",
        ),
        (
            '[{"user_id": "u1", "item_id": "a"}, {"user_id": "u2", "item_id": "\\uD800"}]',
            "row 2: holds U+D800, half of a",
        ),
        ("[" * 100_000, "not JSON ("),
    ],
)
def test_json_that_python_cannot_carry(tmp_path: Path, text: str, wanted: str) -> None:
    """Brackets in brackets, numbers of thousands of digits, halves of letters."""
    (tmp_path / "train.json").write_text(text, encoding="utf-8")
    assert f"train.json: {wanted}" in said(tmp_path, log="train.json")


def test_parquet_whose_text_is_none(tmp_path: Path) -> None:
    """Bytes that are no UTF-8 in a column of text."""
    path = tmp_path / "train.parquet"
    pd.DataFrame({"user_id": ["u1", "u2zz"], "item_id": ["a", "b"]}).to_parquet(path, compression=None)
    assert len(read(tmp_path, log=path.name)) == 2
    path.write_bytes(path.read_bytes().replace(b"u2zz", b"u2\xff\xfe"))
    assert pq.ParquetFile(path).num_row_groups == 1
    assert "train.parquet: cannot be read as Parquet (" in said(tmp_path, log=path.name)


def test_a_good_log_is_read_as_before(tmp_path: Path) -> None:
    """Blanks, commas, quotes and other scripts are parts of ids."""
    (tmp_path / "train.csv").write_text('user_id,item_id\n"u 1","a,b"\n사용자,"say ""x"""\n', encoding="utf-8")
    dataset = read(tmp_path)
    assert (dataset.users.ids.tolist(), dataset.items.ids.tolist()) == (["u 1", "사용자"], ["a,b", 'say "x"'])
