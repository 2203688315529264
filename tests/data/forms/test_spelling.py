"""The same id in another spelling is found, and another id is not."""

import pytest

from shortlist.data.forms.spelling import known_spelling, loose


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("500", "500.0"),
        ("500.0", "500"),
        ("A ", "A"),
        (" a", "A"),
        ("7", "007"),
        ("0", "000"),
        ("r05", "R05"),
        ("1.00", "1"),
    ],
)
def test_two_spellings_of_one_id(text, known):
    """Blanks, capitals, zeros before and `.0` behind get lost on the way."""
    assert known_spelling([text], ["z", known]) == [known]


@pytest.mark.parametrize(("text", "known"), [("500", "5000"), ("1.5", "15"), ("a b", "ab"), ("70", "7"), ("", "0")])
def test_two_ids(text, known):
    """What else differs is another id."""
    assert known_spelling([text], [known]) == [None]


def test_a_known_id_is_its_own_spelling():
    """Though another one looks like it; of several that are meant it is the first."""
    assert known_spelling(["A ", "a", "b"], ["A", "A ", "B", "b ", "b"]) == ["A ", "A", "b"]
    assert known_spelling([], ["a"]) == []
    assert loose(["A ", "07.0"]).tolist() == ["a", "7"]
