"""Features of who took what, of both tables, and of what the retrievers say."""

from collections.abc import Iterator
from functools import partial

import numpy as np
import pandas as pd
import scipy.sparse as sp

from shortlist.common.arrays import FloatArray, IntArray
from shortlist.data.columns import days, equal_rows, indicators
from shortlist.rerank.evidence import Evidence
from shortlist.rerank.feature import Columns, feature
from shortlist.rerank.members import dots
from shortlist.rerank.ratings import parts
from shortlist.rerank.visible import Visible, shares


@feature(
    "what each retriever thinks of the candidate, in its own scale, by rank, and against its best for the user",
    "각 retriever가 후보를 보는 점수, 순위, 그리고 그 사용자의 1위와의 차이",
)
def retrievers(rows: Evidence) -> Columns:
    """For each retriever: rank from 1, score, and how far that is below the first of the list in its deviations."""
    for name, said in rows.said.items():
        yield f"{name}-rank", np.where(said.place >= 0, said.place + 1, np.nan).astype(np.float32)
        yield f"{name}-score", said.score
        yield f"{name}-margin", said.below


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
    for name, attributes, parts_of_one in rows.shared.once(_item_attributes):
        of_users = shares(rows.some_histories, attributes)
        yield name, dots(parts_of_one, of_users, rows.items, rows.user_place)


@feature(
    "numbers of the candidate far from those of the user's items are unusual for the user",
    "사용자의 아이템과 숫자가 크게 다른 후보는 드뭅니다",
)
def history_distances(rows: Evidence) -> Columns:
    """For each number or date column of the items: its value, and the distance to the mean of the user's items."""
    for name, values in rows.shared.once(_item_numbers):
        of_users = _means(rows.some_histories, values)
        yield name, values[rows.items]
        yield f"{name}-distance", np.abs(values[rows.items] - of_users[rows.user_place])


@feature(
    "an item is for those who resemble the users it has: the share of them with the user's value",
    "아이템은 그 사용자들과 닮은 사람을 위한 것입니다: 이 사용자와 값이 같은 비율",
)
def audience_shares(rows: Evidence) -> Columns:
    """For each category or word column of the users."""
    for name, parts_of_one, of_items in rows.shared.once(_audience_shares):
        yield name, rows.dot(parts_of_one, of_items)


@feature(
    "career, salary, year: a user far from the mean of the item's users rarely wants the item",
    "경력, 연봉, 연도: 아이템 사용자들의 평균에서 먼 사용자는 그 아이템을 거의 원하지 않습니다",
)
def audience_distances(rows: Evidence) -> Columns:
    """For each number or date column of the users: the signed distance to the mean of the item's users."""
    for name, values, of_items in rows.shared.once(_audience_means):
        yield name, values[rows.users] - of_items[rows.items]


@feature(
    "an item is open for some weeks: its users were active at the same time",
    "아이템은 몇 주만 열려 있습니다: 그 사용자들은 같은 때에 활동했습니다",
)
def nearest_dates(rows: Evidence) -> Columns:
    """For each date column of the users: days to the nearest of the item's users, and to their mean."""
    for name, values in _numbers(rows.visible.user_table.select_dtypes("datetime")):
        nearness = rows.over_users(partial(_nearness, values))
        yield f"{name}-nearest", -nearness.max
        yield f"{name}-mean", -nearness.mean


@feature(
    "items that are copies of each other share their users",
    "서로 복사본인 아이템은 사용자를 공유합니다",
)
def copies(rows: Evidence) -> Columns:
    """Items with the same attributes: how many there are, their users, and how many of them the user has."""
    if not rows.visible.item_table.shape[1]:
        return
    group, of_items = rows.shared.once(_copies)
    yield "items", np.bincount(group)[group][rows.items].astype(np.float32)
    yield "users", np.asarray(of_items.T @ rows.by_item.sum(axis=1)).ravel()[group][rows.items].astype(np.float32)
    yield "of_user", dots(of_items, (rows.some_histories @ of_items).tocsr(), rows.items, rows.user_place)


@feature(
    "some users praise everything, some items please everybody; likings that many share fill in the rest",
    "모두 칭찬하는 사용자, 모두 좋아하는 아이템이 있고, 나머지는 여럿이 공유하는 취향이 채웁니다",
)
def ratings(rows: Evidence) -> Columns:
    """Where pairs have ratings: what `rerank.ratings` predicts for the pair, by part."""
    if rows.visible.ratings is None:
        return
    users, items, *taste = rows.shared.once(_rating_parts)
    yield "user", users[rows.users]
    yield "item", items[rows.items]
    yield "taste", np.einsum("rf,rf->r", taste[0][rows.users], taste[1][rows.items])


def _nearness(values: FloatArray, first: IntArray, other: IntArray) -> FloatArray:
    return -np.abs(values[first] - values[other])


def _copies(visible: Visible) -> tuple[IntArray, sp.csr_matrix]:
    """The group of each item, and that as an indicator, (I, groups)."""
    group = equal_rows(visible.dataset.item_table)
    return group, sp.csr_matrix((np.ones(len(group), np.float32), (np.arange(len(group)), group)))


def _rating_parts(visible: Visible) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    return parts(visible.dataset)


def _item_attributes(visible: Visible) -> list[tuple[str, sp.csr_matrix, sp.csr_matrix]]:
    """Of each column its indicators, (I, F), and the same divided by their number."""
    columns = _attributes(visible.dataset.item_table)
    return [(name, attributes, _mean_rows(attributes)) for name, attributes in columns]


def _item_numbers(visible: Visible) -> list[tuple[str, FloatArray]]:
    return list(_numbers(visible.dataset.item_table))


def _audience_shares(visible: Visible) -> list[tuple[str, sp.csr_matrix, sp.csr_matrix]]:
    """Of each column the users' indicators by their number, (U, F), and the share of the items' users, (I, F)."""
    columns = _attributes(visible.dataset.user_table)
    return [(name, _mean_rows(attributes), shares(visible.by_item, attributes)) for name, attributes in columns]


def _audience_means(visible: Visible) -> list[tuple[str, FloatArray, FloatArray]]:
    """Of each column the users' values, (U,), and the means of the items' users, (I,)."""
    columns = _numbers(visible.dataset.user_table)
    return [(name, values, _means(visible.by_item, values)) for name, values in columns]


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
