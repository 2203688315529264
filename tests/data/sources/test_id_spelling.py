"""One id in two spellings is an error, and two ids are none."""

import pandas as pd
import pytest

from shortlist.data.sources.spelling import check_spelling
from shortlist.errors import DataError


@pytest.mark.parametrize(
    ("log", "sample"),
    [(["1000.0", "7.0"], ["1000"]), (["A"], ["b", "A "]), (["500"], ["0500", "7"]), (["1000."], ["1000"])],
)
def test_two_spellings_in_two_files_are_named(log, sample):
    """Both are shown, and which file has which."""
    with pytest.raises(DataError) as error:
        check_spelling("item", ("train.csv", log), ("sample.csv", sample))
    assert repr(log[0]) in str(error.value)
    assert any(repr(text) in str(error.value) for text in sample)
    assert "in sample.csv, in train.csv" in str(error.value)


def test_the_message_has_both_spellings():
    """On one line, with what to do."""
    with pytest.raises(DataError) as error:
        check_spelling("item", ("train.csv", ["500.0"]), ("sample.csv", ["500"]))
    assert str(error.value) == (
        "item '500' in sample.csv, in train.csv '500.0': one item in two spellings; write it in one way in all files"
    )


@pytest.mark.parametrize(("first", "second"), [("A", "A "), ("500", "500.0"), (" x", "x")])
def test_two_spellings_in_one_file_are_named(first, second):
    """A blank at the end is seen by nobody."""
    with pytest.raises(DataError, match=r"'.*' and '.*' in train.csv: one user in two spellings"):
        check_spelling("user", ("train.csv", pd.Index(["z", first, second])))


@pytest.mark.parametrize(
    ("log", "sample"),
    [
        (["A", "a"], ["A", "a"]),
        (["A"], ["a"]),
        (["0500", "500"], ["0500", "500"]),
        (["0500", "500"], ["500"]),
        (["A "], ["A "]),
        (["1.5", "15"], ["1.50"]),
        ([], ["1"]),
        ([None, "x"], ["x"]),
    ],
)
def test_two_ids_are_none(log, sample):
    """Capitals, zeros that both files know, decimals, and blanks that both files have."""
    check_spelling("item", ("train.csv", log), ("sample.csv", sample))
