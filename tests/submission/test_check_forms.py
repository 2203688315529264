"""Whatever the sample's form: the right file passes, and every file of another shape is refused."""

import csv
import io
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from tests.data.forms.samples import ITEMS, SAMPLES, USERS, Sample

from shortlist.data.dataset import IdIndex
from shortlist.errors import SubmissionError
from shortlist.submission.check import Requirements, check_submission

NAMES = pytest.mark.parametrize("name", SAMPLES)

Check = Callable[[str, str], list[str]]
Fields = list[list[str]]


@pytest.fixture(scope="module")
def required(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Requirements]:
    """Two items for each request of each sample."""
    read = {name: sample.read(tmp_path_factory.mktemp("samples")) for name, sample in SAMPLES.items()}
    users, items = IdIndex(np.array(USERS)), IdIndex(np.array(ITEMS))
    return {name: Requirements(form, sheet, 2, users, items) for name, (sheet, form) in read.items()}


@pytest.fixture
def check(tmp_path: Path, required: dict[str, Requirements]) -> Check:
    """Hold a text against a sample; gives the lines that are said, without the file's name."""

    def said(name: str, text: str) -> list[str]:
        path = tmp_path / "mine.csv"
        path.write_bytes(text.encode())
        try:
            assert check_submission(path, required[name]) == text.encode()
        except SubmissionError as error:
            lines = str(error).split("\n")
            assert all(line.startswith(f"{path}: ") for line in lines)
            return [line.removeprefix(f"{path}: ") for line in lines]
        return []

    return said


def fields(name: str) -> Fields:
    """The right file, header and all, as fields."""
    text = SAMPLES[name].golden
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter(name)))


def delimiter(name: str) -> str:
    """The sample's."""
    return next(sign for sign in "\t;," if sign in SAMPLES[name].golden.splitlines()[0])


def text_of(name: str, rows: Fields) -> str:
    """Fields as a file with the sample's delimiter."""
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter(name), lineterminator="\n").writerows(rows)
    return text.getvalue()


@NAMES
def test_the_right_file_passes(name: str, check: Check) -> None:
    """Nothing is said, whatever its line ends."""
    assert check(name, SAMPLES[name].golden) == []
    assert check(name, text_of(name, fields(name))) == []


@NAMES
def test_the_right_file_of_another_form_is_refused(name: str, check: Check) -> None:
    """Long for wide, a list with other signs, a rank too many: all is never well."""
    for other in SAMPLES.keys() - {name}:
        assert check(name, SAMPLES[other].golden), other


@NAMES
def test_another_header_is_refused(name: str, check: Check) -> None:
    """One letter, or a header where the sample has none."""
    rows = fields(name)
    if SAMPLES[name].fields.get("header", True):
        rows[0][-1] += "s"
        [line] = check(name, text_of(name, rows))
        assert line.startswith("row 1: the header must be ")
    else:
        assert check(name, text_of(name, [[f"c{place}" for place in range(len(rows[0]))], *rows]))


@NAMES
def test_columns_whose_cells_are_exchanged_are_refused(name: str, check: Check) -> None:
    """Below a header that is right."""
    rows = fields(name)
    start = int(SAMPLES[name].fields.get("header", True))
    user = SAMPLES[name].fields.get("user", 0)
    for row in rows[start:]:
        row[user], row[user - 1] = row[user - 1], row[user]
    assert check(name, text_of(name, rows))


@NAMES
def test_a_column_too_many_or_too_few_is_refused(name: str, check: Check) -> None:
    """With the header changed, or without."""
    rows = fields(name)
    assert check(name, text_of(name, [[*row, "1"] for row in rows]))
    assert check(name, text_of(name, [row[:-1] for row in rows]))
    assert check(name, text_of(name, [rows[0], *([*row, ""] for row in rows[1:])]))


@NAMES
def test_rows_too_few_or_too_many_are_refused(name: str, check: Check) -> None:
    """The last one missing, or there twice."""
    rows = fields(name)
    assert check(name, text_of(name, rows[:-1]))
    assert check(name, text_of(name, [*rows, rows[-1]]))


@NAMES
def test_another_order_of_users_is_refused(name: str, check: Check) -> None:
    """Who compares row by row would find other users."""
    rows = fields(name)
    other = -5 if SAMPLES[name].kind in ("long", "ranked") else -2
    rows[-1], rows[other] = rows[other], rows[-1]
    [line] = check(name, text_of(name, rows))
    assert "another order than in the sample submission" in line or "must be the sample's" in line


@NAMES
def test_an_item_that_is_there_twice_or_unknown_is_refused(name: str, check: Check) -> None:
    """In every form the rules are the same."""
    head, _, tail = SAMPLES[name].golden.rpartition("e")
    assert any("item is duplicated for the user ('f')" in line for line in check(name, f"{head}f{tail}"))
    assert any("item is not known ('q')" in line for line in check(name, f"{head}q{tail}"))
    said = "item is spelt otherwise than in the data, which have 'e' ('E')"
    assert any(said in line for line in check(name, f"{head}E{tail}"))


@pytest.mark.parametrize(
    ("name", "found", "instead", "said"),
    [
        ("long", "u1,a", "u1,a c", "row 3: item is not known ('a c')"),
        ("rank", "u1,a,2", "u1,a,1", "row 3: column rank: the ranks of a user must be 1, 2, ... each once, found '1'"),
        (
            "rank",
            "u1,b,1\nu1,a,2",
            "u1,a,2\nu1,b,1",
            "2 rows are in another order than in the sample submission, the first where it has rank '1': there is '2'",
        ),
        ("rank", "u1,b,1", "u1,b,1.0", "the first where it has rank '1': there is '1.0'; sort the rows as it does"),
        ("JSON", '""a""', '""a\\u0000""', "row 2: holds U+0000, a character that nobody sees; take it out"),
        ("JSON", '""b"",""a""', "'b','a'", 'row 2: column items: must be a list such as ["a","b"], found'),
        ("joined by blanks", "u3,f e\n", "u3,f e\nu9,\n", "it has user '': there is 'u9'; sort the rows as it does"),
        ("rank", "u1,a,2", "u1,a,3", "row 3: column rank: the ranks of a user must be 1, 2, ... each once, found '3'"),
        ("rank", "u1,a,2", "u1,a,", "row 3: column rank: must be a number, found ''"),
        ("score", "u1;a;0.500", "u1;a;inf", "row 3: column score: must be a number, found 'inf'"),
        ("joined by blanks", "u1,b a", "u1,b", "row 2: user has another number of items than 2 ('u1')"),
        (
            "joined by blanks",
            "u1,b a",
            "u1,",
            "1 users of the sample submission have no items, first 'u1'; add 2 items",
        ),
        ("joined by blanks", "u1,b a", "u1,b a ", "row 2: item is not known ('')"),
        ("joined by blanks", "u1,b a", "u1,[b a]", "row 2: item is not known ('[b')"),
        ("joined by blanks", "u2,d c", "u1,d c", "row 3: user has a row already ('u1'); the sample has one for each"),
        (
            "a list of numbers as Python writes it",
            '"[b, a]"',
            "b a",
            "row 2: column items: must be a list such as [a, b]",
        ),
        ("JSON", "d", "d'", 'row 3: item is not known ("d\'")'),
        (
            "user and kind",
            "u1_orders",
            "u1_views",
            "row 3: user has the kind 'views', which the sample submission has not",
        ),
        ("user and kind", "u1_orders", "u1", "row 3: user has the kind '', which the sample submission has not"),
        ("user and kind", "u2_clicks", "u3_clicks", "row 4: user is not in the sample submission ('u3')"),
        ("user and kind", "u1_orders,d c", "u1_orders,", "have no items, first 'u1' for orders; add 2 items for each"),
        ("wide", "u1,b,a", "u1,b,", "row 2: item is not known ('')"),
        ("long, a running number", "1,u1", "7,u1", "row 3: column id: must be the sample's '1', found '7'"),
        ("long, a running number", "5,u3,e\n", "", "has 5 rows where the sample has 6; column id must be the sample's"),
        (
            "long",
            "u2,",
            "U2 ,",
            "rows 4, 5: user is spelt otherwise than in the sample submission, which has 'u2' ('U2 ')",
        ),
    ],
)
def test_what_is_wrong_is_said(name: str, found: str, instead: str, said: str, check: Check) -> None:
    """The row, what stands there, and what must."""
    lines = check(name, SAMPLES[name].golden.replace(found, instead))
    assert any(said in line for line in lines), lines


RAGGED = "user_id,item_id\nu1,x\nu2,x\nu2,x\nu2,x\n"


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (["u1,a", "u1,b", "u2,a", "u2,b"], None),
        (["u2,a", "u2,b", "u1,a", "u1,b"], "the first where it has user 'u1': there is 'u2'"),
        (["u1,a", "u2,a", "u2,b", "u1,b"], "the first where it has user '': there is 'u1'"),
    ],
)
def test_a_sample_of_lists_of_different_lengths_tells_an_order_of_users(
    tmp_path: Path, rows: list[str], said: str | None
) -> None:
    """It has no rows for lists of two, so a user's rows follow one another, as they are written here."""
    sheet, form = Sample("long", RAGGED, "").read(tmp_path)
    required = Requirements(form, sheet, 2, IdIndex(np.array(USERS)), IdIndex(np.array(ITEMS)))
    text = "\n".join(["user_id,item_id", *rows, ""])
    (tmp_path / "mine.csv").write_text(text, encoding="utf-8")
    if said is None:
        assert form.write(sheet, [["a", "b"], ["a", "b"]]) == check_submission(tmp_path / "mine.csv", required)
        return
    with pytest.raises(SubmissionError, match=said):
        check_submission(tmp_path / "mine.csv", required)


def test_a_pipe_is_no_submission(tmp_path: Path, required: dict[str, Requirements]) -> None:
    """Nobody waits for what may come."""
    os.mkfifo(tmp_path / "mine.csv")
    with pytest.raises(
        SubmissionError, match=r"cannot be read \(a pipe or device, and no file\); name an existing CSV"
    ):
        check_submission(tmp_path / "mine.csv", required["long"])
