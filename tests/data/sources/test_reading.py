"""What is read from a CSV does not depend on how it was saved; what cannot be read is named by file, column and row."""

import csv
import io
import tempfile
from pathlib import Path

import pandas as pd
import pandera.pandas as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shortlist.data.sample import SampleSize, write_sample
from shortlist.data.sources import dacon_jobs
from shortlist.data.sources.reading import IsoDate, read_chunks, read_table, read_text, row_of, shown
from shortlist.errors import DataError

SCHEMA = pa.DataFrameSchema(
    {
        "user": pa.Column(str, unique=True, report_duplicates="exclude_first"),
        "day": pa.Column(IsoDate(), nullable=True, coerce=True),
        "score": pa.Column(float, nullable=True, coerce=True),
        "words": pa.Column(str, nullable=True),
    }
)
HEADER = "user,day,score,words\n"


def read(folder: Path, content: str | bytes) -> pd.DataFrame:
    path = folder / "file.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_table(path, SCHEMA)


def complaint(folder: Path, content: str | bytes) -> str:
    """What the error says after the file's name; always one line."""
    with pytest.raises(DataError) as error:
        read(folder, content)
    message = str(error.value)
    assert "\n" not in message
    assert message.startswith(f"{folder / 'file.csv'}: ")
    return message.removeprefix(f"{folder / 'file.csv'}: ")


def row_with(text: str, content: str) -> int:
    """The row of the file that holds `text`, counted as a spreadsheet counts."""
    return next(number for number, row in enumerate(csv.reader(io.StringIO(content)), 1) if text in ",".join(row))


@pytest.fixture(scope="module")
def raw(tmp_path_factory) -> Path:
    """A small competition's raw folder: UTF-8 with BOM, line feeds."""
    folder = tmp_path_factory.mktemp("sample")
    write_sample(folder, SampleSize(30, 30, 100), seed=0)
    return folder / "raw"


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949"])
def test_encoding_and_line_ends_change_nothing(raw, tmp_path, encoding, line_end):
    """The same competition saved in another encoding, with other line ends, is the same dataset."""
    for path in raw.glob("*.csv"):
        text = path.read_text(encoding="utf-8-sig").replace("\n", line_end)
        (tmp_path / path.name).write_bytes(text.encode(encoding))
    assert dacon_jobs.DaconJobs().read(tmp_path).digest == dacon_jobs.DaconJobs().read(raw).digest


def test_order_of_columns_and_rows_changes_nothing(raw, tmp_path):
    """Files with their columns and rows turned round are the same dataset."""
    for path in raw.glob("*.csv"):
        table = pd.read_csv(path, dtype=str, encoding="utf-8-sig")
        table.iloc[::-1, ::-1].to_csv(tmp_path / path.name, index=False)
    assert dacon_jobs.DaconJobs().read(tmp_path).digest == dacon_jobs.DaconJobs().read(raw).digest


def test_blanks_around_names_and_values_do_not_count(tmp_path):
    """Spaces in the header and around dates, numbers and words are taken off; an id is what it is."""
    table = read(tmp_path, " user , day,score ,words\n U1 , 2020-05-22 , 3.5 , a b \n")
    assert table.to_dict("records") == [
        {"user": " U1 ", "day": pd.Timestamp("2020-05-22"), "score": 3.5, "words": "a b"}
    ]


def test_columns_come_in_the_order_and_types_of_the_schema(tmp_path):
    """Whatever the file's order, the table has the declared one, and the index is the row in the file."""
    table = read(tmp_path, "words,score,user,day\n,,U1,\nx,2,U2,2020-01-01\n")
    assert list(table.columns) == ["user", "day", "score", "words"]
    assert table["score"].dtype == float
    assert pd.api.types.is_datetime64_dtype(table["day"])
    assert list(table.index) == [2, 3]
    assert row_of(table, table["user"] == "U2") == 3


def test_unknown_columns_are_left_out_with_a_notice(tmp_path, capsys):
    """One line names them, also one that has no name, as pandas writes an index."""
    table = read(tmp_path, ",user,day,score,words,colour\n0,U1,,,,red\n")
    assert list(table.columns) == ["user", "day", "score", "words"]
    notice = capsys.readouterr().err
    start = f"notice: {tmp_path / 'file.csv'}: "
    assert notice == f"{start}columns left out: one without a name\n{start}unknown columns left out: 'colour'\n"


def test_nothing_is_said_about_a_file_as_declared(tmp_path, capsys):
    """No notice without a reason."""
    read(tmp_path, HEADER + "U1,,,\n")
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_quoted_fields_may_hold_commas_quotes_and_line_ends(tmp_path, line_end):
    """A quoted field is one value, and the rows after it are counted right."""
    content = (HEADER + 'U1,,,"a, ""b"" and\nc"\nU2,,bad,\n').replace("\n", line_end)
    assert complaint(tmp_path, content).startswith("column score: row 3: 'bad'")
    assert read(tmp_path, content.replace("bad", "1"))["words"].iloc[0] == 'a, "b" and\nc'


def test_blank_lines_are_passed_over_and_counted(tmp_path):
    """A blank line is no record, but it is a row: what follows is found where an editor shows it."""
    content = "\n" + HEADER + "U1,,,\n\n  \nU2,yesterday,,\n\n\n"
    assert complaint(tmp_path, content).startswith("column day: row 6: 'yesterday'")
    assert list(read(tmp_path, content.replace("yesterday", ""))["user"]) == ["U1", "U2"]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("U1,,,,\nU2,,,\n", "row 2: has 5 fields where the header has 4: a separator too many, or one unquoted"),
        ("U1,,,\nU2,,,a,b\n", "row 3: has 5 fields where the header has 4: a separator too many, or one unquoted"),
        ("U1,,,\nU2,,\nU3,,,\n", "row 3: has 3 fields where the header has 4: the rest is missing"),
        ("U1,,,\nU2,,,\nU3", "row 4: has 1 fields where the header has 4: the rest is missing"),
    ],
)
def test_rows_too_long_or_too_short_are_named(tmp_path, rows, said):
    """A row with another number of fields than the header, first or last, is an error and not cut or filled."""
    assert complaint(tmp_path, HEADER + rows).startswith(said)


@pytest.mark.parametrize("rows", ['U1,,,"a\nU2,,,\n', 'U1,,,"a"b\nU2,,,\n'])
def test_broken_quotes_are_named(tmp_path, rows):
    """A quote that is never closed, or closed too early, is told by the row where it was opened."""
    assert complaint(tmp_path, HEADER + "U0,,,\n" + rows).startswith("row 3: not a well-formed CSV")


@pytest.mark.parametrize("content", ["", "\n\r\n \t\n", "\ufeff", "\ufeff\n"])
def test_an_empty_file_is_named(tmp_path, content):
    """Nothing, blanks or a lone byte order mark: the file is empty."""
    assert complaint(tmp_path, content) == "is empty; put the organiser's file there again"


def test_a_header_without_rows_is_named(tmp_path):
    """A file that was cut off after its header is not a dataset of nobody."""
    assert complaint(tmp_path, HEADER) == "has a header but no rows; put the organiser's file there again"


def test_a_missing_file_and_a_folder_in_its_place_are_named(tmp_path):
    """What the system says is passed on in one line."""
    path = tmp_path / "file.csv"
    with pytest.raises(DataError, match=r"file\.csv: cannot be read \(No such file or directory\); put"):
        read_table(path, SCHEMA)
    path.mkdir()
    with pytest.raises(DataError, match=r"file\.csv: cannot be read \(Is a directory\); put"):
        read_table(path, SCHEMA)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_other_unicode_encodings_are_refused(tmp_path, encoding):
    """UTF-16 without its mark is none of the encodings, even where its bytes would pass for UTF-8."""
    said = "row 1: neither UTF-8 nor CP949 text; save the file as CSV UTF-8 again"
    assert complaint(tmp_path, (HEADER + "U1,,,\n").encode(encoding)) == said


@pytest.mark.parametrize("content", [bytes(range(256)), b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"])
def test_binary_files_are_refused(tmp_path, content):
    """A picture or an archive under a CSV's name is not text."""
    assert "neither UTF-8 nor CP949 text" in complaint(tmp_path, content)


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "cp949"])
def test_the_row_of_a_broken_character_is_named(tmp_path, encoding, line_end):
    """In a file of either encoding, the row with the byte that fits neither."""
    rows = [HEADER.strip(), "U1,,,서울", "U2,,,부산", "U3,,,BAD", "U4,,,대구"]
    content = line_end.join(rows).encode(encoding).replace(b"BAD", b"\xff")
    assert complaint(tmp_path, content).startswith("row 4: neither UTF-8 nor CP949 text")


@pytest.mark.parametrize("value", ["yesterday", "2020-13-01", "2020-02-30", "05/22/2020", "22.05.2020", "9999-12-31"])
@pytest.mark.parametrize("place", [0, 3])
def test_an_unparsable_date_is_named_with_its_row(tmp_path, value, place):
    """Column, row and value; also a day that does not exist, and an order of day and month that has to be guessed."""
    rows = [f"U{n},{value if n == place else '2020-05-22'},1,\n" for n in range(5)]
    content = HEADER + "".join(rows)
    row = row_with(value, content)
    said = f"column day: row {row}: '{value}' is not a date such as 2020-05-22; correct it or leave it empty"
    assert complaint(tmp_path, content) == said


def test_dates_may_be_in_any_iso_form(tmp_path):
    """With or without a time, fractions, a T or separators, mixed within a column; empty is unknown."""
    days = ["2020-05-22", "2020-05-22 10:11:12", "2020-05-22T10:11", "20200522", "2020-05-22 10:11:12.123456", ""]
    found = read(tmp_path, HEADER + "".join(f"U{n},{day},,\n" for n, day in enumerate(days)))["day"]
    assert found.isna().tolist() == [False] * 5 + [True]
    assert found.dropna().dt.strftime("%Y-%m-%d").eq("2020-05-22").all()
    assert found.iloc[1] == pd.Timestamp(2020, 5, 22, 10, 11, 12)


@pytest.mark.parametrize("value", ["many", '"1,000"', "3;5", "1.2.3"])
def test_an_unparsable_number_is_named_with_its_row(tmp_path, value):
    """Column, row and value."""
    content = HEADER + f"U1,,1,\nU2,,,\nU3,,{value},\nU4,,also bad,\n"
    said = f"column score: row 4: '{value.strip(chr(34))}' is not a number; correct it or leave it empty"
    assert complaint(tmp_path, content) == said


def test_the_first_wrong_row_is_named_whatever_its_column(tmp_path):
    """Of several wrong values the one highest in the file, so that they can be mended from the top."""
    content = HEADER + "U1,,,\nU2,,bad number,\nU3,bad date,,\n,,,\n"
    assert complaint(tmp_path, content).startswith("column score: row 3")


def test_an_empty_id_is_named(tmp_path):
    """A row about nobody, also if blanks stand in the id's place."""
    said = "column user: row 3: empty; fill it in or remove the row"
    assert complaint(tmp_path, HEADER + "U1,,,\n,,,x\n") == said
    assert complaint(tmp_path, HEADER + "U1,,,\n  ,,,x\n") == said


def test_a_repeated_key_is_named_by_its_second_row(tmp_path):
    """The row that is one too many."""
    content = HEADER + "U1,,,\nU2,,,\nU3,,,\nU2,,,\n"
    assert complaint(tmp_path, content) == "column user: row 5: 'U2' is there a second time; keep one row"


def test_a_repeated_column_is_named(tmp_path):
    """It is not known which of the two is meant; of undeclared columns nobody minds."""
    repeated = "user,day,score,words,score\nU1,,1,,2\n"
    assert complaint(tmp_path, repeated) == "column score: is there more than once; keep one of them"
    assert len(read(tmp_path, "user,day,score,words,x,x\nU1,,1,,2,3\n")) == 1


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("users,day,score,words", "column user: missing, found users, day, score, words; 'users' looks like it"),
        ("User,day,score,words", "column user: missing, found User, day, score, words; 'User' looks like it"),
        ("user,day,SCORES,words", "column score: missing, found user, day, SCORES, words; 'SCORES' looks like it"),
        ("user,day,x,words", "column score: missing, found user, day, x, words; add it"),
        ("a;b,day,score,words", "column user: missing, found a;b, day, score, words; add it"),
    ],
)
def test_a_missing_column_is_named_with_the_nearest_there_is(tmp_path, header, said):
    """A misspelt column is found among those that are not declared."""
    assert complaint(tmp_path, f"{header}\nU1,,,\n").startswith(said)


def test_a_declared_column_is_never_offered_for_a_missing_one(tmp_path):
    """`job_code_seq1` is the nearest name to `job_code_seq3`, and must not be renamed to it."""
    path = tmp_path / "resume.csv"
    columns = [column for column in dacon_jobs.RESUME.columns if column != "job_code_seq3"]
    path.write_text(",".join(columns) + "\n" + "," * (len(columns) - 1) + "\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"column job_code_seq3: missing, .*; add it$"):
        read_table(path, dacon_jobs.RESUME)


@pytest.mark.parametrize("separator", [";", "\t", "|", "::"])
def test_another_separator_is_read(tmp_path, separator):
    """A spreadsheet's semicolons are not taken for one strangely named column."""
    table = read(tmp_path, (HEADER + "U1,,2,\nU2,,3,x\n").replace(",", separator))
    assert table["score"].tolist() == [2, 3]
    assert table["words"].isna().tolist() == [True, False]


def test_long_and_broken_values_are_shown_on_one_short_line(tmp_path):
    """A value of many lines or letters does not blow up the message."""
    message = complaint(tmp_path, HEADER + f'U1,"two\nlines {"x" * 500}",,\n')
    assert "row 2: 'two\\nlines xxx" in message
    assert len(message) < 200
    assert shown("x" * 78) == f"'{'x' * 78}'"
    assert shown("x" * 79) == f"'{'x' * 50}...{'x' * 25}'"


@settings(max_examples=150, deadline=None)
@given(
    st.one_of(
        st.binary(max_size=200),
        st.text(max_size=200).map(str.encode),
        st.lists(st.text(alphabet='U1,"\n\r 2020-;é\x00', max_size=30), max_size=8).map(
            lambda rows: (HEADER + "\n".join(rows)).encode()
        ),
    )
)
def test_any_content_is_read_or_refused_in_one_line(content):
    """No bytes whatever make anything but a table of the declared columns or a DataError of one line."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file.csv"
        path.write_bytes(content)
        try:
            table = read_table(path, SCHEMA)
        except DataError as error:
            said = str(error)
        else:
            said = "read"
            assert list(table.columns) == list(SCHEMA.columns)
            assert len(table) >= 1
            assert table["user"].notna().all()
            assert table["user"].is_unique
    assert len(said.splitlines()) == 1


@pytest.mark.parametrize("index", ["", "Unnamed: 0", "Unnamed: 0.1", "Unnamed: 1_level_1"])
def test_the_row_numbers_of_pandas_are_left_out(tmp_path, index, capsys):
    """They say nothing about an item."""
    path = tmp_path / "items.csv"
    path.write_text(f"{index},item,genre,,\n0,i1,a,,\n1,i2,b,,\n", encoding="utf-8")
    assert list(read_text(path, ["item"])) == ["item", "genre"]
    notice = capsys.readouterr().err
    assert notice.startswith(f"notice: {path}: columns left out: ")
    assert (repr(index) if index else "one without a name") in notice


def test_many_unknown_columns_are_one_short_line(tmp_path, capsys):
    """The first ones, and how many more there are."""
    path, names = tmp_path / "items.csv", [f"c{number}" for number in range(300)]
    path.write_text(f"item,{','.join(names)}\ni1,{','.join('0' for _ in names)}\n", encoding="utf-8")
    read_table(path, pa.DataFrameSchema({"item": pa.Column(str)}))
    assert capsys.readouterr().err.endswith("'c8', 'c9' and 290 more\n")


def test_a_repeated_name_is_read_once(tmp_path, capsys):
    """The first one; if the name is needed it is not known which one is meant."""
    path = tmp_path / "items.csv"
    path.write_text("item,genre,genre\ni1,a,b\n", encoding="utf-8")
    assert read_text(path, ["item"]).to_dict("records") == [{"item": "i1", "genre": "a"}]
    assert "columns left out: 'genre'" in capsys.readouterr().err
    with pytest.raises(DataError, match="column genre: is there more than once"):
        read_text(path, ["genre"])


def test_ids_are_read_verbatim(tmp_path):
    """`u1 ` is the id, as the sample spells it; only one of blanks alone is missing."""
    path = tmp_path / "log.csv"
    path.write_text(" user , n\nu1 , 5 \n u2,\n  ,1\n", encoding="utf-8")
    expected = {"user": ["u1 ", " u2", "-"], "n": [" 5 ", "-", "1"]}
    assert read_text(path, ["user"]).fillna("-").to_dict("list") == expected
    assert pd.concat(read_chunks(path, ["n", "user", "n"])).fillna("-").to_dict("list") == expected


def test_a_part_has_the_needed_columns_only(tmp_path):
    """In the order in which they are asked for; the index is the row in the file."""
    path = tmp_path / "log.csv"
    path.write_text("user,item,time\nu1,i1,1\nu2,i2,2\n", encoding="utf-8")
    (part,) = read_chunks(path, ["time", "user"])
    assert part.to_dict("list") == {"time": ["1", "2"], "user": ["u1", "u2"]}
    assert list(part.index) == [2, 3]
    with pytest.raises(DataError, match="column items: missing"):
        list(read_chunks(path, ["items"]))
