"""Features of who took what, of both tables, and of what the retrievers say."""

import warnings
from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
import pandas as pd
import scipy.sparse as sp

from shortlist.common.arrays import FloatArray, IntArray
from shortlist.data.candidates import NO_ITEM
from shortlist.data.columns import days, equal_rows, indicators
from shortlist.rerank.evidence import Evidence, Similarity, dots, shares
from shortlist.rerank.feature import Columns, feature
from shortlist.rerank.ratings import parts

TINY = np.float32(1e-9)
"""Instead of a deviation of nothing."""


@feature(
    "what each retriever thinks of the candidate, in its own scale, by rank, and against its best for the user",
    "각 retriever가 후보를 보는 점수, 순위, 그리고 그 사용자의 1위와의 차이",
)
def retrievers(rows: Evidence) -> Columns:
    """For each retriever: rank from 1, score, and how far that is below the first of the list in its deviations."""
    for name, lists in rows.lists.items():
        row, column = rows.places(lists)
        known = column >= 0
        scores = np.where(lists.items == NO_ITEM, np.nan, lists.scores)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # of a user without a list
            deviation = np.nanstd(scores, axis=1)
        score = np.where(known, scores[row, column], np.nan)
        yield f"{name}-rank", np.where(known, column + 1, np.nan).astype(np.float32)
        yield f"{name}-score", score
        yield f"{name}-margin", (score - scores[row, 0]) / np.maximum(deviation[row], TINY)


@feature(
    "how much is known about either side decides how far its scores can be trusted",
    "양쪽에 대해 얼마나 아는지가 점수를 얼마나 믿을지 정합니다",
)
def counts(rows: Evidence) -> Columns:
    """Visible pairs of the user and of the item."""
    yield "user", np.diff(rows.matrix.indptr)[rows.users].astype(np.float32)
    yield "item", np.diff(rows.by_item.indptr)[rows.items].astype(np.float32)


@feature(
    "people stay within a kind of job: the share of the user's items that have the candidate's value",
    "사람은 같은 종류의 일에 머뭅니다: 사용자의 아이템 중 후보와 값이 같은 비율",
)
def history_shares(rows: Evidence) -> Columns:
    """For each category or word column of the items."""
    for name, attributes in _attributes(rows.visible.item_table):
        yield name, rows.dot(shares(rows.matrix, attributes), _mean_rows(attributes))


@feature(
    "numbers of the candidate far from those of the user's items are unusual for the user",
    "사용자의 아이템과 숫자가 크게 다른 후보는 드뭅니다",
)
def history_distances(rows: Evidence) -> Columns:
    """For each number or date column of the items: its value, and the distance to the mean of the user's items."""
    for name, values in _numbers(rows.visible.item_table):
        of_users = _means(rows.matrix, values)
        yield name, values[rows.items]
        yield f"{name}-distance", np.abs(values[rows.items] - of_users[rows.users])


@feature(
    "an item is for those who resemble the users it has: the share of them with the user's value",
    "아이템은 그 사용자들과 닮은 사람을 위한 것입니다: 이 사용자와 값이 같은 비율",
)
def audience_shares(rows: Evidence) -> Columns:
    """For each category or word column of the users."""
    for name, attributes in _attributes(rows.visible.user_table):
        yield name, rows.dot(_mean_rows(attributes), shares(rows.by_item, attributes))


@feature(
    "career, salary, year: a user far from the mean of the item's users rarely wants the item",
    "경력, 연봉, 연도: 아이템 사용자들의 평균에서 먼 사용자는 그 아이템을 거의 원하지 않습니다",
)
def audience_distances(rows: Evidence) -> Columns:
    """For each number or date column of the users: the signed distance to the mean of the item's users."""
    for name, values in _numbers(rows.visible.user_table):
        yield name, values[rows.users] - _means(rows.by_item, values)[rows.items]


@feature(
    "an item is open for some weeks: its users were active at the same time",
    "아이템은 몇 주만 열려 있습니다: 그 사용자들은 같은 때에 활동했습니다",
)
def nearest_dates(rows: Evidence) -> Columns:
    """For each date column of the users: days to the nearest of the item's users, and to their mean."""
    for name, values in _numbers(rows.visible.user_table.select_dtypes("datetime")):
        mean, nearest = rows.over_users(partial(_nearness, values))
        yield f"{name}-nearest", -nearest
        yield f"{name}-mean", -mean


@feature(
    "items that share users with those of the user",
    "사용자의 아이템과 사용자를 공유하는 아이템",
)
def co_users(rows: Evidence) -> Columns:
    """Cosine of the item to the user's items: mean and maximum."""
    yield from _cosines(rows.over_history, rows.unit_items)


@feature(
    "users who share items with the user",
    "이 사용자와 아이템을 공유하는 사용자",
)
def co_items(rows: Evidence) -> Columns:
    """Cosine of the user to the item's users: mean and maximum."""
    yield from _cosines(rows.over_users, rows.unit_users)


@feature(
    "items that read like those of the user",
    "사용자의 아이템과 글이 비슷한 아이템",
)
def item_texts(rows: Evidence) -> Columns:
    """TF-IDF cosine of the item to the user's items: mean and maximum."""
    yield from _cosines(rows.over_history, rows.item_text)


@feature(
    "users who read like the user",
    "이 사용자와 글이 비슷한 사용자",
)
def user_texts(rows: Evidence) -> Columns:
    """TF-IDF cosine of the user to the item's users: mean and maximum."""
    yield from _cosines(rows.over_users, rows.user_text)


@feature(
    "items that are copies of each other share their users",
    "서로 복사본인 아이템은 사용자를 공유합니다",
)
def copies(rows: Evidence) -> Columns:
    """Items with the same attributes: how many there are, their users, and how many of them the user has."""
    table = rows.visible.item_table
    if not table.shape[1]:
        return
    group = equal_rows(table)
    of_items = sp.csr_matrix((np.ones(len(group), np.float32), (np.arange(len(group)), group)))
    yield "items", np.bincount(group)[group][rows.items].astype(np.float32)
    yield "users", np.asarray(of_items.T @ rows.by_item.sum(axis=1)).ravel()[group][rows.items].astype(np.float32)
    yield "of_user", rows.dot((rows.matrix @ of_items).tocsr(), of_items)


@feature(
    "some users praise everything, some items please everybody; likings that many share fill in the rest",
    "모두 칭찬하는 사용자, 모두 좋아하는 아이템이 있고, 나머지는 여럿이 공유하는 취향이 채웁니다",
)
def ratings(rows: Evidence) -> Columns:
    """Where pairs have ratings: what `rerank.ratings` predicts for the pair, by part."""
    if rows.visible.ratings is None:
        return
    users, items, *taste = parts(rows.visible)
    yield "user", users[rows.users]
    yield "item", items[rows.items]
    yield "taste", np.einsum("rf,rf->r", taste[0][rows.users], taste[1][rows.items])


def _cosines(over: Callable[[Similarity], tuple[FloatArray, FloatArray]], vectors: sp.csr_matrix) -> Columns:
    """Mean and maximum of the cosine over the user's items or the item's users; the vectors have length 1."""
    mean, most = over(partial(dots, vectors, vectors))
    yield "mean", mean
    yield "max", most


def _nearness(values: FloatArray, first: IntArray, other: IntArray) -> FloatArray:
    return -np.abs(values[first] - values[other])


def _attributes(table: pd.DataFrame) -> Iterator[tuple[str, sp.csr_matrix]]:
    """The category and word columns as indicators, (rows of the table, F)."""
    for column in table.select_dtypes(["category", "string", "object"]):
        attributes = indicators(table[[column]], min_count=2).matrix
        if attributes.shape[1]:
            yield str(column), attributes


def _numbers(table: pd.DataFrame) -> Iterator[tuple[str, FloatArray]]:
    """The number columns, and the date columns in days."""
    for column in table.select_dtypes(["number", "datetime"]):
        values = table[column]
        if pd.api.types.is_datetime64_any_dtype(values):
            values = pd.Series(days(values))
            values -= values.min()  # small, so that float32 holds them
        yield str(column), values.to_numpy(np.float32, na_value=np.nan)


def _mean_rows(attributes: sp.csr_matrix) -> sp.csr_matrix:
    """Rows divided by their number of attributes, so that a row of many words counts no more than one of few."""
    total = np.maximum(np.asarray(attributes.sum(axis=1)).ravel(), 1)
    return (sp.diags_array(1 / total) @ attributes).tocsr()


def _means(lists: sp.csr_matrix, values: FloatArray) -> FloatArray:
    """Mean of the known values of each list's members; NaN without any."""
    known = ~np.isnan(values)
    total, number = lists @ np.where(known, values, 0), lists @ known.astype(np.float32)
    return np.divide(total, number, out=np.full(len(total), np.nan, dtype=np.float32), where=number > 0)
