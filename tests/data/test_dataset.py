"""A dataset is the same whatever order its files had, survives the disk, and says what is wrong with it."""

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shortlist.data.dataset import Dataset, IdIndex
from shortlist.data.events import Events
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
    return Dataset.from_events(_pairs(), _users(), time=[4.0, 3.0, 2.0, 1.0], rating=[4, 3, 2, 1])


KINDS = {"view": 0.5, "buy": 3.0}


def _repeated() -> Dataset:
    """Events of two kinds, some of one pair, with everything that an event can have."""
    ids = pd.DataFrame({"user": ["b", "a", "b", "b", "a"], "item": ["y", "y", "x", "y", "y"]})
    return Dataset.from_events(
        ids, _users(), time=[5, 2, 3, 1, 2], kind=["buy", "view", "view", "view", "buy"], amount=[7, 1, 2, 3, 4],
        rating=[4, np.nan, 2, 3, 5], kinds=KINDS,
    )  # fmt: skip


def _assert_equal(left: Dataset, right: Dataset) -> None:
    np.testing.assert_array_equal(left.users.ids, right.users.ids)
    np.testing.assert_array_equal(left.items.ids, right.items.ids)
    assert [*left.kinds.items()] == [*right.kinds.items()]
    assert left.events.arrays().keys() == right.events.arrays().keys()
    for name, part in left.events.arrays().items():
        np.testing.assert_array_equal(part, right.events.arrays()[name])
        assert part.dtype == right.events.arrays()[name].dtype
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
    assert dataset.last is not None
    assert dataset.last.tolist() == [3.0, 2.0, 4.0, 1.0]
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
    again = Dataset.from_events(
        pairs.iloc[shuffled], _users().iloc[shuffled], time=order.iloc[shuffled], rating=order.iloc[shuffled]
    )
    _assert_equal(again, _full())
    assert again.digest == _full().digest


def test_numbers_are_ids_too() -> None:
    """Ids that were read as numbers are the same users as those read as text."""
    numbers = pd.DataFrame({"user": [10, 9, 10], "item": [1, 1, 2]})
    table = pd.DataFrame({"x": [1.0, 2.0]}, index=[9, 10])
    dataset = Dataset.from_events(numbers, table)
    _assert_equal(dataset, Dataset.from_events(numbers.astype(str), table.set_axis(["9", "10"])))
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
        ({"user_table": pd.concat([_users(), _users().loc[["b"]]])}, "user table: id b is duplicated"),
        (
            {"ids": _pairs().assign(item=pd.Series(["y", "y", None, "z"]))},
            "events: row 3: the item is missing; fill it in",
        ),
        ({"ids": _pairs().assign(user=[1.5, 2, 3, 4])}, r"user id 1\.5 is float; ids are text or whole numbers"),
        ({"ids": _pairs().assign(item=[1, "1", 2, 3])}, "item id 1 is there as a number and as text; use one"),
        ({"kind": ["view", "buy", "look", "buy"], "kinds": KINDS}, "kind 'look' is not one of view, buy"),
    ],
)
def test_what_is_wrong_is_named(arguments: dict[str, Any], message: str) -> None:
    """Missing and repeated ids, ids that are neither text nor whole numbers, and unknown kinds: refused in one line."""
    with pytest.raises(DataError, match=message) as error:
        Dataset.from_events(**{"ids": _pairs(), **arguments})
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
    assert taken.last is not None
    assert taken.last.tolist() == [3.0, 4.0]
    assert taken.ratings is not None
    assert taken.ratings.tolist() == [3.0, 4.0]
    assert taken.matrix().shape == dataset.matrix().shape
    assert len(dataset) == 4
    assert taken.digest != dataset.digest


def test_a_dataset_cannot_be_changed() -> None:
    """No model can replace what the next one sees."""
    with pytest.raises(dataclasses.FrozenInstanceError):
        _full().events = Events(np.empty(0, np.int32), np.empty(0, np.int32))  # type: ignore[misc]


@pytest.mark.parametrize("name", ["full", "all columns", "pairs only", "made"])
def test_save_and_load_give_it_back(name: str, made: Dataset, tmp_path: Path) -> None:
    """Ids, events, kinds, tables and the dtypes that are their columns' roles survive the disk; so does the digest."""
    plain = Dataset.from_events(_pairs())
    dataset = {"full": _full(), "all columns": _repeated(), "pairs only": plain, "made": made}[name]
    dataset.save(tmp_path / "dataset")
    loaded = Dataset.load(tmp_path / "dataset")
    _assert_equal(loaded, dataset)
    assert loaded.digest == dataset.digest


def test_events_are_written_last(tmp_path: Path) -> None:
    """Make takes `events.npz` for the whole: it must not be there when a table could not be written."""
    broken = Dataset.from_events(_pairs(), None, pd.DataFrame({"x": [1, "a", 1j]}, index=["x", "y", "z"], dtype=object))
    with pytest.raises(Exception, match="column x"):
        broken.save(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["users.parquet"]


def _changed(dataset: Dataset, **changes: Any) -> Dataset:
    return dataclasses.replace(dataset, **changes)


def _changed_events(dataset: Dataset, **changes: Any) -> Dataset:
    return _changed(dataset, events=dataclasses.replace(dataset.events, **changes))


@pytest.mark.parametrize(
    "change",
    [
        lambda d: _changed_events(d, time=None),
        lambda d: _changed_events(d, rating=None),
        lambda d: _changed_events(d, rating=d.events.rating + 1),
        lambda d: _changed_events(d, time=d.events.time + 1),
        lambda d: _changed_events(d, rating=None, amount=d.events.rating),
        lambda d: _changed_events(d, kind=np.zeros(4, np.int8)),
        lambda d: _changed(d, kinds={"view": 1.0}),
        lambda d: d.take(np.arange(3)),
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
        "ratings called amounts",
        "kind of an event",
        "kinds",
        "events",
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


# ---------------------------------------------------------------- events


def test_repeated_events_are_kept_in_the_order_of_time() -> None:
    """Sorted by user, item and time, each with its own kind, amount and rating; those of one time as they were."""
    events = _repeated().events
    assert len(_repeated()) == 5
    assert np.column_stack([events.user, events.item]).tolist() == [[0, 1], [0, 1], [1, 0], [1, 1], [1, 1]]
    for name, values in {"time": [2, 2, 3, 1, 5], "kind": [0, 1, 0, 0, 1], "amount": [1, 4, 2, 3, 7]}.items():
        assert events.arrays()[name].tolist() == values
    assert events.arrays()["rating"].tolist() == pytest.approx([np.nan, 5, 2, 3, 4], nan_ok=True)


def test_pairs_are_counted_and_weighed_by_kind() -> None:
    """Each pair has its number of events, their weights in all, its first and last time and its latest rating."""
    dataset = _repeated()
    assert dataset.pairs.tolist() == [[0, 1], [1, 0], [1, 1]]
    assert dataset.counts.tolist() == [2, 1, 2]
    assert dataset.pair_of.tolist() == [0, 0, 1, 2, 2]
    assert dataset.strengths.tolist() == [3.5, 0.5, 3.5]
    assert dataset.first is not None
    assert dataset.last is not None
    assert (dataset.first.tolist(), dataset.last.tolist()) == ([2, 3, 1], [2, 3, 5])
    assert dataset.ratings is not None
    assert dataset.ratings.tolist() == [5, 2, 4]
    assert dataset.matrix().toarray().tolist() == [[0, 1], [1, 1], [0, 0], [0, 0]]


logs = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 3), st.integers(0, 5), st.sampled_from([*KINDS])))


@given(logs)
def test_pairs_are_those_of_a_plain_groupby(rows: list[tuple[int, int, int, str]]) -> None:
    """Counts, first and last times and strengths, also of no event at all."""
    log = pd.DataFrame(rows, columns=["user", "item", "time", "kind"]).astype({"user": str, "item": str})
    dataset = Dataset.from_events(log[["user", "item"]], time=log["time"], kind=log["kind"], kinds=KINDS)
    weighed = log.assign(weight=log["kind"].map(KINDS).astype(float))
    plain = weighed.groupby(["user", "item"]).agg(
        count=("time", "size"), first=("time", "min"), last=("time", "max"), strength=("weight", "sum")
    )
    ids = [(dataset.users.ids[user], dataset.items.ids[item]) for user, item in dataset.pairs.tolist()]
    assert ids == plain.index.tolist()
    for name, found in {"count": dataset.counts, "first": dataset.first, "last": dataset.last}.items():
        assert found is not None
        assert found.tolist() == plain[name].tolist()
    assert dataset.strengths.tolist() == plain["strength"].tolist()
    assert dataset.pair_of.tolist() == np.repeat(np.arange(len(plain)), plain["count"]).tolist()


def test_an_id_without_a_row_gets_an_empty_one(capsys: pytest.CaptureFixture[str]) -> None:
    """The log's users and items are served, with nothing known of them; a notice counts them and names the first."""
    dataset = Dataset.from_events(_pairs(), _users().drop(index=["a", "c"]), pd.DataFrame({"x": [1.0]}, index=["y"]))
    assert dataset.users.ids.tolist() == ["a", "b", "c", "d"]
    assert dataset.user_table["career"].isna().tolist() == [True, True, True, False]
    assert isinstance(dataset.user_table["city"].dtype, pd.CategoricalDtype)
    assert dataset.item_table["x"].tolist()[1] == 1
    told = capsys.readouterr().err.splitlines()
    assert told == [
        "notice: 2 users of the log have no row in the user table, first a",
        "notice: 2 items of the log have no row in the item table, first x",
    ]


def test_users_can_be_added_without_events() -> None:
    """They stand among the others by their id, every event keeps its user, and those who are there are not doubled."""
    full = _full()
    more = full.with_users(["bb", "a", "zz", "bb"])
    assert more.users.ids.tolist() == ["a", "b", "bb", "c", "d", "zz"]
    assert more.users.ids[more.events.user].tolist() == full.users.ids[full.events.user].tolist()
    assert more.pairs[:, 1].tolist() == full.pairs[:, 1].tolist()
    assert (np.diff(more.pairs[:, 0]) >= 0).all()
    assert more.user_table["career"].tolist() == pytest.approx([3, np.nan, np.nan, 0, 1.5, np.nan], nan_ok=True)
    assert more.user_table.dtypes.tolist() == full.user_table.dtypes.tolist()
    assert more.matrix().shape == (6, 3)
    assert full.with_users(["a", "d"]) is full


def test_taken_events_change_the_pairs() -> None:
    """A pair is there as long as one of its events is, with the times of what is left."""
    part = _repeated().take(np.array([1, 4]))
    assert part.pairs.tolist() == [[0, 1], [1, 1]]
    assert part.counts.tolist() == [1, 1]
    assert part.first is not None
    assert part.first.tolist() == [2, 5]
    assert part.kinds == KINDS


def test_a_dataset_never_changes_what_it_is_made_of() -> None:
    """Events are sorted in place, but in copies of the caller's columns."""
    ids = pd.DataFrame({"user": ["b", "a"], "item": ["x", "y"]})
    time, amount = np.array([2.0, 1.0]), np.array([5, 7], dtype=np.float32)
    dataset = Dataset.from_events(ids, time=time, amount=amount)
    assert time.tolist() == [2, 1]
    assert amount.tolist() == [5, 7]
    assert dataset.events.time is not None
    assert dataset.events.time.tolist() == [1, 2]
