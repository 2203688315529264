"""The blend against plain loops, and what must hold of its weights whatever the lists are."""

from collections.abc import Sequence

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize

from shortlist.data.candidates import NO_ITEM, Candidates
from shortlist.rerank import blend
from shortlist.rerank.blend import RANK_OFFSET, ListWeights, Pool, blended, by_retriever, learn, pool, vector

USERS, ITEMS, LENGTH = 4, 9, 5
Lists = list[list[tuple[int, float]]]
"""Items with their scores for each user."""


def candidates(rows: Lists, length: int = LENGTH) -> Candidates:
    """A list for each user, best first; users have the codes 0, 2, 4 ..."""
    items = np.full((len(rows), length), NO_ITEM, dtype=np.int32)
    scores = np.full((len(rows), length), -np.inf, dtype=np.float32)
    for user, row in enumerate(rows):
        for place, (item, score) in enumerate(sorted(row, key=lambda one: (-one[1], one[0]))):
            items[user, place], scores[user, place] = item, score
    return Candidates(2 * np.arange(len(rows), dtype=np.int32), items, scores)


def answers_of(found: dict[int, set[int]], items: int = ITEMS) -> sp.csr_matrix:
    """User codes with the codes of their answers, as a matrix."""
    right = np.zeros((2 * USERS, items), dtype=np.float32)
    for user, wanted in found.items():
        right[user, list(wanted)] = 1
    return sp.csr_matrix(right)


def rows(least: int = 0) -> st.SearchStrategy[Lists]:
    """Lists of distinct items with scores in quarters, so that there are ties; some users have none."""
    one = st.dictionaries(
        st.integers(0, ITEMS - 1), st.integers(-8, 8).map(lambda n: n / 4), min_size=least, max_size=5
    )
    return st.lists(one.map(lambda row: list(row.items())), min_size=USERS, max_size=USERS)


def naive(lists: Sequence[Candidates], depth: int) -> dict[tuple[int, int], list[float]]:
    """The evidence of each (user's position, item), from its definition."""
    found: dict[tuple[int, int], list[float]] = {}
    for number, one in enumerate(lists):
        for row in range(len(one.users)):
            known = [(int(i), float(s)) for i, s in zip(one.items[row], one.scores[row], strict=True) if i != NO_ITEM]
            known = known[:depth]
            for place, (item, score) in enumerate(known):
                least, most = known[-1][1], known[0][1]
                evidence = found.setdefault((row, item), [0.0] * (2 * len(lists)))
                evidence[2 * number] = RANK_OFFSET / (RANK_OFFSET + place)
                evidence[2 * number + 1] = (score - least) / (most - least) if most > least else 1.0
    return found


@settings(max_examples=60, deadline=None)
@given(st.lists(rows(), min_size=1, max_size=3), st.integers(1, LENGTH + 1))
def test_a_pool_is_what_a_loop_gives(made: list[Lists], depth: int) -> None:
    """Every item of any list once for each user, with reciprocal rank and scaled score of each list, 0 where absent."""
    lists = [candidates(one) for one in made]
    found, expected = pool(lists, depth), naive(lists, depth)
    keys = list(zip(found.row.tolist(), found.items.tolist(), strict=True))
    assert keys == sorted(expected)
    assert found.evidence.dtype == np.float32
    assert found.items.dtype == np.int32
    np.testing.assert_array_equal(found.users, lists[0].users)
    np.testing.assert_allclose(found.evidence, np.reshape([expected[key] for key in keys], found.evidence.shape), 1e-5)


@settings(max_examples=60, deadline=None)
@given(st.lists(rows(), min_size=1, max_size=3), st.integers(1, 12), st.data())
def test_a_blend_is_what_a_loop_gives(made: list[Lists], n: int, data: st.DataObject) -> None:
    """The n best by weighted evidence, distinct, among equals the lower code first, and nothing where there is none."""
    one = pool([candidates(rows) for rows in made])
    quarters = st.lists(st.integers(0, 8), min_size=2 * len(made), max_size=2 * len(made))
    weights = np.array(data.draw(quarters)) / 4
    score = one.evidence @ weights.astype(np.float32)
    found = blended(one, weights, n)
    assert found.items.shape == found.scores.shape == (USERS, n)
    assert found.items.dtype == np.int32
    assert found.scores.dtype == np.float32
    for row in range(USERS):
        mine = np.flatnonzero(one.row == row)
        best = sorted((-float(score[k]), int(one.items[k])) for k in mine)[:n]
        kept = found.items[row] != NO_ITEM
        assert found.items[row][kept].tolist() == [item for _, item in best]
        np.testing.assert_allclose(found.scores[row][kept], [-value for value, _ in best], rtol=1e-6)
        assert kept.tolist() == sorted(kept.tolist(), reverse=True)
        assert (found.scores[row][~kept] == -np.inf).all()


def test_without_weights_the_lower_code_is_first() -> None:
    """Where all items are equal their codes decide, and doing it twice gives the same bytes."""
    one = pool([candidates([[(7, 3.0), (2, 2.0), (5, 1.0)]] * USERS)])
    first, second = (blended(one, np.zeros(2), 3) for _ in range(2))
    assert first.items.tolist() == [[2, 5, 7]] * USERS
    assert first.items.tobytes() == second.items.tobytes()


def world(seed: int = 0, users: int = 200) -> tuple[list[Candidates], list[sp.csr_matrix], np.ndarray]:
    """Three lists for each user, of which the second alone knows the answer; in two folds."""
    rng = np.random.default_rng(seed)
    wanted = rng.integers(0, 50, size=users)
    lists = []
    for knows in (False, True, False):
        items = np.argsort(rng.random((users, 50)), axis=1)[:, :20].astype(np.int32)
        if knows:
            for row, item in zip(items, wanted, strict=True):
                row[1:] = np.where(row[1:] == item, row[0], row[1:])
                row[0] = item
        scores = -np.sort(-rng.random((users, 20)), axis=1).astype(np.float32)
        lists.append(Candidates(np.arange(users, dtype=np.int32), items, scores))
    right = sp.csr_matrix((np.ones(users), (np.arange(users), wanted)), shape=(users, 50))
    return lists, [right], wanted


def test_a_perfect_list_among_noise_gets_the_weight() -> None:
    """The lists that know nothing have nearly none, and the answers are first in the blend."""
    lists, right, wanted = world()
    one = pool(lists)
    weights = learn([one], right)
    by_list = weights.reshape(3, 2).sum(axis=1)
    assert by_list[1] > 10 * (by_list[0] + by_list[2])
    assert (blended(one, weights, 5).items[:, 0] == wanted).mean() > 0.99
    named = by_retriever(["a", "b", "c"], weights)
    assert named["b"] == ListWeights(rank=weights[2], score=weights[3])
    assert list(named) == ["a", "b", "c"]
    np.testing.assert_array_equal(vector(named, ["a", "b", "c"]), weights)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(rows(), rows()), min_size=1, max_size=2), st.integers(0, 2**32 - 1))
def test_no_weight_is_negative(made: list[tuple[Lists, Lists]], seed: int) -> None:
    """Whatever the lists and answers are: two finite weights for each list, none below zero, the same twice."""
    pools = [pool([candidates(one), candidates(other)]) for one, other in made]
    rng = np.random.default_rng(seed)
    right = [sp.csr_matrix((rng.random((2 * USERS, ITEMS)) < 0.3).astype(np.float32)) for _ in pools]
    weights = learn(pools, right)
    assert weights.shape == (4,)
    assert np.isfinite(weights).all()
    assert (weights >= 0).all()
    assert learn(pools, right).tobytes() == weights.tobytes()


def test_the_likelihood_s_gradient_is_that_of_finite_differences(monkeypatch: pytest.MonkeyPatch) -> None:
    """The loss that is minimised and its gradient agree, and the loss is the penalised likelihood of a plain loop."""
    lists, right, _ = world(users=30)
    one = pool(lists)
    seen = {}

    def keep(loss, start, **options):
        seen["loss"] = loss
        return real(loss, start, **options)

    real = optimize.minimize
    monkeypatch.setattr(optimize, "minimize", keep)  # the loss is a closure: this only listens
    found = learn([one], right)
    loss = seen["loss"]
    rng = np.random.default_rng(0)
    for weights in (rng.random(6) * 3, np.ones(6), found):
        value, gradient = loss(weights)
        step = 1e-2  # the evidence is float32
        for column in range(6):
            change = np.eye(6)[column] * step
            slope = (loss(weights + change)[0] - loss(weights - change)[0]) / (2 * step)
            assert slope == pytest.approx(gradient[column], abs=1e-3)
        expected = blend.PENALTY * float(weights @ weights)
        for row in range(30):
            score = one.evidence[one.row == row].astype(np.float64) @ weights
            hit = np.asarray(right[0][row, one.items[one.row == row]].todense()).ravel() > 0
            expected -= (score - np.log(np.exp(score).sum()))[hit].mean() / 30
        assert value == pytest.approx(expected, abs=1e-5)


def test_several_answers_share_the_likelihood() -> None:
    """A user with two answers weighs as much as one with one: both orders of weights are as good for a tie."""
    one = pool([candidates([[(0, 2.0), (1, 1.0)]] * USERS), candidates([[(1, 2.0), (0, 1.0)]] * USERS)])
    both = learn([one], [answers_of({2 * row: {0, 1} for row in range(USERS)})])
    np.testing.assert_allclose(both[:2], both[2:], atol=1e-3)


@pytest.mark.parametrize("nothing", ["for some users", "for anybody"])
def test_a_list_without_items_takes_nothing_away(nothing: str) -> None:
    """Beside a retriever that finds nothing, the others' items, order and scores stay as they are without it."""
    lists, right, _ = world(users=40)
    silent = Candidates(lists[2].users, lists[2].items.copy(), lists[2].scores.copy())
    empty = np.arange(40) >= (20 if nothing == "for some users" else 0)
    silent.items[empty], silent.scores[empty] = NO_ITEM, -np.inf
    without, beside = pool(lists[:2]), pool([*lists[:2], silent])
    weights = learn([without], right)
    more = np.append(weights, [3.0, 4.0])
    alone, together = blended(without, weights, 30), blended(beside, more, 30)
    np.testing.assert_array_equal(together.items[empty], alone.items[empty])
    np.testing.assert_allclose(together.scores[empty], alone.scores[empty], rtol=1e-5)
    if nothing == "for anybody":
        np.testing.assert_allclose(learn([beside], right)[:4], weights, rtol=0.05, atol=0.05)


def test_without_any_answer_in_the_pools_all_lists_count_alike() -> None:
    """Nothing to learn from, also when every list is empty: equal weights, no failure."""
    some, none = candidates([[(1, 1.0)]] * USERS), candidates([[]] * USERS)
    for lists in ([some, none], [none, none]):
        one = pool(lists)
        assert learn([one, one], [answers_of({0: {8}}), answers_of({})]).tolist() == [1.0] * 4
        assert isinstance(one, Pool)
    assert (blended(pool([none, none]), np.ones(4), 3).items == NO_ITEM).all()
