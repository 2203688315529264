"""`check` accepts what the organiser would accept, and names each broken rule with the first rows that break it."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from shortlist.data.dataset import Dataset
from shortlist.data.forms.columns import Known
from shortlist.data.forms.detect import detect_sample
from shortlist.errors import SubmissionError
from shortlist.submission.check import Requirements, check_submission

K = 5
USERS = ["U1", "U2", "U3", "U4"]
ASKED = ["U3", "U1", "U4"]  # U2 is a user that nobody asks for
ITEMS = [f"R{n:02d}" for n in range(12)]
TAKEN = [("U1", "R00"), ("U1", "R01"), ("U3", "R00"), ("U2", "R05")]
HEADER = ["user", "item"]

Rows = list[list[str]]


@pytest.fixture(scope="module")
def required(tmp_path_factory) -> Requirements:
    """Three users are to get five of twelve items each; some are taken."""
    tables = (pd.DataFrame(index=pd.Index(ids)) for ids in (USERS, ITEMS))
    dataset = Dataset.from_events(pd.DataFrame(TAKEN), *tables)
    path = tmp_path_factory.mktemp("raw") / "sample_submission.csv"
    path.write_text(csv_text([HEADER, *([user, "R00"] for user in ASKED for _ in range(K))]), encoding="utf-8")
    sheet, form = detect_sample(path, Known(dataset.users.lookup, dataset.items.lookup))
    return Requirements(form, sheet, K, dataset.users, dataset.items, dataset.matrix())


@pytest.fixture
def rows() -> Rows:
    """A correct submission: row 1 is the header, rows 2-6 are U3's, 7-11 U1's, 12-16 U4's."""
    return good_rows()


def good_rows() -> Rows:
    return [HEADER, *([user, item] for user in ASKED for item in ITEMS[2 : 2 + K])]


def csv_text(rows: Rows) -> str:
    return "".join(f"{','.join(row)}\n" for row in rows)


def check(folder: Path, content: str | bytes, required: Requirements) -> None:
    path = folder / "submission.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    check_submission(path, required)


def problems(folder: Path, content: str | bytes, required: Requirements) -> list[str]:
    """The lines of the error, each without the file's name."""
    with pytest.raises(SubmissionError) as error:
        check(folder, content, required)
    lines = str(error.value).split("\n")
    start = f"{folder / 'submission.csv'}: "
    assert all(line.startswith(start) for line in lines)
    return [line.removeprefix(start) for line in lines]


def test_a_correct_csv_passes(rows, required, tmp_path):
    """Nothing is raised."""
    check(tmp_path, csv_text(rows), required)


def test_line_ends_of_another_system_get_a_warning(rows, required, tmp_path, capsys):
    """Every reader takes CRLF for LF; the file passes."""
    check(tmp_path, csv_text(rows).replace("\n", "\r\n"), required)
    said = " ".join(capsys.readouterr().err.split())
    assert said.startswith("warning: ")
    assert "submission.csv: has lines that end with CRLF where " in said
    assert said.endswith("sample_submission.csv has LF")
    check(tmp_path, csv_text(rows), required)
    assert capsys.readouterr().err == ""


def test_line_ends_of_cr_alone_are_refused(rows, required, tmp_path):
    """Whoever knows LF counts one row: in the whole file, or from one line on."""
    [line] = problems(tmp_path, csv_text(rows).replace("\n", "\r"), required)
    assert line.startswith("row 1: ends with CR alone, which ")
    assert line.endswith("does not, and many readers know no such end; save it with LF")
    [line] = problems(tmp_path, csv_text(rows[:5]) + csv_text(rows[5:6])[:-1] + "\r" + csv_text(rows[6:]), required)
    assert line.startswith("row 6: ends with CR alone")


def test_any_order_of_a_users_items_passes(rows, required, tmp_path):
    """Which of them is in which of the user's rows is nobody's business but the user's."""
    check(tmp_path, csv_text([rows[0], *rows[5:0:-1], *rows[6:]]), required)


def test_another_order_of_users_is_named(rows, required, tmp_path):
    """Who compares row by row refuses it: whole users moved, and two rows exchanged."""
    assert problems(tmp_path, csv_text([rows[0], *rows[6:11], *rows[1:6], *rows[11:]]), required) == [
        "10 rows are in another order than in the sample submission, the first where it has user 'U3': there is 'U1'; "
        "sort the rows as it does"
    ]
    rows[6], rows[11] = rows[11], rows[6]
    [line] = problems(tmp_path, csv_text(rows), required)
    assert line.startswith(
        "2 rows are in another order than in the sample submission, the first where it has user 'U1'"
    )


def test_quoted_fields_and_a_missing_last_line_end_pass(rows, required, tmp_path):
    """These are the same CSV to whoever reads it."""
    quoted = "\n".join(",".join(f'"{field}"' for field in row) for row in rows)
    check(tmp_path, quoted, required)


def test_a_byte_order_mark_is_named(rows, required, tmp_path):
    """The organiser's reader would take it for a part of the header."""
    named = problems(tmp_path, csv_text(rows).encode("utf-8-sig"), required)
    assert named == ["row 1: begins with a byte order mark; save it as UTF-8 without BOM"]


@pytest.mark.parametrize(
    ("header", "found"),
    [
        (["item", "user"], "item,user"),
        (["User", "item"], "User,item"),
        (["user", "item "], "user,item "),
        (["user", "item", "score"], "user,item,score"),
        (["user"], "user"),
        (["U3", "R02"], "U3,R02"),
    ],
)
def test_a_wrong_header_is_named(rows, required, tmp_path, header, found):
    """Swapped, misspelt, longer, shorter or not there: the line says what it must be and what it is."""
    said = f"row 1: the header must be user,item, found '{found}'"
    assert problems(tmp_path, csv_text([header, *rows[1:]]), required) == [said]


def test_an_empty_file_is_named(required, tmp_path):
    """It has no header; with one but without rows, it lacks every user."""
    assert problems(tmp_path, "", required) == ["row 1: the header must be user,item, found nothing"]
    said = "3 users of the sample submission have no rows, first 'U3'; add 5 rows for each"
    assert problems(tmp_path, "user,item\n", required) == [said]


def test_a_missing_file_and_a_folder_are_named(required, tmp_path):
    """What is no file cannot be checked."""
    with pytest.raises(SubmissionError, match=r"absent\.csv: cannot be read \(No such file or directory\); name an"):
        check_submission(tmp_path / "absent.csv", required)
    with pytest.raises(SubmissionError, match=r"cannot be read \(Is a directory\); name an existing CSV"):
        check_submission(tmp_path, required)


def test_text_that_is_not_utf8_is_named_by_its_row(rows, required, tmp_path):
    """The first row with a byte that UTF-8 does not have, whatever the line ends."""
    rows[4] = ["U3", "서울"]
    for line_end in ("\n", "\r\n", "\r"):
        content = csv_text(rows).replace("\n", line_end).encode("cp949")
        assert problems(tmp_path, content, required) == ["row 5: not UTF-8; save it as UTF-8 without BOM"]
    assert problems(tmp_path, csv_text(rows).encode("utf-16"), required) == [
        "row 1: not UTF-8; save it as UTF-8 without BOM"
    ]


def test_ragged_rows_are_named(rows, required, tmp_path):
    """Rows with a field too many or too few."""
    rows[3], rows[7] = [*rows[3], "0.5"], rows[7][:1]
    assert problems(tmp_path, csv_text(rows), required) == [
        "rows 4, 8: must have 2 fields and no line may be blank"
    ]  # fmt: skip


@pytest.mark.parametrize(("place", "named"), [(17, "row 17"), (3, "row 4")])
def test_blank_lines_are_named(rows, required, tmp_path, place, named):
    """Not every reader passes over a blank line, at the end or between rows, so it counts as broken."""
    content = csv_text(rows[:place]) + "\n" + csv_text(rows[place:])
    assert problems(tmp_path, content, required) == [f"{named}: must have 2 fields and no line may be blank"]


@pytest.mark.parametrize("row", ['U3,"R02', 'U3,"R02"x'])
def test_broken_quotes_are_named(rows, required, tmp_path, row):
    """What is not a CSV is refused with its row, and is no crash."""
    content = csv_text(rows[:3]) + row + "\n" + csv_text(rows[4:])
    assert problems(tmp_path, content, required)[0].startswith("row 4: not a well-formed CSV")


def test_a_field_of_any_length_is_read(rows, required, tmp_path):
    """It is an id that nobody knows, and shown in short."""
    rows[3] = ["U3", "R" * 200_000]
    [line] = problems(tmp_path, csv_text(rows), required)
    assert line.startswith("row 4: item is not known ('RRR")
    assert len(line) < 150


@pytest.mark.parametrize("sign", ["\0", "\x07", "\u2028"])
def test_characters_that_nobody_sees_are_named(rows, required, tmp_path, sign):
    """An id with one looks like another id."""
    rows[3] = ["U3", f"R04{sign}"]
    said = f"row 4: holds U+{ord(sign):04X}, a character that nobody sees; take it out"
    assert problems(tmp_path, csv_text(rows), required) == [said]


def test_a_missing_user_is_named(rows, required, tmp_path):
    """How many there are, and the first in the sample submission's order."""
    said = "2 users of the sample submission have no rows, first 'U3'; add 5 rows for each"
    assert problems(tmp_path, csv_text([rows[0], *rows[6:11]]), required) == [said]


@pytest.mark.parametrize("stranger", ["U2", "X1", ""])
def test_an_extra_user_is_named(rows, required, tmp_path, stranger):
    """Somebody unknown, or known but not asked for, or not written exactly so."""
    rows[11:11] = [[stranger, item] for item in ITEMS[6:11]]
    assert problems(tmp_path, csv_text(rows), required) == [
        f"rows 12, 13, 14 and 2 more: user is not in the sample submission ('{stranger}')"
    ]


@pytest.mark.parametrize(("found", "meant"), [("u1", "U1"), ("U1 ", "U1"), (" U3", "U3")])
def test_a_user_who_is_spelt_otherwise_is_named(rows, required, tmp_path, found, meant):
    """Both spellings: what looks the same is another id to the organiser."""
    rows[11:11] = [[found, item] for item in ITEMS[6:11]]
    assert problems(tmp_path, csv_text(rows), required) == [
        "rows 12, 13, 14 and 2 more: user is spelt otherwise than in the sample submission, "
        f"which has '{meant}' ('{found}')"
    ]


def test_too_few_and_too_many_items_are_named(rows, required, tmp_path):
    """Four for one user and six for another; the rows of the first such user come first."""
    four = [*rows[:7], *rows[8:]]
    assert problems(tmp_path, csv_text(four), required) == [
        "rows 7, 8, 9 and 1 more: user has another number of items than 5 ('U1')"
    ]
    rows.append(["U3", "R11"])
    assert problems(tmp_path, csv_text(rows), required) == [
        "rows 2, 3, 4 and 3 more: user has another number of items than 5 ('U3')"
    ]


def test_a_repeated_item_is_named_by_its_second_row(rows, required, tmp_path):
    """The row that is one too many; the same item for two users is no fault."""
    rows[10] = rows[8]
    assert problems(tmp_path, csv_text(rows), required) == ["row 11: item is duplicated for the user ('R04')"]


def test_an_unknown_item_is_named(rows, required, tmp_path):
    """An id that no other file has, and one that they spell otherwise."""
    rows[5], rows[12] = ["U3", "X06"], ["U4", ""]
    assert problems(tmp_path, csv_text(rows), required) == ["rows 6, 13: item is not known ('X06')"]
    rows[5], rows[9] = ["U3", "r06"], ["U1", "R05 "]
    assert problems(tmp_path, csv_text(rows), required) == [
        "rows 6, 10, 13: item is spelt otherwise than in the data, which have 'R06' ('r06')"
    ]


def test_a_pair_that_is_taken_is_named(rows, required, tmp_path):
    """What the user has; another user may well get it."""
    rows[12] = ["U4", "R00"]
    check(tmp_path, csv_text(rows), required)
    rows[7], rows[3] = ["U1", "R01"], ["U3", "R00"]
    assert problems(tmp_path, csv_text(rows), required) == ["rows 4, 8: user has the item already ('R00')"]


def test_a_pair_may_be_taken_where_items_may_come_again(rows, required, tmp_path):
    """Then no pairs are held against the file."""
    rows[7] = ["U1", "R01"]
    check(tmp_path, csv_text(rows), replace(required, seen=None))


def test_an_item_that_may_not_be_recommended_is_named(rows, required, tmp_path):
    """To anybody, or to a user who has a list of those that may."""
    permitted = np.ones(len(ITEMS), dtype=bool)
    permitted[4] = False
    said = "item is not one of those that may be recommended ('R04')"
    named = problems(tmp_path, csv_text(rows), replace(required, permitted=permitted))
    assert named == [f"rows 4, 9, 14: {said}"]
    lists = np.zeros((len(USERS), len(ITEMS)))
    lists[0] = permitted  # U1's; who has no list may get all
    named = problems(tmp_path, csv_text(rows), replace(required, lists=sp.csr_matrix(lists)))
    assert named == [f"row 9: {said}"]


def test_every_broken_rule_has_its_line(required, tmp_path):
    """One run tells all that has to be mended."""
    rows = [["user", "item"], ["X1", "R02"], *([user, "R00"] for user in ("U1", "U1")), ["U3", "X2"]]
    assert problems(tmp_path, csv_text(rows), required) == [
        "row 2: user is not in the sample submission ('X1')",
        "row 5: item is not known ('X2')",
        "row 4: item is duplicated for the user ('R00')",
        "rows 3, 4, 5: user has another number of items than 5 ('U1')",
        "rows 3, 4: user has the item already ('R00')",
        "1 users of the sample submission have no rows, first 'U4'; add 5 rows for each",
    ]


def acceptable(rows: Rows) -> bool:
    """The rules, said once more and as plainly as can be."""
    pairs = [tuple(row) for row in rows[1:]]
    return (
        [user for user, _ in pairs] == [user for user in ASKED for _ in range(K)]
        and len(set(pairs)) == len(pairs)
        and all(item in ITEMS for _, item in pairs)
        and not set(pairs) & set(TAKEN)
    )


CHANGES = st.lists(
    st.tuples(st.integers(1, 15), st.sampled_from([*USERS, "X1"]), st.sampled_from([*ITEMS, "X2"])), max_size=3
)


@settings(max_examples=200, deadline=None)
@given(changes=CHANGES, order=st.randoms(use_true_random=False))
def test_it_accepts_exactly_what_the_rules_accept(tmp_path_factory, required, changes, order):
    """Rows of a good submission replaced at random: accepted if and only if a plain reading of the rules does so."""
    rows = good_rows()
    for place, user, item in changes:
        rows[place] = [user if order.random() < 0.3 else rows[place][0], item]
    path = tmp_path_factory.getbasetemp() / "changed.csv"
    path.write_text(csv_text(rows), encoding="utf-8")
    try:
        check_submission(path, required)
    except SubmissionError:
        assert not acceptable(rows)
    else:
        assert acceptable(rows)
