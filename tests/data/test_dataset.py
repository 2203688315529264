"""A dataset is the same whatever order its files had, survives the disk, and says what is wrong with it."""

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from shortlist.data.dataset import Dataset, IdIndex
from shortlist.errors import DataError


def _pairs() -> pd.DataFrame:
    return pd.DataFrame({"user": ["b", "a", "b", "c"], "item": ["y", "y", "x", "z"]})


def _users() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "city": pd.Categorical(["Seoul", None, "Busan", "Seoul"]),
            "since": pd.array(["2020-01-02", "2020-03-04", None, "2020-01-02"], dtype="datetime64[ns]"),
            "career": [1.5, None, 3.0, 0.0],
            "words": ["one two", None, "three", ""],
        },
        index=["d", "b", "a", "c"],
    )


def _full() -> Dataset:
    return Dataset.from_pairs(_pairs(), _users(), order=[4.0, 3.0, 2.0, 1.0], ratings=[4, 3, 2, 1])


def _assert_equal(left: Dataset, right: Dataset) -> None:
    np.testing.assert_array_equal(left.users.ids, right.users.ids)
    np.testing.assert_array_equal(left.items.ids, right.items.ids)
    np.testing.assert_array_equal(left.pairs, right.pairs)
    assert left.pairs.dtype == right.pairs.dtype == np.int32
    assert (left.order is None) == (right.order is None)
    if left.order is not None:
        np.testing.assert_array_equal(left.order, right.order)
    assert (left.ratings is None) == (right.ratings is None)
    if left.ratings is not None:
        np.testing.assert_array_equal(left.ratings, right.ratings)
    for one, other in ((left.user_table, right.user_table), (left.item_table, right.item_table)):
        # The categories of an empty column have no type that could survive.
        pd.testing.assert_frame_equal(one, other, check_categorical=False)
        assert [isinstance(dtype, pd.CategoricalDtype) for dtype in one.dtypes] == [
            isinstance(dtype, pd.CategoricalDtype) for dtype in other.dtypes
        ]


def test_codes_follow_the_sorted_ids() -> None:
    """Ids are sorted, a table's row is its user's code, and pairs and their times are sorted by code together."""
    dataset = _full()
    assert dataset.users.ids.tolist() == ["a", "b", "c", "d"]
    assert dataset.items.ids.tolist() == ["x", "y", "z"]
    assert dataset.pairs.tolist() == [[0, 1], [1, 0], [1, 1], [2, 2]]
    assert dataset.pairs.dtype == np.int32
    assert dataset.order is not None
    assert dataset.order.tolist() == [3.0, 2.0, 4.0, 1.0]
    assert dataset.ratings is not None
    assert dataset.ratings.tolist() == [3.0, 2.0, 4.0, 1.0]
    assert dataset.ratings.dtype == np.float32
    assert dataset.user_table["city"].astype(object).fillna("-").tolist() == ["Busan", "-", "Seoul", "Seoul"]
    assert dataset.item_table.shape == (3, 0)
    assert len(dataset) == 4


def test_the_order_of_rows_changes_nothing() -> None:
    """Shuffled files give an equal dataset with the same fingerprint."""
    order, pairs = pd.Series([4.0, 3.0, 2.0, 1.0]), _pairs()
    shuffled = [2, 0, 3, 1]
    again = Dataset.from_pairs(
        pairs.iloc[shuffled], _users().iloc[shuffled], order=order.iloc[shuffled], ratings=order.iloc[shuffled]
    )
    _assert_equal(again, _full())
    assert again.digest == _full().digest


def test_numbers_are_ids_too() -> None:
    """Ids that were read as numbers are the same users as those read as text."""
    numbers = pd.DataFrame({"user": [10, 9, 10], "item": [1, 1, 2]})
    table = pd.DataFrame({"x": [1.0, 2.0]}, index=[9, 10])
    dataset = Dataset.from_pairs(numbers, table)
    _assert_equal(dataset, Dataset.from_pairs(numbers.astype(str), table.set_axis(["9", "10"])))
    assert dataset.user_table["x"].tolist() == [2.0, 1.0]  # "10" sorts before "9"


def test_id_index_knows_what_it_does_not_know() -> None:
    """Codes come back in the order asked, -1 for an id that is not there."""
    index = IdIndex(np.array(["a", "b", "c"]))
    codes = index.codes(["c", "q", "a", "c"])
    assert codes.tolist() == [2, -1, 0, 2]
    assert codes.dtype == np.int32
    assert len(index) == 3


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"user_table": _users().drop(index="c")}, "pairs: user c is not in the user table; add its row"),
        ({"item_table": pd.DataFrame(index=["x", "z"])}, "pairs: item y is not in the item table"),
        ({"user_table": pd.concat([_users(), _users().loc[["b"]]])}, "user table: id b is there twice"),
        ({"pairs": pd.concat([_pairs(), _pairs().iloc[[1]]])}, "pairs: a pair is there twice"),
    ],
)
def test_what_is_wrong_is_named(arguments: dict[str, Any], message: str) -> None:
    """Unknown ids, repeated ids and repeated pairs are refused in one line."""
    with pytest.raises(DataError, match=message) as error:
        Dataset.from_pairs(**{"pairs": _pairs(), **arguments})
    assert "\n" not in str(error.value)


def test_matrix_holds_the_pairs(made: Dataset) -> None:
    """One where there is a pair, nothing elsewhere; as many rows and columns as users and items."""
    matrix = made.matrix()
    expected = np.zeros((len(made.users), len(made.items)), dtype=np.float32)
    expected[tuple(made.pairs.T)] = 1
    assert matrix.dtype == np.float32
    assert matrix.nnz == len(made)
    np.testing.assert_array_equal(matrix.toarray(), expected)


def test_take_keeps_users_items_and_times() -> None:
    """Fewer pairs of the same users and items, each with its time; the original keeps its own."""
    dataset = _full()
    taken = dataset.take(np.array([0, 2]))
    assert taken.pairs.tolist() == [[0, 1], [1, 1]]
    assert taken.order is not None
    assert taken.order.tolist() == [3.0, 4.0]
    assert taken.ratings is not None
    assert taken.ratings.tolist() == [3.0, 4.0]
    assert taken.matrix().shape == dataset.matrix().shape
    assert len(dataset) == 4
    assert taken.digest != dataset.digest


def test_a_dataset_cannot_be_changed() -> None:
    """No model can replace what the next one sees."""
    with pytest.raises(dataclasses.FrozenInstanceError):
        _full().pairs = np.empty((0, 2), dtype=np.int32)  # type: ignore[misc]


@pytest.mark.parametrize("name", ["full", "pairs only", "made"])
def test_save_and_load_give_it_back(name: str, made: Dataset, tmp_path: Path) -> None:
    """Ids, pairs, times, tables and the dtypes that are their columns' roles survive the disk; so does the digest."""
    dataset = {"full": _full(), "pairs only": Dataset.from_pairs(_pairs()), "made": made}[name]
    dataset.save(tmp_path / "dataset")
    loaded = Dataset.load(tmp_path / "dataset")
    _assert_equal(loaded, dataset)
    assert loaded.digest == dataset.digest


def test_pairs_are_written_last(tmp_path: Path) -> None:
    """Make takes `pairs.npz` for the whole: it must not be there when a table could not be written."""
    broken = Dataset.from_pairs(_pairs(), None, pd.DataFrame({"x": [1, "a", 1j]}, index=["x", "y", "z"], dtype=object))
    with pytest.raises(Exception, match="column x"):
        broken.save(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["users.parquet"]


def _changed(dataset: Dataset, **changes: Any) -> Dataset:
    return dataclasses.replace(dataset, **changes)


@pytest.mark.parametrize(
    "change",
    [
        lambda d: _changed(d, order=None),
        lambda d: _changed(d, ratings=None),
        lambda d: _changed(d, ratings=d.ratings + 1),
        lambda d: _changed(d, order=d.order + 1),
        lambda d: _changed(d, pairs=d.pairs[:-1], order=d.order[:-1], ratings=d.ratings[:-1]),
        lambda d: _changed(d, users=IdIndex(np.array(["a", "b", "c", "e"]))),
        lambda d: _changed(d, items=IdIndex(np.array(["x", "y", "zz"]))),
        lambda d: _changed(d, user_table=d.user_table.rename(columns={"career": "carer"})),
        lambda d: _changed(d, user_table=d.user_table.assign(career=d.user_table["career"].fillna(0.0))),
        lambda d: _changed(d, user_table=d.user_table[["since", "city", "career", "words"]]),
        lambda d: _changed(d, item_table=d.item_table.assign(new=1.0)),
        lambda d: _changed(d, user_table=d.user_table.astype({"city": "str"})),
    ],
    ids=[
        "no times",
        "no ratings",
        "ratings",
        "times",
        "pairs",
        "user id",
        "item id",
        "name",
        "value",
        "columns",
        "new column",
        "role",
    ],
)
def test_digest_tells_of_every_change(change: Any) -> None:
    """Finished folds are kept by it: content, names and roles (a column's dtype is its role) all count."""
    assert change(_full()).digest != _full().digest
