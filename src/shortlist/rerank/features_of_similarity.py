"""Features of how the candidate resembles what the user has, and the user those who have it."""

from functools import partial

import numpy as np

from shortlist.rerank.evidence import Evidence
from shortlist.rerank.feature import Columns, feature
from shortlist.rerank.likeness import alike_items, alike_users, factors, following_items, near_items
from shortlist.rerank.members import Summary, dots


@feature(
    "items that share users with those of the user",
    "사용자의 아이템과 사용자를 공유하는 아이템",
)
def co_users(rows: Evidence) -> Columns:
    """Cosine of the item to the user's items."""
    yield from _columns(rows.over_history(rows.shared.once(alike_items)))


@feature(
    "users who share items with the user",
    "이 사용자와 아이템을 공유하는 사용자",
)
def co_items(rows: Evidence) -> Columns:
    """Cosine of the user to the item's users."""
    yield from _columns(rows.over_users(rows.shared.once(alike_users)))


@feature(
    "one item makes another likely, not the other way round: how many users of the user's items have the candidate",
    "한 아이템이 다른 아이템을 부르지만 그 반대는 아닙니다: 사용자의 아이템을 고른 이들 중 후보도 고른 비율",
)
def followers(rows: Evidence) -> Columns:
    """Share of the users of the user's items that have the item."""
    yield from _columns(rows.over_history(rows.shared.once(following_items)))


@feature(
    "items that appeal to the same taste resemble each other though nobody has both",
    "함께 고른 사람이 없어도 같은 취향에 맞는 아이템은 서로 닮았습니다",
)
def tastes(rows: Evidence) -> Columns:
    """By `likeness.factors`: the pair's score, and the cosine of the item to the user's items."""
    users, items = rows.shared.once(factors)
    yield "score", np.einsum("rf,rf->r", users[rows.users], items[rows.items])
    yield from _columns(rows.over_history(rows.shared.once(near_items)))


@feature(
    "items that read like those of the user",
    "사용자의 아이템과 글이 비슷한 아이템",
)
def item_texts(rows: Evidence) -> Columns:
    """Where items have a table: TF-IDF cosine of the item to the user's items, over all values of all columns."""
    if (text := rows.item_text).shape[1]:
        yield from _columns(rows.over_history(partial(dots, text, text)))


@feature(
    "users who read like the user",
    "이 사용자와 글이 비슷한 사용자",
)
def user_texts(rows: Evidence) -> Columns:
    """Where users have a table: TF-IDF cosine of the user to the item's users, over all values of all columns."""
    if (text := rows.user_text).shape[1]:
        yield from _columns(rows.over_users(partial(dots, text, text)))


def _columns(summary: Summary) -> Columns:
    yield from zip(Summary._fields, summary, strict=True)
