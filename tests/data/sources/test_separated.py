"""Separated values are read in one way, quickly where nothing is odd and record by record elsewhere."""

import csv
import io
import tempfile
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from shortlist.data.sources import separated
from shortlist.data.sources.reading import read_chunks, read_text
from shortlist.data.sources.separated import Separated, told_separator
from shortlist.errors import DataError

Rows = list[tuple[object, ...]] | str


def outcome(path: Path, columns: list[str]) -> Rows:
    """The rows with their numbers, or what is said."""
    try:
        parts = list(read_chunks(path, columns))
    except DataError as error:
        return str(error)
    return [row for part in parts for row in part.fillna("-").itertuples(name=None)]


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.text(alphabet='ab,";: \n\r\té\x00\x01', max_size=8), max_size=8),
    st.sampled_from([",", ";", "\t", "|", "::"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp949"]),
    st.integers(6, 60),
)
@example(['"a"b,c'], ",", "utf-8", 40)
@example(['"a,"b,c'], ",", "utf-8", 40)
@example(['a,"b\r\nc"', "a,b"], ",", "utf-8", 3)
@example(["user,n", "", ",", "x,y"], ",", "utf-8", 40)
@example(["서,울", "부,산"], ",", "cp949", 12)
def test_the_quick_reader_reads_what_the_careful_one_does(lines, separator, encoding, block):
    """The same values under the same row numbers or the same complaint, wherever a block of bytes ends."""
    text = "\n".join(line.replace(",", separator) for line in ["user,n", "u,1", *lines, "u,2"])
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        path = Path(folder) / "file.csv"
        path.write_bytes(text.encode(encoding, errors="replace"))
        patch.setattr(separated, "BLOCK", block)
        quick = outcome(path, ["n", "user"])
        patch.setattr(Separated, "_quick", lambda *_: None)
        careful = outcome(path, ["n", "user"])
    if isinstance(quick, str) and isinstance(careful, str):
        assert "\n" not in quick
        assert quick.startswith(str(path))
    else:
        assert quick == careful


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(*[st.text(alphabet='ab,"; \n1é', max_size=4)] * 2), min_size=1, max_size=6))
def test_what_python_writes_is_read(rows):
    """Quotes, separators and line ends within values; a row of blanks only is none."""
    file = io.StringIO()
    csv.writer(file).writerows([("user", "n"), *rows])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file.csv"
        path.write_text(file.getvalue(), encoding="utf-8", newline="")
        found = outcome(path, ["user", "n"])
    kept = [(row, *fields) for row, fields in enumerate(rows, start=2) if "".join(fields).strip()]
    if kept:
        assert found == [(row, *(field if field.strip() else "-" for field in fields)) for row, *fields in kept]
    else:
        assert "no rows" in found


@pytest.mark.parametrize("separator", [",", "\t", ";", "|", "::"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_separator_is_told(tmp_path, separator, end):
    """Also where the others stand in values."""
    path = tmp_path / "file.txt"
    lines = [
        separator.join(["user", "n", "words"]),
        separator.join(["u1", "1", "a b"]),
        separator.join(["u2", "", "x"]),
    ]
    path.write_text(end.join(lines), encoding="utf-8", newline="")
    assert read_text(path, ["n"]).fillna("").to_numpy().tolist() == [["u1", "1", "a b"], ["u2", "", "x"]]


def test_separators_in_values_are_none():
    """Lists, sentences, and quoted line ends where the lines that are looked at end."""
    assert told_separator(["id|title|genres\n", "1|Lee, Ann|a;b\n", "2|x|c\n"]) == "|"
    assert told_separator(["id;words\n", "1;a, b\n", "2;c, d, e\n"]) == ";"
    assert told_separator(["item\n", "a|b\n", "c\n"]) == ","
    long = ["id;a,b\n", *['1;"x\n', 'y"\n'] * 49, '2;"x\n', "y, y\n"]
    assert told_separator(long) == ";"


def test_a_faulty_row_does_not_change_the_separator(tmp_path):
    """It is named instead."""
    path = tmp_path / "file.csv"
    path.write_text("user;n,m\n" + "u;1\n" * 30 + "u;1;2\n", encoding="utf-8")
    with pytest.raises(DataError, match="row 32: has 3 fields where the header has 2: a separator too many"):
        read_text(path, ["user"])


def test_a_faulty_row_of_a_large_file_is_named(tmp_path, monkeypatch):
    """Blocks that were read before it are counted."""
    monkeypatch.setattr(separated, "BLOCK", 1000)
    path = tmp_path / "file.csv"
    rows = [f"u{n},{n}" for n in range(2000)]
    for fault, said in [
        ("u", "row 1502: has 1 fields"),
        ("user,n", "row 1502: the header again; remove the row"),
        ('"u,1', "row 1502: not a well-formed CSV"),
        ("u\x00,1", r"row 1502: holds U\+0000"),
    ]:
        path.write_text("\n".join(["user,n", *rows[:1500], fault, *rows[1500:]]), encoding="utf-8")
        with pytest.raises(DataError, match=said):
            list(read_chunks(path, ["user"]))
    path.write_bytes("\n".join(["user,n", *rows[:1500], "é,1"]).encode("latin-1"))
    with pytest.raises(DataError, match="row 1502: neither UTF-8 nor CP949"):
        list(read_chunks(path, ["user"]))


def test_rows_of_separators_only_are_counted(tmp_path, capsys):
    """A spreadsheet leaves them below its table."""
    path = tmp_path / "file.csv"
    path.write_text("user,n\nu1,1\n,\n\nu2,2\n , \n", encoding="utf-8")
    assert read_text(path, ["user"])["user"].to_dict() == {2: "u1", 5: "u2"}
    assert capsys.readouterr().err == f"notice: {path}: 2 rows of separators only left out\n"


def test_a_long_text_is_read(tmp_path):
    """Python's own reader stops at 131,072 letters."""
    path = tmp_path / "file.csv"
    path.write_text(f'item,text\ni1,"{"x" * 150_000}"\ni2,"a ""b"""\n', encoding="utf-8")
    assert read_text(path, ["item"])["text"].str.len().tolist() == [150_000, 5]
    assert csv.field_size_limit() > 150_000


@pytest.mark.parametrize(
    ("first", "headed"),
    [
        ("user,n,day", True),
        ("0,1,2", True),
        ("u1,5,2020-05-22", False),
        ("u1,5,", False),
        ("u1,,2020.05.22", False),
        ("user,2019,day", False),
    ],
)
def test_a_header_is_told_from_data(tmp_path, first, headed, capsys):
    """By numbers and dates in columns of numbers and dates."""
    path = tmp_path / "file.csv"
    path.write_text(f"{first}\nu2,7,2020-05-23\nu3,8,2020-05-24\n", encoding="utf-8")
    table = read_text(path, [])
    assert len(table) == (2 if headed else 3)
    assert ("has no header" in capsys.readouterr().err) is not headed
    if not headed:
        assert list(table) == ["column_1", "column_2", "column_3"]


def test_a_needed_name_makes_a_header(tmp_path):
    """Though years are names of its other columns."""
    path = tmp_path / "file.csv"
    path.write_text("item,2019\ni1,7\ni2,8\n", encoding="utf-8")
    assert read_text(path, ["item"])["2019"].tolist() == ["7", "8"]
