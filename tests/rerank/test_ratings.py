"""What ratings add: features of visible ones, and a head of the ranking model that learns the hidden ones."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from shortlist.data.candidates import Candidates
from shortlist.data.dataset import Dataset
from shortlist.data.events import Events
from shortlist.data.sources.registry import SOURCES
from shortlist.rerank import ratings
from shortlist.rerank.registry import RERANKERS
from shortlist.rerank.table import FeatureTable, Known, Rated, describe
from shortlist.rerank.table_file import load, save
from shortlist.rerank.tfrs_ranking import TFRSRanking
from shortlist.validation.splitters.kfold import KFold

PLACES = np.ones(5, dtype=np.float32)

FILES = {"log": "ratings.csv", "user": "userId", "item": "movieId", "rating": "rating", "items": "movies.csv"}


@pytest.fixture(scope="module")
def movies(rated_folder: Path) -> Dataset:
    return SOURCES.make("interactions", FILES).read(rated_folder)


@pytest.fixture(scope="module")
def fold_tables(movies: Dataset) -> list[FeatureTable]:
    """A table for each of three folds, of every user's first ten items by code."""
    tables = []
    for fold in KFold(folds=3, seed=1).split(movies):
        visible, hidden = movies.take(fold.train), movies.take(fold.test)
        users = np.unique(hidden.pairs[:, 0])
        items = np.tile(np.arange(10, dtype=np.int32), (len(users), 1))
        found = Candidates(users, items, -items.astype(np.float32))
        known = Known(hidden, np.ones(len(users), np.float32), PLACES)
        tables.append(next(describe(visible, found, {"codes": found}, known)))
    return tables


def rated(table: FeatureTable) -> Rated:
    assert table.rated is not None
    return table.rated


def test_parts_are_shrunk_means_and_a_truncated_svd(movies: Dataset) -> None:
    """Against loops over items and users, and the dense SVD of what the means leave."""
    users, items, left, right = ratings.parts(movies)
    assert movies.ratings is not None
    rest = movies.ratings.astype(float) - movies.ratings.mean()
    for place, found, shrinkage in ((1, items, ratings.ITEM_SHRINKAGE), (0, users, ratings.USER_SHRINKAGE)):
        for code in range(len(found)):
            mine = movies.pairs[:, place] == code
            assert found[code] == pytest.approx(rest[mine].sum() / (mine.sum() + shrinkage), abs=1e-5)
        rest = rest - found[movies.pairs[:, place]]
    dense = np.zeros((len(movies.users), len(movies.items)))
    dense[tuple(movies.pairs.T)] = rest
    u, s, v = np.linalg.svd(dense)
    best = u[:, : ratings.FACTORS] * s[: ratings.FACTORS] @ v[: ratings.FACTORS]
    error = np.linalg.norm(dense - left @ right.T)
    assert error == pytest.approx(np.linalg.norm(dense - best), rel=0.02)


def test_a_single_item_is_no_failure(movies: Dataset) -> None:
    """The smallest datasets have factors too, of one dimension, and nothing is infinite."""
    small = replace(
        movies, events=Events(np.zeros(1, np.int32), np.zeros(1, np.int32), rating=np.ones(1, np.float32)),
        items=replace(movies.items, ids=movies.items.ids[:1]), item_table=movies.item_table[:1],
    )  # fmt: skip
    assert all(np.isfinite(part).all() for part in ratings.parts(small))


def test_hidden_ratings_reach_no_feature(movies: Dataset) -> None:
    """With the hidden ratings turned upside down, features are the same, and the targets are not."""
    fold = next(KFold(folds=3, seed=1).split(movies))
    visible, hidden = movies.take(fold.train), movies.take(fold.test)
    assert hidden.ratings is not None
    users = np.unique(hidden.pairs[:, 0])
    found = Candidates(users, np.zeros((len(users), 1), np.int32), np.ones((len(users), 1), np.float32))
    turned = replace(hidden, events=replace(hidden.events, rating=5 - hidden.ratings))
    worth = np.ones(len(users), dtype=np.float32)
    one, two = (next(describe(visible, found, {}, Known(answers, worth, PLACES))) for answers in (hidden, turned))
    assert one.features.tobytes() == two.features.tobytes()
    assert rated(one).features.tobytes() == rated(two).features.tobytes()
    assert rated(one).ratings.tolist() != rated(two).ratings.tolist()


def test_rated_rows_are_all_hidden_pairs_with_the_candidates_features(
    fold_tables: list[FeatureTable], movies: Dataset
) -> None:
    """A pair that is a candidate too has the same features in both places; one that is none has no rank."""
    table = fold_tables[0]
    hidden = movies.take(next(KFold(folds=3, seed=1).split(movies)).test)
    assert len(rated(table).features) == len(hidden)
    assert hidden.ratings is not None
    np.testing.assert_array_equal(rated(table).ratings, hidden.ratings)
    rank = table.names.index("retrievers.codes-rank")
    at = {(int(table.candidates.users[row]), i % 10): i for i, row in enumerate(table.row)}
    for place, (user, item) in enumerate(hidden.pairs.tolist()):
        if item < 10:
            np.testing.assert_array_equal(rated(table).features[place], table.features[at[user, item]])
        else:
            assert np.isnan(rated(table).features[place, rank])


def test_rated_rows_survive_the_disk_and_the_choice_of_features(
    fold_tables: list[FeatureTable], tmp_path: Path
) -> None:
    """Saved and read they are the same, and lose the columns that the candidates lose."""
    save(tmp_path / "table.npz", fold_tables[:1])
    again = load(tmp_path / "table.npz")
    np.testing.assert_array_equal(rated(again).features, rated(fold_tables[0]).features)
    np.testing.assert_array_equal(rated(again).ratings, rated(fold_tables[0]).ratings)
    less = again.without("ratings")
    assert rated(less).features.shape[1] == less.features.shape[1] == again.features.shape[1] - 3


def model(**settings: object) -> TFRSRanking:
    quick = {"epochs": 30, "batch_size": 200, "seeds": 1, "hidden": (16,), "rank": 8, "negatives": 1.0, "dropout": 0.1}
    made = RERANKERS.make("tfrs_ranking", {**quick, **settings}, seed=1)
    assert isinstance(made, TFRSRanking)
    return made


def test_the_ranking_task_learns_the_ratings(fold_tables: list[FeatureTable]) -> None:
    """On a fold that it has not seen, its error is far below the mean's, which is the ratings' deviation."""
    figures = model().fit(fold_tables[1:]).figures(fold_tables[0])
    learnt = np.concatenate([rated(table).ratings for table in fold_tables[1:]]).astype(float)
    of_mean = np.sqrt(np.mean((rated(fold_tables[0]).ratings - learnt.mean()) ** 2))
    assert figures["rmse of the mean"] == pytest.approx(of_mean, rel=1e-5)
    assert figures["rmse"] < 0.8 * of_mean


def test_ratings_that_say_nothing_are_told(fold_tables: list[FeatureTable]) -> None:
    """Drawn anew for every pair, they cannot be learnt: the error is the mean's or worse."""
    rng = np.random.default_rng(0)
    shuffled = [
        replace(table, rated=replace(rated(table), ratings=rng.permutation(rated(table).ratings)))
        for table in fold_tables
    ]
    figures = model(epochs=5).fit(shuffled[1:]).figures(shuffled[0])
    assert figures["rmse"] > 0.95 * figures["rmse of the mean"]


def test_without_ratings_there_is_no_such_figure(tables: list[FeatureTable], fold_tables: list[FeatureTable]) -> None:
    """Neither of a model that has learnt none nor of a table that has none."""
    assert model(epochs=1).fit(tables).figures(tables[0]) == {}
    fitted = model(epochs=1).fit(fold_tables[:1])
    assert fitted.figures(replace(fold_tables[1], rated=None)) == {}
    assert RERANKERS.make("lightgbm", {"trees": 2, "seeds": 1}).fit(fold_tables[:1]).figures(fold_tables[1]) == {}


def test_an_ensemble_has_its_members_figures(fold_tables: list[FeatureTable]) -> None:
    """The ranking model's error is not lost in a blend with trees."""
    members = {"lightgbm": {"trees": 2, "seeds": 1}, "tfrs_ranking": {"epochs": 1, "seeds": 1}}
    fitted = RERANKERS.make("ensemble", {"members": members}).fit(fold_tables[:1])
    assert set(fitted.figures(fold_tables[1])) == {"rmse", "rmse of the mean"}
