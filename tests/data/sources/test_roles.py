"""What a column is, told by its values or by a setting."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pytest

from shortlist.data.sources.roles import with_roles
from shortlist.errors import DataError

PATH = Path("items.csv")


def typed(values: Sequence[str | None], **settings) -> pd.Series:
    table = pd.DataFrame({"x": pd.Series(values, index=range(2, len(values) + 2), dtype=str)})
    result = with_roles(PATH, table, **settings)
    return result["x"] if "x" in result else pd.Series(dtype=object)


@pytest.mark.parametrize("token", ["-", "—", "NULL", "NaN", r"\N", "N/A", "?"])
def test_what_stands_for_a_missing_number_is_missing(token: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The column stays one of numbers, and a notice counts and names the first."""
    column = typed(["1", token, "3", None, token])
    assert column.dtype == float
    assert column.isna().tolist() == [False, True, False, True, True]
    assert "column x: 2 values such as" in capsys.readouterr().err


def test_an_odd_value_among_numbers_makes_words() -> None:
    """One that stands for nothing known: whoever knows better sets the role, and is told the row."""
    assert pd.api.types.is_string_dtype(typed(["1", "2", "three"]))
    with pytest.raises(DataError, match=r"items.csv: column x: row 4: 'three' is not a number"):
        typed(["1", "2", "three"], roles={"x": "number"})


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (["Comedy, Drama, Science Fiction", "Action, Comedy"], ["Comedy;Drama;Science_Fiction", "Action;Comedy"]),
        (["['a', 'b']", "['c']"], ["a;b", "c"]),
        (["[1, 2]", "[3]"], ["1;2", "3"]),
        (["{a,b}", "{c}"], ["a;b", "c"]),
        (["a|b", "c"], ["a;b", "c"]),
    ],
)
def test_lists_are_words_however_they_are_written(values: list[str], words: list[str]) -> None:
    """With commas, bars, or as a program writes them."""
    assert typed(values * 10).tolist() == words * 10


def test_roles_can_be_set() -> None:
    """A year as a category, a code as words, a column that is not wanted."""
    years = ["1999", "2000"] * 5
    assert isinstance(typed(years, roles={"x": "category"}).dtype, pd.CategoricalDtype)
    assert pd.api.types.is_string_dtype(typed(years, roles={"x": "words"}))
    assert typed(years, roles={"x": "ignore"}).empty
    assert isinstance(typed(years, codes=["x"]).dtype, pd.CategoricalDtype)


def test_dotted_dates_are_dates() -> None:
    """The whole column has one form."""
    assert pd.api.types.is_datetime64_any_dtype(typed(["2020.05.22", "2020.05.23", "0000.00.00"]))
