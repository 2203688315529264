"""A message is one line that can be read, whatever it names."""

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shortlist.common.own_faults import OwnPartError
from shortlist.errors import LONGEST_LINE, LONGEST_VALUE, DataError, brief, listed, one_line, shown


@given(st.text() | st.text(max_size=3).map(lambda text: text * 1000))
def test_any_text_becomes_one_line(text: str) -> None:
    """Of letters that can be printed, and of a bounded length; what can be shown is left as it is."""
    line = one_line(text)
    assert line.isprintable()
    assert len(line) <= LONGEST_LINE
    assert one_line(line) == line
    assert line == text or not text.isprintable() or len(text) > LONGEST_LINE


def test_what_nobody_sees_is_written_as_python_does() -> None:
    """Ends of lines, control characters, and half a letter, as in a file's name that is not UTF-8."""
    assert one_line("a\nb\x1b[31m\u2028\udcff 서울") == "a\\nb\\x1b[31m\\u2028\\udcff 서울"


def test_a_long_line_keeps_its_beginning_and_its_end() -> None:
    """Which file it is stands there, and what to do."""
    line = str(DataError(f"data/raw/train.csv: column {'x' * 100_000}: row 5: empty; fill it in or remove the row"))
    assert line.startswith("data/raw/train.csv: column xxx")
    assert line.endswith("xxx: row 5: empty; fill it in or remove the row")
    assert "x...x" in line


@pytest.mark.parametrize("value", ["a\n" * 500, 10**5000, ["x" * 90], {"k": [1] * 100}, object()], ids=type)
def test_any_value_is_shown_in_short(value: object) -> None:
    """Numbers of thousands of digits too, which Python does not write."""
    assert len(brief(value)) <= LONGEST_VALUE
    assert "\n" not in brief(value)


def test_short_values_are_shown_whole() -> None:
    """As Python writes them; a value from a file is text."""
    assert (brief(5), brief("a"), shown(5), shown("it's")) == ("5", "'a'", "'5'", '"it\'s"')


def test_lists_in_each_other_are_shown_as_far_as_python_can() -> None:
    """Thousands of them are more than it can."""
    deep: list[object] = []
    for _ in range(100_000):
        deep = [deep]
    assert brief(deep) == "a list too large to show"
    while deep:  # freed one by one: all at once is deeper than the stack, too
        deep = deep.pop()  # type: ignore[assignment]


def test_an_error_of_several_lines_is_given_them_one_by_one() -> None:
    """A line's end within one is part of a value; what comes from another process is the same."""
    error = DataError("a\nb", "c")
    assert str(error) == "a\\nb\nc"
    assert str(pickle.loads(pickle.dumps(error))) == str(error)
    assert str(pickle.loads(pickle.dumps(OwnPartError("a\nb")))) == "a\\nb"


def test_many_names_are_listed_as_far_as_a_line_holds_them() -> None:
    """The first ones, and how many more there are."""
    assert listed(["a", "b\n"]) == "a, b\\n"
    assert listed([]) == "none"
    assert listed(range(12)) == "0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 2 more"
    long = listed("x" * 70 for _ in range(10))
    assert long.endswith(" and 8 more")
    assert len(listed("y" * 5000 for _ in range(300))) < LONGEST_LINE / 2
