"""What a column is, told by its values or by a setting."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pytest

from shortlist.data.sources.roles import with_roles
from shortlist.errors import DataError

PATH = Path("items.csv")


def typed(values: Sequence[str | None], **settings) -> pd.Series:
    table = pd.DataFrame({"x": pd.Series(list(values), index=range(2, len(values) + 2), dtype=str)})
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


def test_a_fault_among_many_numbers_is_missing_and_said(capsys: pytest.CaptureFixture[str]) -> None:
    """One in two hundred makes no words of a price and stops nobody, unless the role was set: then it is an error."""
    prices = [str(price) for price in range(1000, 1200)]
    found = typed([*prices, "free"])
    assert found.isna().tolist() == [False] * 200 + [True]
    assert found.dtype == float
    said = capsys.readouterr().err
    assert (
        "notice: items.csv: column x: 1 values among numbers that are none, such as 'free' in row 202, are taken as"
        in said
    )
    with pytest.raises(DataError, match=r"column x: row 202: 'free' is not a number; .* source\.roles") as error:
        typed([*prices, "free"], roles={"x": "number"})
    assert "\n" not in str(error.value)
    assert pd.api.types.is_string_dtype(typed([*prices, "free"], roles={"x": "words"}))
    days = [f"2020-05-{day:02}" for day in range(1, 29)] * 8
    with pytest.raises(DataError, match="column x: row 226: 'soon' is not a date"):
        typed([*days, "soon"])


@pytest.mark.parametrize("value", ["-", "?", "None"])
def test_a_sign_may_be_a_category(value: str) -> None:
    """Only what surely stands for nothing is missing where names are."""
    assert typed(["a", value] * 5).tolist() == ["a", value] * 5
    assert typed(["a", "NULL"] * 5).isna().sum() == 5


def test_whole_days_are_dates() -> None:
    """A column of 20200522 and the like, or of months."""
    for values in (["20200522", "20200601"], ["202005", "202006", "-"]):
        assert pd.api.types.is_datetime64_any_dtype(typed(values))
    assert typed(["20200522", "7"]).dtype == float


def test_dates_that_nobody_can_tell_are_text() -> None:
    """Until a day above 12 comes, or the role asks for dates."""
    assert isinstance(typed(["1/2/2020"] * 5).dtype, pd.CategoricalDtype)
    assert typed(["1/2/2020", "1/13/2020"]).tolist() == [pd.Timestamp("2020-01-02"), pd.Timestamp("2020-01-13")]
    with pytest.raises(DataError, match="no row tells whether '1/2/2020'"):
        typed(["1/2/2020"], roles={"x": "date"})


def test_a_column_without_a_value_is_one_of_words() -> None:
    """Nothing is told by nothing."""
    assert typed([None, None]).isna().all()
