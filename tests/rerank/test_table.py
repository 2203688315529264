"""A table of candidates keeps its rows, names and labels together, on disk too."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from shortlist.data.candidates import NO_ITEM, Candidates
from shortlist.data.dataset import Dataset
from shortlist.data.events import Events
from shortlist.rerank.table import FeatureTable, Known, describe
from shortlist.rerank.table_file import blocks, load, sample, save
from shortlist.retrievers.registry import make_retriever
from shortlist.retrievers.topk import recommend

PLACES = np.ones(5, dtype=np.float32)


@pytest.fixture(scope="module")
def lists(made: Dataset) -> dict[str, Candidates]:
    """What two retrievers give some users of the synthetic sample; user 5 has no list in the second."""
    users = np.array([7, 5, 60, 2], dtype=np.int32)
    found = {name: recommend(make_retriever(name).fit(made), users, 8, made.matrix()) for name in ("popular", "ials")}
    found["ials"].items[1], found["ials"].scores[1] = NO_ITEM, -np.inf
    return found


@pytest.fixture(scope="module")
def described(made: Dataset, lists: dict[str, Candidates]) -> FeatureTable:
    """Popular's candidates, of which two are answers and one that is an answer is no candidate."""
    items = lists["popular"].items
    answers = Events(np.array([2, 7, 60], np.int32), np.array([items[3, 7], items[0, 1], made.pairs[-1, 1]], np.int32))
    worth = np.array([1, 0, 0.5, 0.25], dtype=np.float32)
    return next(describe(made, lists["popular"], lists, Known(replace(made, events=answers), worth, PLACES)))


def same(one: FeatureTable, two: FeatureTable) -> None:
    """Every part is the same, NaN included."""
    assert one.names == two.names
    parts = [(getattr(one, name), getattr(two, name)) for name in ("features", "labels", "row", "worth", "places")]
    for left, right in parts:
        assert left.dtype == right.dtype
        np.testing.assert_array_equal(left, right)
    for name in ("users", "items", "scores"):
        left, right = getattr(one.candidates, name), getattr(two.candidates, name)
        assert left.dtype == right.dtype
        np.testing.assert_array_equal(left, right)


def test_a_table_is_what_was_saved(described: FeatureTable, other: FeatureTable, tmp_path: Path) -> None:
    """Read back, rows, names, missing values and labels are the same; written twice, the bytes are too."""
    for number, table in enumerate((described, other)):
        path = tmp_path / f"{number}.npz"
        assert save(path, [table]) == len(table.features)
        same(load(path), table)
        save(tmp_path / "again.npz", blocks(path))
        assert (tmp_path / "again.npz").read_bytes() == path.read_bytes()


def test_blocks_are_the_table(described: FeatureTable, other: FeatureTable, tmp_path: Path) -> None:
    """Written in pieces of some users each, it is read as the same whole; a sample has whole users, always the same."""
    users = other.candidates.users
    save(tmp_path / "parts.npz", (other.of_users(part) for part in np.array_split(users, 4)))
    same(load(tmp_path / "parts.npz"), other)
    assert [len(block.candidates.users) for block in blocks(tmp_path / "parts.npz")] == [38, 38, 37, 37]
    some = load(tmp_path / "parts.npz", 20)
    chosen = sample(tmp_path / "parts.npz", 20)
    assert chosen is not None
    assert len(set(chosen.tolist())) == len(some.candidates.users) == 20
    same(some, other.of_users(chosen))
    assert sample(tmp_path / "parts.npz", len(users)) is None
    same(load(tmp_path / "parts.npz", len(users)), other)


def test_blocks_of_users_change_no_feature(made: Dataset, lists, monkeypatch: pytest.MonkeyPatch) -> None:
    """What an item's row says of all users that are asked is the same in each of them."""
    whole = next(describe(made, lists["popular"], lists))
    monkeypatch.setattr("shortlist.rerank.table.BLOCK", 1)
    same(FeatureTable.joined([*describe(made, lists["popular"], lists)]), whole)


def test_labels_are_the_answers_among_the_candidates(described: FeatureTable, made: Dataset, lists) -> None:
    """In the order of the rows, users one after the other; without answers there are none."""
    items = lists["popular"].items
    users = np.repeat([7, 5, 60, 2], 8)
    found = [(int(user), int(item)) for user, item in zip(users, items.ravel(), strict=True)]
    assert [pair for pair, label in zip(found, described.labels, strict=True) if label] == [
        (7, items[0, 1]),
        (2, items[3, 7]),
    ]
    assert described.row.tolist() == np.repeat(np.arange(4), 8).tolist()
    unknown = next(describe(made, lists["popular"], lists))
    assert not unknown.labels.any()
    assert unknown.worth.tolist() == [0] * 4


def test_ordered_by_scores(other: FeatureTable) -> None:
    """The same items of each user by falling score, as a plain sort puts them; equals keep the order they had."""
    rng = np.random.default_rng(0)
    scores = rng.integers(0, 4, size=len(other.row)).astype(np.float32)
    found = other.ordered(scores)
    np.testing.assert_array_equal(found.users, other.candidates.users)
    assert found.items.dtype == np.int32
    assert found.scores.dtype == np.float32
    for row in range(len(found.users)):
        items = other.candidates.items[row][other.there[row]].tolist()
        pairs = sorted(
            zip(-scores[other.row == row], range(len(items)), items, strict=True), key=lambda one: (one[0], one[1])
        )
        kept = found.items[row] != NO_ITEM
        assert found.items[row][kept].tolist() == [item for *_, item in pairs]
        assert found.scores[row][kept].tolist() == [-score for score, *_ in pairs]
        assert kept.tolist() == [place < len(items) for place in range(len(kept))]
        assert (found.scores[row][~kept] == -np.inf).all()


def test_ordered_by_the_scores_they_had_changes_nothing(other: FeatureTable) -> None:
    """Candidates are best first already."""
    found = other.ordered(other.candidates.scores[other.there])
    np.testing.assert_array_equal(found.items, other.candidates.items)
    np.testing.assert_array_equal(found.scores, other.candidates.scores)


@pytest.mark.parametrize(
    ("groups", "wanted"),
    [
        (["made"], lambda name: name.startswith("made.")),
        (["counts", "retrievers"], lambda name: name.startswith(("counts.", "retrievers."))),
        (["retrievers.ials"], lambda name: name.startswith("retrievers.ials-")),
        (["retriever"], lambda name: False),
        ([], lambda name: False),
    ],
)
def test_selected_features(described: FeatureTable, groups: list[str], wanted: Callable[[str], bool]) -> None:
    """Whole groups, or one retriever's, in the order they had, with their own values; rows and labels stay."""
    found = described.select(groups)
    places = [place for place, name in enumerate(described.names) if wanted(name)]
    same(found, replace(described, names=[described.names[p] for p in places], features=described.features[:, places]))
    if groups == ["retrievers.ials"]:
        assert found.names == [f"retrievers.ials-{part}" for part in ("rank", "score", "margin")]


def test_names_are_unique_and_those_of_the_columns(described: FeatureTable) -> None:
    """One for each column, "<group>.<column>", and the values are float32."""
    assert len(set(described.names)) == len(described.names) == described.features.shape[1] > 40
    assert described.features.dtype == np.float32
    assert all(name.partition(".")[0] and name.partition(".")[2] for name in described.names)


def test_no_candidates_make_no_rows(made: Dataset, lists) -> None:
    """Users without any list, and no users at all: a table of no rows with every feature's name."""
    names = next(describe(made, lists["popular"], lists)).names
    for users in ([3, 4], []):
        empty = np.full((len(users), 8), NO_ITEM, dtype=np.int32)
        worth = np.zeros(len(users), dtype=np.float32)
        none = Candidates(np.array(users, dtype=np.int32), empty, np.where(empty, -np.inf, 0).astype(np.float32))
        known = Known(made.take(np.arange(0)), worth, PLACES)
        table = next(describe(made, none, {"popular": none, "ials": none}, known))
        assert table.names == names
        assert table.features.shape == (0, len(names))
        assert table.labels.shape == table.row.shape == (0,)
        np.testing.assert_array_equal(table.ordered(np.empty(0, dtype=np.float32)).items, empty)


def test_the_rows_of_some_users(described: FeatureTable) -> None:
    """In the table's order, with their features, labels and worth; of nobody, an empty table."""
    found = described.of_users(np.array([2, 5], dtype=np.int32))
    assert found.candidates.users.tolist() == [5, 2]
    assert found.names == described.names
    rows = np.r_[8:16, 24:32]
    np.testing.assert_array_equal(found.features, described.features[rows])
    assert found.labels.tolist() == described.labels[rows].tolist()
    assert found.worth.tolist() == [0, 0.25]
    assert found.row_worth.tolist() == [0] * 8 + [0.25] * 8
    assert found.row.tolist() == [0] * 8 + [1] * 8
    assert len(described.of_users(np.array([], dtype=np.int32)).features) == 0
