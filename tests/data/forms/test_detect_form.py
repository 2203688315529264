"""The form is told by what the cells are, then by names; where nothing fits, one line says what is there."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from tests.data.forms.samples import KNOWN, SAMPLES, Sample

from shortlist.data.forms.base import Form, Length
from shortlist.data.forms.columns import Known
from shortlist.data.forms.detect import detect_sample
from shortlist.data.forms.look import NotAListForm
from shortlist.errors import DataError, SubmissionError


def told(folder: Path, text: str, known: Known = KNOWN) -> Form:
    """The form of a sample."""
    return Sample("", text, "").read(folder, known)[1]


def rows(n: int, times: int, row: str) -> str:
    """Rows in which {u} is the user's and {i} the row's number."""
    return "".join(row.format(u=user, i=place) + "\n" for user in range(n) for place in range(times))


NUMBERS = Known(pd.Index([str(n) for n in range(60)]), pd.Index([str(n) for n in range(40)]))
"""Users and items with the same ids."""


@pytest.mark.parametrize(
    ("text", "kind", "user", "item", "length"),
    [
        ("user_id,item_id\n" + rows(60, 5, "{u},0"), "long", 0, 1, 5),
        ("item_id,user_id\n" + rows(60, 5, "0,{u}"), "long", 1, 0, 5),
        ("user_id,item_id\n" + rows(60, 10, "{u},{i}"), "long", 0, 1, 10),
        ("user_id,item_id,rank\n" + rows(60, 5, "{u},0,{i}"), "ranked", 0, 1, 5),
        ("rank,user_id,item_id\n" + rows(60, 5, "{i},{u},0"), "ranked", 1, 2, 5),
        ("user_id,item_id\n" + rows(60, 1, "{u},0 1 2 3"), "joined", 0, 1, 4),
        ("uid,pred\n" + rows(60, 1, "{u},0 1 2 3"), "joined", 0, 1, 4),
        (rows(60, 5, "{u},0"), "long", 0, 1, 5),
    ],
)
def test_users_and_items_with_the_same_ids_are_told_apart(tmp_path, text, kind, user, item, length):
    """By their names, by their order, and by which of them is repeated."""
    sheet, form = Sample("", text, "").read(tmp_path, NUMBERS)
    assert (form.kind, form.user, form.stored()["item"]) == (kind, user, item)
    assert form.length(sheet) == Length(length, length)


def test_columns_without_telling_names_are_told_by_their_ids(tmp_path):
    """The users' column need not be the left one."""
    assert told(tmp_path, "a,b\nx,u1\nx,u1\nc,u2\nx,u2\n").user == 1
    assert told(tmp_path, "a,b,c\nq,x a,u1\nq,x b,u2\n").stored()["item"] == 1


def test_a_list_or_a_placeholder_is_the_items_column(tmp_path):
    """Though the users are in no other file, and look like items."""
    strangers = Known(pd.Index(["q"]), pd.Index(["4", "5", "6"]))
    assert told(tmp_path, "display,ad\n4,7 8 9\n5,7 8 9\n6,7 8 9\n", strangers).user == 0
    form = told(tmp_path, "ID,user,list\nID_1,u1,\nID_2,u2,\n")
    assert (form.user, form.stored()["item"]) == (1, 2)


def test_columns_of_items_need_no_numbers(tmp_path):
    """Known items, or the same placeholder in each, tell them too."""
    for cells in ("a,b,c", "0,0,0", ",,"):
        form = told(tmp_path, f"user,first,second,third\nu1,{cells}\nu2,{cells}\n")
        assert form.stored()["items"] == (1, 2, 3)


def test_names_of_the_log_tell_columns(tmp_path):
    """Where neither ids nor common names do."""
    strangers = Known(pd.Index(["7"]), pd.Index(["8"]), log_user="ncodpers", log_item="added")
    assert told(tmp_path, "added,ncodpers\n0,5\n0,5\n0,6\n0,6\n", strangers).user == 1


def test_another_spelling_of_the_ids_does_not_hide_the_columns(tmp_path):
    """`1000.0` in the log and `1000` in the sample: the form is told, and the spelling is another rule's business."""
    known = Known(pd.Index([f"{1000 + n}.0" for n in range(60)]), pd.Index([f"{500 + n}.0" for n in range(40)]))
    assert told(tmp_path, "a,b\n" + rows(60, 5, "500,10{u:02d}"), known).user == 1


def test_blanks_at_the_end_of_ids_stay(tmp_path):
    """The requests are as the sample spells them."""
    known = Known(pd.Index(["u1 ", "u2 "]), pd.Index(["m1"]))
    sheet, form = Sample("", "user_id,item_id\nu1 ,m1\nu1 ,m1\nu2 ,m1\nu2 ,m1\n", "").read(tmp_path, known)
    assert form.requests(sheet)["user"].tolist() == ["u1 ", "u2 "]


def test_users_whom_no_other_file_knows_are_asked_for_too(tmp_path):
    """They are requests like the others."""
    sheet, form = Sample("", "user_id,item_id\n" + rows(70, 5, "{u},0"), "").read(tmp_path, NUMBERS)
    assert len(form.requests(sheet)) == 70


def test_items_whose_ids_hold_blanks_are_no_lists(tmp_path):
    """Titles, say; known ones are single items, and divided ones are not known."""
    titles = Known(pd.Index(["u1", "u2"]), pd.Index(["The Matrix", "Heat, the film", "Alien"]))
    assert told(tmp_path, "user,film\nu1,The Matrix\nu1,Alien\nu2,The Matrix\nu2,Alien\n", titles).kind == "long"
    form = told(tmp_path, "user,film\nu1,The Matrix|Alien\nu2,Alien|The Matrix\n", titles)
    assert form.stored()["separator"] == "|"


def test_the_header_is_told_from_a_row(tmp_path):
    """No header where ids stand in the first row, or numbers only, or what stands below too."""
    for text in ("u1,zz\nu1,x\nu2,x\nu2,x\n", "91,5\n91,5\n92,5\n92,5\n", "q1,0\nq1,0\nq2,0\nq2,0\n"):
        assert not told(tmp_path, text).header
    for text in ("u,i\nu1,x\nu1,x\nu2,x\nu2,x\n", "user,1,2,3\nu1,x,x,x\nu2,x,x,x\n"):
        assert told(tmp_path, text).header


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "user_id,item_id,rating\nu1,a,0\nu1,b,0\nu2,a,0\n",
            "holds pairs to be rated: 1 to 2 rows a user, with a number",
        ),
        ("id,rating\n0,3.5\n1,3.5\n2,3.5\n", "asks for one value in column rating for each row of column id"),
        ("id,target\n0,0\n1,0\n2,0\n", "asks for one value in column target for each row of column id"),
        ("pair,value\nq_1,0\nq_2,0\nr_1,0\n", "asks for one value in column value for each row of column pair"),
        ("user,rating\nu1,b\nu2,b\nu3,b\n", "asks for one value in column rating for each row of column user"),
        ("item\na\nb\n", "has one column only"),
    ],
)
def test_what_is_no_list_is_told_so(tmp_path, text, said):
    """Pairs to be rated, one number a row: other competitions, in one line."""
    with pytest.raises(NotAListForm, match=said) as error:
        told(tmp_path, text)
    assert str(error.value).startswith(f"{tmp_path / 'sample_submission.csv'}: ")
    assert "\n" not in str(error.value)


def test_as_many_rated_pairs_for_each_user_are_lists_with_scores(tmp_path):
    """Nothing tells such a sample from a list, so it is one."""
    assert told(tmp_path, "user_id,item_id,rating\nu1,a,0\nu1,b,0\nu2,a,0\nu2,c,0\n").stored()["score"] == 2


def test_lists_in_repeated_rows_are_no_form(tmp_path):
    """What the file looks like, and what is known."""
    with pytest.raises(DataError) as error:
        told(tmp_path, "user,items\nu1,a b\nu1,a b\nu2,a b\n")
    assert str(error.value).removeprefix(f"{tmp_path / 'sample_submission.csv'}: ") == (
        "has an unknown form: the columns user, items, 3 rows, the first 'u1,a b'; "
        "known are joined, joined_by_kind, long, ranked, wide"
    )


@pytest.mark.parametrize(("key", "name"), [("user_column", "uid"), ("item_column", "iid")])
def test_a_column_that_competition_toml_names_must_be_there(tmp_path, key, name):
    """The error has both sides."""
    known = replace(KNOWN, **{key: name})
    with pytest.raises(DataError) as error:
        told(tmp_path, "user,item\nu1,a\nu1,b\n", known)
    assert str(error.value).removeprefix(f"{tmp_path / 'sample_submission.csv'}: ") == (
        f"has the columns user, item, competition.toml says submission.{key} = '{name}'; "
        f"correct it or leave the line out"
    )


def test_the_columns_that_competition_toml_names_are_taken(tmp_path):
    """Whatever speaks for others."""
    known = replace(KNOWN, user_column="item", item_column="user")
    form = told(tmp_path, "user,item\nu1,a\nu2,a\nu3,b\nu1,b\n", known)
    assert (form.user, form.stored()["item"]) == (1, 0)
    with pytest.raises(DataError, match="names one column for users and items"):
        told(tmp_path, "user,item\nu1,a\nu1,b\n", replace(KNOWN, user_column="user", item_column="user"))


def test_a_broken_list_in_the_sample_is_named(tmp_path):
    """By its row."""
    sample = Sample("", "user,items\nu1,\"['a']\"\nu2,\"['a', b]\"\n", "")
    with pytest.raises(SubmissionError, match=r"row 3: column items: must be a list such as \['a', 'b'\], found"):
        sample.read(tmp_path)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('user;items\nu1;"[""x"",""a\\u0000""]"\n', "row 2: holds U+0000, a character that nobody sees; take it out"),
        ('user;items\nu1;"[""x"",""\\ud800""]"\n', "row 2: column items: must be a list such as ['a', 'b'], found"),
        (
            "user,item\nu1,x\n" + "u" * 2001 + ",x\n",
            "column of users: row 3: has 2,001 letters and an id at most 2,000",
        ),
        ("user,items\nu1,x a\nu2,x " + "a" * 2001 + "\n", "column of items: row 3: has 2,001 letters and an id at"),
    ],
)
def test_what_cannot_be_an_id_is_named(tmp_path, text, said):
    """Also where an escape in a list stands for it."""
    with pytest.raises((DataError, SubmissionError)) as error:
        Sample("", text, "").read(tmp_path)
    assert said in str(error.value)
    assert len(str(error.value)) < 400


def test_many_columns_are_told_apart(tmp_path):
    """Fifty items a user, in a file without a header."""
    text = rows(60, 1, "{u}," + ",".join(str(item % 40) for item in range(50)))
    assert told(tmp_path, text, NUMBERS).stored()["items"] == tuple(range(1, 51))


def test_kinds_need_not_be_known(tmp_path):
    """The same few endings of every user's cells are kinds; numbers at the end are parts of ids."""
    unknown = replace(KNOWN, kinds=())
    assert told(tmp_path, SAMPLES["user and kind"].text + "u2_orders,x a\n", unknown).kind == "joined_by_kind"
    ids = Known(pd.Index(["user_1", "user_2"]), KNOWN.items)
    assert told(tmp_path, "user,items\nuser_1,a b\nuser_2,a b\n", ids).kind == "joined"


def test_a_sample_without_rows_is_named(tmp_path):
    """There is nothing to be told."""
    with pytest.raises(DataError, match="has a header but no rows"):
        told(tmp_path, "user,item\n")


def test_a_missing_sample_is_named(tmp_path):
    """With what to do."""
    with pytest.raises(DataError, match=r"absent\.csv: cannot be read \(No such file or directory\); put"):
        detect_sample(tmp_path / "absent.csv", KNOWN)
