"""Applications are drawn by the odds that the module states, at a cost that does not depend on users x postings."""

import numpy as np
import pytest

from shortlist.data.sample.applications import DATE_SCALES, Market
from shortlist.data.sample.resumes import STRAY, Users, make_users
from shortlist.data.sample.vocabulary import GROUPS

ITEMS = 40


@pytest.fixture(scope="module")
def users() -> Users:
    """The same resume many times: its draws are a sample."""
    rng = np.random.default_rng(0)
    return make_users(rng, 50).take(np.full(20_000, 7))


@pytest.fixture(scope="module")
def market(users: Users) -> Market:
    """Postings of all groups, several of the resume's own."""
    rng = np.random.default_rng(1)
    groups = np.concatenate([rng.integers(0, GROUPS, ITEMS - 9), np.tile(users.groups[0], 3)])
    return Market.make(rng, make_users(rng, 200), groups)


def _odds(users: Users, market: Market) -> np.ndarray:
    """Taste x popularity x closeness of dates of every posting for the resume, as the module's text has it."""
    groups = np.empty(ITEMS, dtype=int)
    groups[market.items] = np.repeat(np.arange(GROUPS), np.diff(market.starts))
    popularity = np.empty(ITEMS)
    popularity[market.items] = np.diff(market.popularity)
    taste = np.full(GROUPS, STRAY / GROUPS)
    np.add.at(taste, users.groups[0], (1 - STRAY) * users.shares[0])
    closeness = [
        1 / (1 + np.abs(own[0] - out) / scale)
        for own, out, scale in zip(users.dates, market.dates, DATE_SCALES, strict=True)
    ]
    odds = taste[groups] * popularity * np.prod(closeness, axis=0)
    return np.asarray(odds / odds.sum())


def test_first_draws_follow_the_odds(users: Users, market: Market) -> None:
    """Of 20,000 first draws each posting has its share, within four standard errors."""
    _, items = market.draw(np.random.default_rng(2), users, np.ones(len(users), dtype=int))
    expected = _odds(users, market)
    share = np.bincount(items, minlength=ITEMS) / len(users)
    assert (np.abs(share - expected) <= 4 * np.sqrt(expected / len(users)) + 1e-9).all()


def test_second_draws_follow_the_odds_of_what_is_left(users: Users, market: Market) -> None:
    """The second posting is drawn from all but the first, by the same odds."""
    _, items = market.draw(np.random.default_rng(3), users, np.full(len(users), 2))
    first, second = items.reshape(-1, 2).T
    odds = _odds(users, market)
    left = odds[None, :] * (first[:, None] != np.arange(ITEMS))
    expected = (left / left.sum(axis=1, keepdims=True)).mean(axis=0)
    share = np.bincount(second, minlength=ITEMS) / len(users)
    assert (first != second).all()
    assert (np.abs(share - expected) <= 4 * np.sqrt(expected / len(users)) + 1e-9).all()


def test_every_posting_can_be_asked_for(users: Users, market: Market) -> None:
    """A resume that applies everywhere gets every posting once, the unlikely ones too, in rows that stand together."""
    few = users.take(np.arange(3))
    rows, items = market.draw(np.random.default_rng(4), few, np.array([ITEMS, 1, 0]))
    assert rows.tolist() == [0] * ITEMS + [1]
    assert sorted(items[:ITEMS].tolist()) == list(range(ITEMS))
