"""Files of any format give the same table of text, and large plain ones are read as the careful reader reads them."""

import gzip
import zipfile
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from shortlist.data.sources import formats
from shortlist.data.sources.reading import read_chunks, read_parts, read_text
from shortlist.data.sources.separated import Separated
from shortlist.data.sources.times import as_numbers, parsed_dates
from shortlist.errors import DataError

ROWS = [("u1", "10", "a b"), ("u2 ", "20", "c,d"), ("u3", "30", 'e"f')]
NAMES = ["user", "n", "words"]


def table() -> pd.DataFrame:
    return pd.DataFrame(ROWS, columns=NAMES)


def packed(path: Path, content: bytes) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("inside.csv", content)


@pytest.mark.parametrize("form", ["csv", "tsv", "semicolon", "utf-16", "gz", "zip", "parquet", "jsonl", "json"])
def test_every_format_gives_the_same_text(tmp_path: Path, form: str) -> None:
    """Values are as they were written, ids with their blanks."""
    path = tmp_path / f"file.{form}"
    text = table().to_csv(index=False, sep={"tsv": "\t", "semicolon": ";"}.get(form, ","))
    if form == "parquet":
        table().to_parquet(path, index=False)
    elif form in ("jsonl", "json"):
        table().to_json(path, orient="records", lines=form == "jsonl")
    elif form == "gz":
        path.write_bytes(gzip.compress(text.encode()))
    elif form == "zip":
        packed(path, text.encode())
    else:
        path.write_text(text, encoding="utf-16" if form == "utf-16" else "utf-8")
    assert read_text(path, NAMES).to_numpy().tolist() == [list(row) for row in ROWS]
    assert pd.concat(read_chunks(path, ["n", "user"]))[["user", "n"]].to_numpy().tolist() == [list(r[:2]) for r in ROWS]


def test_whole_numbers_with_gaps_in_parquet_stay_whole(tmp_path: Path) -> None:
    """Pandas has made floats of them: the id 500 must not become 500.0."""
    path = tmp_path / "file.parquet"
    pd.DataFrame({"item": [500, None, 7], "list": [[1, 2], [3], []]}).to_parquet(path)
    text = read_text(path, ["item"])
    assert text["item"].fillna("").tolist() == ["500", "", "7"]
    assert text["list"].fillna("").tolist() == ["[1, 2]", "[3]", "[]"]


def test_an_archive_of_several_files_is_refused(tmp_path: Path) -> None:
    """Which of them is meant, nobody knows."""
    path = tmp_path / "all.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.csv", "x")
        archive.writestr("b.csv", "y")
    with pytest.raises(DataError, match=r"holds 2 files \(a.csv, b.csv\), expected one; unpack it"):
        read_text(path, [])


@pytest.mark.parametrize("content", [b"PK\x03\x04\xff\xff", b"\x1f\x8b\x08broken"])
def test_a_broken_archive_is_named(tmp_path: Path, content: bytes) -> None:
    """One line, and what to do."""
    path = tmp_path / "file.csv"
    path.write_bytes(content)
    with pytest.raises(DataError, match="broken") as error:
        read_text(path, [])
    assert "\n" not in str(error.value)


def test_a_file_without_a_header_gets_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With a notice; columns that pandas has numbered are a header."""
    path = tmp_path / "u.data"
    path.write_text("196\t242\t3\n186\t302\t3\n22\t377\t1\n", encoding="utf-8")
    text = read_text(path, ["column_1"])
    assert text["column_2"].tolist() == ["242", "302", "377"]
    assert list(text.index) == [1, 2, 3]
    assert "has no header" in capsys.readouterr().err
    assert pd.concat(read_chunks(path, ["column_3"]))["column_3"].tolist() == ["3", "3", "1"]
    path.write_text("0,1,2\n196,242,3\n186,302,3\n", encoding="utf-8")
    assert list(read_text(path, [])) == ["0", "1", "2"]


def test_what_nobody_sees_is_refused(tmp_path: Path) -> None:
    """A NUL in an id would make it another one."""
    path = tmp_path / "file.csv"
    path.write_text("user,n\nu1,1\nu2\x01,2\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"row 3: holds U\+0001"):
        read_text(path, [])
    with pytest.raises(DataError, match=r"row 3: holds U\+0001"):
        list(read_chunks(path, ["user"]))


def test_a_plain_file_is_read_by_the_quick_reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else its speed would be gone without a word."""
    monkeypatch.setattr(Separated, "_careful", None)
    table = pd.DataFrame({"user": range(1000), "n": [f"{n}" for n in range(1000)]})
    for name, options in (
        ("a.csv", {}),
        ("b.csv", {"quoting": 1}),
        ("c.tsv.gz", {"sep": "\t"}),
        ("d.zip", {"sep": ";"}),
    ):
        table.to_csv(tmp_path / name, index=False, **options)
        assert sum(map(len, read_chunks(tmp_path / name, ["user"]))) == 1000


def test_json_is_read_as_it_is_spelt(tmp_path: Path) -> None:
    """Long ids keep all their digits beside gaps, lists stay lists, and a blank line is no record."""
    path = tmp_path / "log.txt"
    lines = ['{"user": 1152921504606846977, "tags": ["a", "b, c"]}', "", '{"user": "u 1", "n": NaN, "tags": [1, 2]}']
    path.write_text("\n".join(lines), encoding="utf-8")
    table = read_text(path, ["user"])
    assert table["user"].to_dict() == {1: "1152921504606846977", 3: "u 1"}
    assert table["tags"].tolist() == ['["a", "b, c"]', "[1, 2]"]
    assert table["n"].isna().all()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('{"user": 1}\n{"user": \n', "row 2: not a JSON object"),
        ('{"user": 1}\n[1]\n', "row 2: not a JSON object"),
        ('[{"user": 1}', "not JSON"),
        ("[1, 2]", "is not a list of JSON objects"),
        ('{"user": "a\\u0000"}', r"row 1: holds U\+0000"),
        ('{"item": 1}', "column user: missing"),
        ("[]", "column user: missing"),
    ],
)
def test_broken_json_is_named(tmp_path: Path, content: str, said: str) -> None:
    """One line, with the row where there is one."""
    path = tmp_path / "log.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(DataError, match=said) as error:
        read_text(path, ["user"])
    assert "\n" not in str(error.value)


def test_values_of_parquet_are_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of every kind, part by part; pandas's own row numbers are no column."""
    monkeypatch.setattr(formats, "RECORDS", 2)
    path = tmp_path / "file.parquet"
    table = pd.DataFrame(
        {
            "id": [2**60 + 1, 2, 3],
            "real": [0.5, None, 3.0],
            "at": pd.DatetimeIndex(["2020-05-22 01:02:03", pd.NaT, "2020-05-23 00:00:00"]).tz_localize("Asia/Seoul"),
            "group": pd.Categorical(["a", None, " "]),
            "yes": [True, False, None],
        },
        index=[5, 7, 9],
    )
    table.to_parquet(path)
    text = pd.concat(read_parts(path, ["id"]))
    assert list(text) == list(table)
    assert list(text.index) == [1, 2, 3]
    assert text["id"].tolist() == [str(2**60 + 1), "2", "3"]
    assert text["group"].fillna("-").tolist() == ["a", "-", "-"]
    assert text["yes"].fillna("-").tolist() == ["true", "false", "-"]
    assert as_numbers(text["real"].dropna()).tolist() == [0.5, 3]
    moments = parsed_dates(text["at"].dropna())
    assert moments.tolist() == [pd.Timestamp("2020-05-21 16:02:03"), pd.Timestamp("2020-05-22 15:00:00")]


def test_a_packed_file_may_be_of_any_format(tmp_path: Path) -> None:
    """The name inside tells, or the content."""
    path = tmp_path / "all.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("__MACOSX/._log.jsonl", "x")
        archive.writestr("log.jsonl", '{"user": "u1"}\n{"user": "u2"}\n')
    assert read_text(path, ["user"])["user"].tolist() == ["u1", "u2"]
    table().to_parquet(tmp_path / "file.parquet")
    (tmp_path / "packed.gz").write_bytes(gzip.compress((tmp_path / "file.parquet").read_bytes()))
    assert read_text(tmp_path / "packed.gz", NAMES)["n"].tolist() == ["10", "20", "30"]


def test_a_workbook_is_refused(tmp_path: Path) -> None:
    """It is a zip file, but unpacking it helps nobody."""
    path = tmp_path / "file.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", "x")
        archive.writestr("xl/workbook.xml", "y")
    with pytest.raises(DataError, match="is a workbook of Excel; save the sheet as CSV UTF-8"):
        read_text(path, [])


def test_broken_parquet_is_named(tmp_path: Path) -> None:
    """One line."""
    path = tmp_path / "file.parquet"
    path.write_bytes(b"PAR1" + b"x" * 100)
    with pytest.raises(DataError, match=r"file\.parquet: cannot be read as Parquet") as error:
        read_text(path, [])
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("name", ["log.csv.gz", "log.zip"])
@pytest.mark.parametrize("letter", [b"\0", b" ", b"a", b"a,b\n"], ids=("NUL", "blank", "one line", "rows"))
def test_what_would_fill_the_memory_is_refused(tmp_path: Path, monkeypatch, name: str, letter: bytes) -> None:
    """Little that unpacks to much: one line, whichever way of reading has begun."""
    monkeypatch.setattr("shortlist.data.sources.packed.LEAST", 2**20)
    content = b"user,item\n" + letter * (2**21 // len(letter))
    path = tmp_path / name
    if name.endswith(".gz"):
        path.write_bytes(gzip.compress(content, 9))
    else:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("log.csv", content)
    with pytest.raises(DataError, match=rf"{name}: unpacks to more than 200 times its size, .*; download it"):
        read_text(path, ["user"])


def test_columns_of_one_name_are_told_by_their_place(tmp_path: Path) -> None:
    """In Parquet as in a CSV: each has its own values."""
    path = tmp_path / "log.parquet"
    pq.write_table(pa.Table.from_arrays([pa.array(["a"]), pa.array(["b"]), pa.array(["c"])], ["n", "m", "n"]), path)
    path.with_suffix(".csv").write_text("n,m,n\na,b,c\n", encoding="utf-8")
    for file in (path, path.with_suffix(".csv")):
        with formats.opened(file, []) as reader:
            assert reader.columns == ["n", "m", "n"]
            assert next(iter(reader.parts([2, 1, 0]))).to_numpy().tolist() == [["c", "b", "a"]]
