"""Lists in one cell."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shortlist.data.forms.cells import SEPARATORS, Cell, told_cell

NONE = pd.Index([], dtype=str)


@pytest.mark.parametrize(
    ("cells", "cell", "told"),
    [
        (["a b", "c d e"], Cell(" "), True),
        (["a,b", "c", "d"], Cell(), False),
        (["a,b", "c,d", "e"], Cell(","), True),
        (["a, b", "c, d"], Cell(", "), True),
        (["a|b c", "d|e f"], Cell("|"), True),
        (["[1, 2]", "[3]"], Cell(", ", True), True),
        (["[1,2]", "[3]"], Cell(",", True), True),
        (["[1 2]", "[3 4]"], Cell(" ", True), True),
        (["[1]", "[3]"], Cell(", ", True), False),
        (["['a']", "['b', 'c']"], Cell(", ", True, "'"), True),
        (['["a","b"]'], Cell(",", True, '"'), True),
        (["[]", "[]"], Cell(", ", True), False),
        (["0", "0"], Cell(), False),
        (["", ""], Cell(), False),
        ([], Cell(), False),
    ],
)
def test_the_separator_is_told(cells, cell, told):
    """By the signs in most of the cells, where no item is known."""
    assert told_cell(cells, NONE) == (cell, told)


def test_known_items_tell_a_separator_from_a_part_of_an_id():
    """The one that leaves known items."""
    known = pd.Index(["a, b", "c d", "e"])
    assert told_cell(["a, b|c d", "e"], known) == (Cell("|"), True)
    assert told_cell(["a, b", "c d"], known) == (Cell(), False)
    assert told_cell(["e c", "zz"], pd.Index(["e", "c"])) == (Cell(" "), True)


@pytest.mark.parametrize("cell", ["a, b", "[a, b", "['a', b]", "[1, 2]", "{'a'}", "['a'] ['b']", ""])
def test_what_is_no_list_is_an_error(cell):
    """A quoted list is read as Python or JSON reads it, and nothing is guessed."""
    with pytest.raises(ValueError, match=r".*"):
        Cell(", ", True, "'").split(cell)


def test_either_quote_will_do_where_python_reads_the_list():
    """Python itself writes the other one around an id with a quote in it; who reads JSON knows one quote only."""
    assert Cell(", ", True, "'").split("""['a', "it's"]""") == ["a", "it's"]
    assert told_cell(["""["it's", 'b']"""], NONE)[0].quote == "'"
    with pytest.raises(ValueError, match=r".*"):
        Cell(",", True, '"').split("['a', 'b']")
    assert Cell(", ", True).split("[1,2,  3]") == ["1", "2", "3"]


def test_the_item_that_cannot_be_written_is_named():
    """A blank in an id would become two ids."""
    with pytest.raises(ValueError, match=r"^b c$"):
        Cell(" ").join(["a", "b c", "d"])
    with pytest.raises(ValueError, match=r"^$"):
        Cell(" ").join([""])


@given(
    items=st.lists(st.text(min_size=1, max_size=6), max_size=4),
    sign=st.sampled_from(SEPARATORS),
    form=st.sampled_from([(False, ""), (True, ""), (True, "'"), (True, '"')]),
)
def test_what_is_joined_is_split_again(items, sign, form):
    """Exactly, or it is refused; plain words are never refused."""
    cell = Cell(sign if not form[1] else sign.replace("|", ",").replace(";", ",").replace(" ", "") or ",", *form)
    try:
        joined = cell.join(items)
    except ValueError:
        assert not all(item.isalnum() for item in items)
    else:
        assert cell.split(joined) == items
