"""What holds for every form; a new one is covered by a sample in `samples.py`, and fails here without one."""

import gzip
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.data.forms.samples import KNOWN, LISTS, SAMPLES, Sample

from shortlist.data.forms.base import Form, Length
from shortlist.data.forms.columns import Known
from shortlist.data.forms.registry import FORMS, make_form
from shortlist.data.forms.sheet import Sheet, read_sheet, read_sheet_like
from shortlist.errors import SubmissionError

NASTY = [
    "a",
    "a ",
    " a",
    "A",
    "007",
    "7",
    "7.0",
    "a,b",
    'say "x"',
    "it's",
    "a|b",
    "a;b",
    "[a]",
    "한글 아이디",
    "\\n",
    "é",
]
"""Ids that a careless reader or writer changes."""

NAMES = pytest.mark.parametrize("name", SAMPLES)


def lists_of(form: Form, sample: Sheet, sheet: Sheet) -> list[list[str]]:
    """The lists that a file holds, for the requests of the sample, put together without the form's help."""
    entries = form.read(sample, sheet)
    requests = form.requests(sample)
    return [
        [item for _, item in sorted(zip(mine["position"], mine["item"], strict=True))]
        for user, kind in requests.itertuples(index=False)
        for mine in [entries[(entries["user"] == user) & (entries["kind"] == kind)]]
    ]


def test_every_form_has_a_sample() -> None:
    """So that each is held to what follows."""
    assert {sample.kind for sample in SAMPLES.values()} == set(FORMS.kinds())


@NAMES
def test_it_is_told_by_its_sample(name: str, tmp_path: Path) -> None:
    """The right form, and what it says of the columns."""
    _, form = SAMPLES[name].read(tmp_path)
    stored = form.stored()
    assert form.kind == stored["kind"] == SAMPLES[name].kind
    assert {key: stored[key] for key in SAMPLES[name].fields} == SAMPLES[name].fields


@NAMES
def test_it_can_be_stored_as_json(name: str, tmp_path: Path) -> None:
    """What is made from the stored form is the form."""
    _, form = SAMPLES[name].read(tmp_path)
    assert make_form(json.loads(json.dumps(form.stored()))) == form


@NAMES
def test_it_writes_these_bytes(name: str, tmp_path: Path) -> None:
    """Rows, columns, signs and line ends are the sample's; only the items are others."""
    sheet, form = SAMPLES[name].read(tmp_path)
    assert form.write(sheet, LISTS) == SAMPLES[name].golden.encode()


@NAMES
def test_what_it_wrote_it_reads(name: str, tmp_path: Path) -> None:
    """Each user's items in their order, with the row that each stands in."""
    sheet, form = SAMPLES[name].read(tmp_path)
    content = form.write(sheet, LISTS)
    written = read_sheet_like(content, sheet, "mine.csv")
    assert lists_of(form, sheet, written) == LISTS
    lines = content.decode().splitlines()
    entries = form.read(sheet, written)
    for row, user, item in zip(entries["row"], entries["user"], entries["item"], strict=True):
        assert user in lines[row - 1]
        assert item in lines[row - 1]


@NAMES
def test_the_requests_are_those_of_the_sample(name: str, tmp_path: Path) -> None:
    """Three, in the order of the file."""
    sheet, form = SAMPLES[name].read(tmp_path)
    requests = form.requests(sheet)
    by_kind = form.kind == "joined_by_kind"
    assert requests["user"].tolist() == (["u1", "u1", "u2"] if by_kind else ["u1", "u2", "u3"])
    assert requests["kind"].tolist() == (["clicks", "orders", "clicks"] if by_kind else [""] * 3)


@NAMES
def test_the_length_is_that_of_the_sample(name: str, tmp_path: Path) -> None:
    """Two items for each request, unless the sample shows no lists."""
    sheet, form = SAMPLES[name].read(tmp_path)
    shown = name not in ("joined, a placeholder", "joined, empty")
    assert form.length(sheet) == (Length(2, 2) if shown else Length(None, None))
    items = form.sample_items(sheet)
    assert set(items) <= {"x", "a", "0"}
    assert len(items) == len(set(items))


@NAMES
def test_a_packed_sample_is_answered_by_a_packed_file(name: str, tmp_path: Path) -> None:
    """The same bytes each time, and the same file inside."""
    sheet, form = SAMPLES[name].read(tmp_path)
    path = tmp_path / "sample.csv.gz"
    path.write_bytes(gzip.compress(SAMPLES[name].text.encode()))
    packed = read_sheet(path, header=form.header)
    assert form.write(packed, LISTS) == form.write(packed, LISTS)
    assert gzip.decompress(form.write(packed, LISTS)) == form.write(sheet, LISTS)
    with pytest.raises(SubmissionError, match=r"mine.csv: is not packed by gzip, .*sample.csv.gz is packed by gzip"):
        read_sheet_like(form.write(sheet, LISTS), packed, "mine.csv")


@NAMES
@settings(max_examples=40, deadline=None)
@given(items=st.lists(st.lists(st.sampled_from(NASTY), min_size=2, max_size=2, unique=True), min_size=3, max_size=3))
def test_ids_of_any_kind_come_back(name: str, tmp_path_factory: pytest.TempPathFactory, items: list[list[str]]) -> None:
    """Read as they were written; or the form says in one line that it cannot hold them, which only joined ones do."""
    sheet, form = SAMPLES[name].read(tmp_path_factory.getbasetemp())
    try:
        content = form.write(sheet, items)
    except SubmissionError:
        assert form.kind.startswith("joined")
        assert not all(item.isalnum() for each in items for item in each)
    else:
        assert lists_of(form, sheet, read_sheet_like(content, sheet, "mine.csv")) == items


def test_an_id_that_a_list_cannot_hold_is_named(tmp_path: Path) -> None:
    """The id, and what the sample's lists look like."""
    sheet, form = SAMPLES["joined by blanks"].read(tmp_path)
    with pytest.raises(SubmissionError) as error:
        form.write(sheet, [["a", "b"], ["The Matrix", "c"], ["a", "b"]])
    assert str(error.value).removeprefix(f"{sheet.name}: ") == (
        "column prediction: item 'The Matrix' cannot stand in a list such as a b; "
        "ask the organiser how it is to be written"
    )


@NAMES
@settings(max_examples=20, deadline=None)
@given(users=st.lists(st.sampled_from(NASTY), min_size=3, max_size=3, unique=True))
def test_users_are_spelt_as_the_sample_spells_them(
    name: str, tmp_path_factory: pytest.TempPathFactory, users: Sequence[str]
) -> None:
    """Whatever the ids: they are in the file as in the sample."""
    sheet, form = SAMPLES[name].read(tmp_path_factory.getbasetemp())
    rows = sheet.rows.copy()
    for place, user in enumerate(users):
        rows[form.user] = rows[form.user].str.replace(f"u{place + 1}", user, regex=False)
    renamed = replace(sheet, rows=rows)
    written = read_sheet_like(form.write(renamed, LISTS), renamed, "mine.csv")
    assert written.rows[form.user].tolist() == rows[form.user].tolist()


@pytest.mark.parametrize("long_name", [name for name, sample in SAMPLES.items() if sample.kind in ("long", "ranked")])
def test_a_sample_prescribes_its_rows(long_name: str, tmp_path: Path) -> None:
    """Lists of another length than the sample has rows for are refused, with both numbers."""
    sheet, form = SAMPLES[long_name].read(tmp_path)
    with pytest.raises(SubmissionError, match="has room for 2 items a user, and the lists have 3; set k to it"):
        form.write(sheet, [["a", "b", "c"]] * 3)


def test_a_wide_sample_prescribes_its_columns(tmp_path: Path) -> None:
    """As many items as columns."""
    sheet, form = SAMPLES["wide"].read(tmp_path)
    with pytest.raises(SubmissionError, match="has room for 2 items a user, and the lists have 1, 2; set k to it"):
        form.write(sheet, [["a"], ["a", "b"], ["a", "b"]])


def test_a_sample_of_different_lengths_prescribes_no_rows(tmp_path: Path) -> None:
    """Users in its order, the rows of each one after the other, ranks and scores with them."""
    text = "user_id,item_id,rank\nu2,x,1\nu1,x,1\nu1,x,2\nu1,x,3\n"
    sheet, form = Sample("ranked", text, "").read(tmp_path)
    assert form.length(sheet) == Length(None, 3)
    said = b"user_id,item_id,rank\nu2,b,1\nu2,a,2\nu1,d,1\nu1,c,2\n"
    assert form.write(sheet, LISTS[:2]) == said


def test_a_cell_of_the_rank_stays_as_it_is(tmp_path: Path) -> None:
    """`1.0` and `01` are ranks too, and the organiser writes them so."""
    text = "user,item,rank\nu1,x,1.0\nu1,x,02\nu2,x,1.0\nu2,x,02\n"
    sheet, form = Sample("ranked", text, "").read(tmp_path)
    assert form.write(sheet, LISTS[:2]) == text.replace("x", "{}").format("b", "a", "d", "c").encode()


def test_scores_fall_whatever_the_length(tmp_path: Path) -> None:
    """A thousand items, all with another score."""
    rows = "".join("u1,x,0.5\n" for _ in range(1000))
    sheet, form = Sample("ranked", f"user,item,score\n{rows}", "").read(tmp_path)
    items = [str(number) for number in range(1000)]
    written = read_sheet_like(form.write(sheet, [items]), sheet, "mine.csv")
    assert lists_of(form, sheet, written) == [items]
    scores = written.rows[2].astype(float)
    assert (scores.diff().iloc[1:] < 0).all()


def test_the_highest_score_comes_first(tmp_path: Path) -> None:
    """Wherever its row is; equal ones keep their order."""
    sheet, form = SAMPLES["score"].read(tmp_path)
    text = "user_id;item_id;score\nu1;a;1e-3\nu1;b;2\nu2;c;7\nu2;d;7\nu3;e;-1\nu3;f;-0.5\n"
    assert lists_of(form, sheet, read_sheet_like(text.encode(), sheet, "mine.csv")) == [
        ["b", "a"],
        ["c", "d"],
        ["f", "e"],
    ]


def test_a_wrong_number_of_lists_is_an_error(tmp_path: Path) -> None:
    """Whoever calls has counted wrongly."""
    for name in ("long", "joined by blanks", "wide"):
        sheet, form = SAMPLES[name].read(tmp_path)
        with pytest.raises(ValueError, match="2"):
            form.write(sheet, LISTS[:2])


def test_ids_that_meet_no_other_file_do_not_change_the_form(tmp_path: Path) -> None:
    """The columns' names and the structure tell it; only where both are missing, nothing can."""
    stranger = Known(pd.Index(["9"]), pd.Index(["8"]), KNOWN.kinds)
    for sample in SAMPLES.values():
        if sample.fields.get("header", True):
            assert sample.read(tmp_path, stranger)[1].kind == sample.kind, sample.text
