"""What becomes of a table's columns: the features of each row, by name."""

import numpy as np
import pandas as pd
import pytest

from shortlist.data.columns import Dates, Indicators, days, equal_rows, indicators
from shortlist.data.dataset import Dataset


def _rows(features: Indicators) -> list[set[str]]:
    """The names of each row's features."""
    matrix = features.matrix
    ends = zip(matrix.indptr[:-1], matrix.indptr[1:], strict=True)
    return [{features.names[column] for column in matrix.indices[start:end]} for start, end in ends]


def _of(values: object, dtype: str | None = None, **settings: object) -> list[set[str]]:
    """The features of one column called c, without its name."""
    table = pd.DataFrame({"c": pd.Series(values, dtype=dtype)})
    found = indicators(table, **{"min_count": 1, **settings})  # type: ignore[arg-type]
    return [{name.removeprefix("c=") for name in row} for row in _rows(found)]


def test_a_category_is_its_value() -> None:
    """One feature a category; a missing one is a feature of its own, and a value with a space stays whole."""
    assert _of(["new york", "rome", None, "rome"], "category") == [{"new york"}, {"rome"}, {""}, {"rome"}]


def test_words_are_split() -> None:
    """Spaces, semicolons and mixtures of them part the words; a word that stands twice counts once."""
    found = _of(["red;green", "green  blue; red", "blue;blue", None], "str")
    assert found == [{"red", "green"}, {"green", "blue", "red"}, {"blue"}, {""}]


@pytest.mark.parametrize("text", ["red;green;", ";red;green", " red ; green ", "red; ;green"])
def test_a_stray_separator_is_no_missing_value(text: str) -> None:
    """Only a field left open has the feature of a missing value."""
    assert _of([text, None], "str") == [{"red", "green"}, {""}]


def test_an_empty_text_is_missing() -> None:
    """A text without words says as little as none."""
    assert _of(["a", "", None], "str") == [{"a"}, {""}, {""}]


def test_few_distinct_numbers_are_categories() -> None:
    """Codes and counts keep their values, written without needless zeros; missing is a feature."""
    assert _of([3.0, 0.5, None, 3.0]) == [{"3"}, {"0.5"}, {""}, {"3"}]


def test_a_number_becomes_buckets_by_its_distinct_values() -> None:
    """As many distinct values as buckets are categories, one more are buckets."""
    assert _of([0.0, 10.0, 20.0, 30.0], buckets=4) == [{"0"}, {"10"}, {"20"}, {"30"}]
    assert set[str]().union(*_of([0.0, 10.0, 20.0, 30.0, 40.0], buckets=4)) <= {"0", "1", "2", "3"}


def test_large_numbers_stay_apart() -> None:
    """Two values that differ in the eighth digit, as dates written as numbers do, are two features."""
    assert _of([20200101.0, 20200102.0]) == [{"20200101"}, {"20200102"}]


def test_many_distinct_numbers_are_buckets() -> None:
    """Equal shares of the rows, in the order of the numbers whatever their distances; missing is not among them."""
    numbers = np.exp(np.random.default_rng(0).permutation(40))
    found = _of([*numbers, np.nan], buckets=4)
    assert found.pop() == {""}
    bucket = np.array([int(next(iter(row))) for row in found])
    ordered = bucket[np.argsort(numbers)]
    assert (np.diff(ordered) >= 0).all()
    assert np.bincount(bucket, minlength=4) == pytest.approx([10] * 4, abs=1)


def test_equal_numbers_share_a_bucket() -> None:
    """Half the rows have the same number: they are told apart from the others, not from each other."""
    found = _of([0.0] * 20 + list(range(1, 21)), buckets=4)
    assert len({frozenset(row) for row in found[:20]}) == 1
    assert not set[str]().union(*found[:20]) & set[str]().union(*found[21:])


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        ("month", [{"2020-01"}, {"2020-01"}, {"2021-01"}, {""}]),
        ("none", [set(), set(), set(), set()]),
    ],
)
def test_dates_by_month_or_not_at_all(dates: Dates, expected: list[set[str]]) -> None:
    """A month of a year is a feature, and so is a missing date, unless dates are left out."""
    days = ["2020-01-01", "2020-01-31", "2021-01-01", None]
    assert _of(days, "datetime64[ns]", dates=dates) == expected


def test_dates_by_quantile() -> None:
    """Buckets in the order of the dates, whatever their distances; a missing date is in none of them."""
    days = pd.to_datetime("2020-01-01") + pd.to_timedelta(np.arange(40) ** 2, unit="D")
    found = _of([*days, pd.NaT], "datetime64[ns]", dates="quantile", buckets=4)
    assert found.pop() == {""}
    bucket = [int(next(iter(row))) for row in found]
    assert bucket == sorted(bucket)
    assert np.bincount(bucket, minlength=4) == pytest.approx([10] * 4, abs=1)


def test_rare_features_are_dropped() -> None:
    """A feature needs `min_count` rows, not occurrences."""
    assert _of(["a a a", "a b", "b", "c"], "str", min_count=2) == [{"a"}, {"a", "b"}, {"b"}, set()]


def test_too_common_features_are_dropped() -> None:
    """What more than 95 % of the rows have is dropped; what 95 % have stays."""
    assert set[str]().union(*_of(["a"] * 19 + ["b"], "category")) == {"a", "b"}
    assert set[str]().union(*_of(["a"] * 39 + ["b"], "category")) == {"b"}


def test_names_carry_their_column() -> None:
    """The same value in two columns is two features; names and columns of the matrix go together."""
    table = pd.DataFrame({"x": ["1", "2"], "y": [1.0, 1.5]}).astype({"x": "category"})
    found = indicators(table, min_count=1)
    assert _rows(found) == [{"x=1", "y=1"}, {"x=2", "y=1.5"}]
    assert found.matrix.shape == (2, len(found.names))


def test_the_matrix_is_binary_and_sorted(made: Dataset) -> None:
    """On tables with every role: float32 ones, columns rising within a row, every feature kept by its count."""
    for table in (made.user_table, made.item_table):
        found = indicators(table, min_count=3)
        matrix = found.matrix
        assert matrix.dtype == np.float32
        assert matrix.shape == (len(table), len(found.names))
        assert (matrix.data == 1).all()
        assert matrix.has_canonical_format
        counts = matrix.getnnz(axis=0)
        assert counts.min() >= 3
        assert counts.max() <= 0.95 * len(table)
        assert {name.partition("=")[0] for name in found.names} <= set(table.columns)
        assert len(set(found.names)) == len(found.names)


@pytest.mark.parametrize(
    "table",
    [
        pd.DataFrame(index=range(3)),
        pd.DataFrame(
            {
                "x": pd.Series([None] * 3, dtype="str"),
                "y": [np.nan] * 3,
                "z": pd.Series([None] * 3, dtype="datetime64[ns]"),
            }
        ),
        pd.DataFrame({"x": pd.Series([], dtype="str"), "y": pd.Series([], dtype=float)}),
    ],
    ids=["no columns", "nothing filled in", "no rows"],
)
def test_nothing_to_tell_gives_no_features(table: pd.DataFrame) -> None:
    """A table that tells no row from another gives an empty matrix with its rows."""
    found = indicators(table, min_count=1)
    assert found.matrix.shape == (len(table), 0)
    assert found.names == []


def test_the_index_plays_no_part() -> None:
    """Rows are positions, whatever the table is indexed by."""
    table = pd.DataFrame({"c": ["a", "b", "a"]}, index=[7, 7, 3], dtype="category")
    assert _rows(indicators(table, min_count=1)) == [{"c=a"}, {"c=b"}, {"c=a"}]


def test_days_count_from_1970():
    """A missing date is NaN."""
    found = days(pd.Series([pd.Timestamp("1970-01-03"), pd.NaT]))
    assert found[0] == 2
    assert np.isnan(found[1])


def test_equal_rows_share_a_group():
    """A missing value equals another; rows without columns are alike in nothing."""
    table = pd.DataFrame({"kind": pd.Categorical(["a", None, "a", None]), "number": [1.0, np.nan, 1.0, 2.0]})
    first, second, third, fourth = equal_rows(table)
    assert first == third
    assert len({first, second, fourth}) == 3
    assert equal_rows(pd.DataFrame(index=range(3))).tolist() == [0, 1, 2]
