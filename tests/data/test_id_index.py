"""Ids are compared as they are, and take what they weigh."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shortlist.data.dataset import Dataset
from shortlist.data.ids import LONGEST, IdIndex, id_fault, packed, unpacked, wrong_id
from shortlist.errors import DataError

texts = st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=5))


def test_a_nul_at_the_end_is_another_id() -> None:
    """NumPy's own texts lose it, and would take one id for the other."""
    index = IdIndex(np.array(["R1", "R2"]))
    assert index.codes(["R1\0", "R2", "R1"]).tolist() == [-1, 1, 0]
    assert index.codes(pd.Series(["R1\0", None, "R2"])).tolist() == [-1, -1, 1]


def test_what_no_file_can_hold_is_no_id_but_no_fault() -> None:
    """A user typed in another encoding is one that is not there."""
    assert IdIndex(np.array(["a", "b"])).codes(["\udcff", "b"]).tolist() == [-1, 1]


def test_numbers_are_found_as_text() -> None:
    """Own parts may give whole numbers."""
    assert IdIndex(np.array(["1", "10"])).codes(np.array([10, "1", np.int64(10)], dtype=object)).tolist() == [1, 0, 1]


@given(texts, texts)
def test_codes_are_those_of_a_plain_list(known: list[str], asked: list[str]) -> None:
    """The position in it, or -1."""
    known = sorted(set(known))
    index = IdIndex(np.array(known, dtype=object))
    expected = [known.index(text) if text in known else -1 for text in asked]
    assert index.codes(asked).tolist() == expected
    assert index.codes(pd.Series(asked, dtype="str")).tolist() == expected


@given(texts)
def test_packed_texts_come_back(ids: list[str]) -> None:
    """Of any letters, also none at all; they take their bytes, and a place each."""
    content, ends = packed(ids)
    assert unpacked(content, ends).tolist() == ids
    assert (len(content), len(ends)) == (sum(len(text.encode()) for text in ids), len(ids) + 1)


def test_broken_bytes_are_no_texts() -> None:
    """Half a letter, or ends that are not in order."""
    with pytest.raises(ValueError, match="UTF8"):
        unpacked(np.array([0xED, 0x95], dtype=np.uint8), np.array([0, 2]))
    with pytest.raises(ValueError, match=r".*"):
        unpacked(np.array([65, 66], dtype=np.uint8), np.array([0, 5, 2]))


def test_one_long_id_does_not_make_the_others_long(tmp_path: Path) -> None:
    """3,000 short ids and the longest one there may be: some kilobytes, not four bytes for each of its letters."""
    users = [f"U{number}" for number in range(3000)] + ["x" * LONGEST]
    ids = pd.DataFrame({"user": users, "item": "a"})
    Dataset.from_events(ids).save(tmp_path)
    assert (tmp_path / "events.npz").stat().st_size < 100_000
    assert Dataset.load(tmp_path).users.ids.tolist() == sorted(users)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("A\0", "holds U+0000, a character that nobody sees; take it out"),
        ("A\tB", "holds U+0009, a character that nobody sees; take it out"),
        ("A\x85", "holds U+0085, a character that nobody sees; take it out"),
        ("\u2028", "holds U+2028, a character that nobody sees; take it out"),
        ("x" * 2001, f"has 2,001 letters and an id at most 2,000: '{'x' * 50}...{'x' * 25}'; is it the right column?"),
        ("x" * 2000, None),
        ("서울 #1 \U0001f600", None),
    ],
)
def test_what_cannot_be_an_id_is_named(text: str, fault: str | None) -> None:
    """Also where somebody builds a dataset of something else than files."""
    assert id_fault(text) == fault
    assert wrong_id(["a", text, "b"]) == (text if fault else None)
    if fault:
        with pytest.raises(DataError) as error:
            Dataset.from_events(pd.DataFrame({"user": ["a", text], "item": ["x", "y"]}))
        assert str(error.value).endswith(fault)


def test_ids_are_sorted_by_code_points() -> None:
    """Whatever the language, and beyond 16 bits: the order of codes decides ties, and so the bytes of a submission."""
    ids = ["z", "é", "Z", "10", "9", "\uffee", "\U0001f600", "가"]
    dataset = Dataset.from_events(pd.DataFrame({"user": ids, "item": ids}))
    assert dataset.users.ids.tolist() == sorted(ids) == ["10", "9", "Z", "z", "é", "가", "\uffee", "\U0001f600"]
    assert dataset.with_users(["Ω"]).users.ids.tolist() == sorted([*ids, "Ω"])
