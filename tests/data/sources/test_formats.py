"""Files of any format give the same table of text, and large plain ones are read as the careful reader reads them."""

import gzip
import tempfile
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shortlist.data.sources.formats import plain_parts
from shortlist.data.sources.reading import read_chunks, read_text
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
    assert text["list"].fillna("").tolist() == ["1, 2", "3", ""]


def test_an_archive_of_several_files_is_refused(tmp_path: Path) -> None:
    """Which of them is meant, nobody knows."""
    path = tmp_path / "all.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.csv", "x")
        archive.writestr("b.csv", "y")
    with pytest.raises(DataError, match=r"holds 2 files \(a.csv, b.csv ...\); unpack it in raw/"):
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


CELLS = st.text(alphabet='ab,"; \n1é', max_size=4)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=8), st.booleans(), st.booleans())
def test_the_quick_reader_reads_what_the_careful_one_does(
    rows: list[tuple[str, str, str]], blank: bool, repeated: bool
) -> None:
    """The same values under the same row numbers, or the same complaint."""
    text = pd.DataFrame(rows, columns=NAMES).to_csv(index=False) + "\n" * blank + "user,n,words\n" * repeated
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file.csv"
        path.write_text(text + "u,1,w\n", encoding="utf-8")
        outcomes = []
        for read in (lambda: read_text(path, NAMES), lambda: pd.concat(read_chunks(path, NAMES))):
            try:
                whole = read()
                outcomes.append([*whole.fillna("-").itertuples(name=None)])
            except DataError as error:
                outcomes.append(str(error))
    assert outcomes[0] == outcomes[1]


def test_a_plain_file_is_read_by_the_quick_reader(tmp_path: Path) -> None:
    """Else its speed would be gone without a word."""
    path = tmp_path / "file.csv"
    pd.DataFrame({"user": range(1000), "n": range(1000)}).to_csv(path, index=False)
    assert sum(map(len, plain_parts(path, ["user"]))) == 1000
