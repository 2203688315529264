"""Metrics against loops over users, errors against the formulas they stand for."""

import math
from typing import NamedTuple

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from shortlist.data.candidates import NO_ITEM, Candidates
from shortlist.validation.metrics import (
    PER_USER,
    Difference,
    coverage,
    estimate,
    gini,
    paired_bootstrap,
    per_user,
    recall_at_k,
)

few = settings(deadline=None, max_examples=100, derandomize=True)


class Case(NamedTuple):
    """Arguments of `per_user`, and the answers of each row as a set."""

    top: np.ndarray
    users: np.ndarray
    answers: sp.csr_matrix
    wanted: list[set[int]]


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Lists of distinct items with or without an empty end, for some users in any order, a few of them twice."""
    users, items = draw(st.integers(1, 8)), draw(st.integers(1, 12))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    answers = rng.random((users, items)) < draw(st.sampled_from([0.1, 0.4, 0.9]))
    answers[np.arange(users), rng.integers(0, items, users)] = True
    rows = rng.integers(0, users, draw(st.integers(1, 10)))
    length = draw(st.integers(1, items))
    top = np.array([rng.permutation(items)[:length] for _ in rows], dtype=np.int32)
    top[np.arange(length) >= rng.integers(0, length + 1, (len(rows), 1))] = NO_ITEM
    wanted = [set(np.flatnonzero(answers[user]).tolist()) for user in rows]
    return Case(top, rows.astype(np.int32), sp.csr_matrix(answers.astype(np.float32)), wanted)


def _naive(metric: str, ranked: list[int], wanted: set[int], k: int) -> float:
    """One metric of one user, read off the definitions."""
    hits = [rank for rank, item in enumerate(ranked[:k], start=1) if item in wanted]
    match metric:
        case "recall":
            return len(hits) / min(len(wanted), k)
        case "recall_n":
            return len(hits) / len(wanted)
        case "recall_k":
            return len(hits) / k
        case "hit":
            return float(bool(hits))
        case "ndcg":
            ideal = sum(1 / math.log2(1 + rank) for rank in range(1, min(len(wanted), k) + 1))
            return sum(1 / math.log2(1 + rank) for rank in hits) / ideal
        case "map":
            return sum(place / rank for place, rank in enumerate(hits, start=1)) / min(len(wanted), k)
        case "mrr":
            return 1 / hits[0] if hits else 0.0
    raise AssertionError(f"write the naive form of {metric} here")


@few
@given(case=cases())
def test_metrics_equal_loops(case: Case) -> None:
    """Every metric at every k, for every user, is what its definition gives."""
    ks = range(1, case.top.shape[1] + 1)
    values = per_user(case.top, case.users, case.answers, ks)
    assert list(values) == [f"{metric}@{k}" for k in ks for metric in PER_USER]
    for name, found in values.items():
        metric, k = name.split("@")
        expected = [
            _naive(metric, row.tolist(), wanted, int(k)) for row, wanted in zip(case.top, case.wanted, strict=True)
        ]
        assert found.dtype == np.float64
        np.testing.assert_allclose(found, expected, rtol=1e-12, err_msg=name)


def test_metrics_of_a_known_list() -> None:
    """Hits at ranks 2 and 3, three answers, k = 5: the numbers worked out by hand."""
    answers = sp.csr_matrix(np.array([[0, 1, 1, 0, 0, 1.0]]))
    values = per_user(np.array([[0, 1, 2, 3, 4]], dtype=np.int32), np.array([0], dtype=np.int32), answers, [5])
    expected = {
        "recall": 2 / 3,
        "recall_n": 2 / 3,
        "recall_k": 2 / 5,
        "hit": 1,
        "ndcg": (1 / math.log2(3) + 1 / 2) / (1 + 1 / math.log2(3) + 1 / 2),
        "map": (1 / 2 + 2 / 3) / 3,
        "mrr": 1 / 2,
    }
    assert {name: float(value[0]) for name, value in values.items()} == pytest.approx(
        {f"{name}@5": value for name, value in expected.items()}
    )


def test_a_stored_zero_is_an_answer() -> None:
    """What is stored counts, not its value: a sum of opposite weights does not lose an answer."""
    answers = sp.csr_matrix((np.array([0.0, 1.0]), np.array([1, 2]), np.array([0, 2])), shape=(1, 3))
    values = per_user(np.array([[1]], dtype=np.int32), np.array([0], dtype=np.int32), answers, [1])
    assert values["hit@1"] == [1.0]
    assert values["recall_n@1"] == [0.5]


@pytest.mark.parametrize("k", [0, -1, 4])
def test_k_must_fit_the_lists(k: int) -> None:
    """recall@10 of lists of five would look like recall@10 and be another number."""
    top, users = np.array([[0, 1, 2]], dtype=np.int32), np.array([0], dtype=np.int32)
    with pytest.raises(ValueError, match=rf"1 \.\.\. 3, .*got {k}$"):
        per_user(top, users, sp.csr_matrix(np.eye(4)), [1, k])


def test_a_user_without_answers_is_refused() -> None:
    """Nothing divided by nothing is no score; the user is named."""
    answers = sp.csr_matrix(np.array([[1.0, 0], [0, 0]]))
    with pytest.raises(ValueError, match="user 1 has no answers"):
        per_user(np.zeros((2, 1), dtype=np.int32), np.array([0, 1], dtype=np.int32), answers, [1])


@few
@given(case=cases())
def test_recall_passes_over_users_without_answers(case: Case) -> None:
    """The official score is the mean over the users that have answers, and only those."""
    users = np.unique(case.users)
    top = np.array([case.top[list(case.users).index(user)] for user in users])
    answers = case.answers.tolil()
    answers[users[0]] = 0
    found = recall_at_k(Candidates(users, top, np.zeros(top.shape, dtype=np.float32)), case.answers, 1)
    every = [
        _naive("recall", top[n].tolist(), set(case.answers[user].indices.tolist()), 1) for n, user in enumerate(users)
    ]
    assert found.mean == pytest.approx(np.mean(every))
    if len(users) > 1:
        rest = recall_at_k(Candidates(users, top, np.zeros(top.shape, dtype=np.float32)), answers.tocsr(), 1)
        assert rest.mean == pytest.approx(np.mean(every[1:]))


@few
@given(case=cases(), k=st.integers(1, 12), more=st.integers(0, 5))
def test_coverage_counts_items_once(case: Case, k: int, more: int) -> None:
    """The share of the catalogue that someone is shown in the first k; an empty place is no item."""
    items = case.answers.shape[1] + more
    shown = {item for row in case.top.tolist() for item in row[:k] if item != NO_ITEM}
    assert coverage(case.top, k, items) == pytest.approx(len(shown) / items)


# ---------------------------------------------------------------- errors of means

rows = st.lists(st.tuples(st.integers(0, 5), st.floats(0, 1)), min_size=2, max_size=30)


@few
@given(rows=rows)
def test_error_is_the_cluster_robust_one(rows: list[tuple[int, float]]) -> None:
    """Deviations are summed within a user first, then squared; G / (G - 1) corrects for few users."""
    users, values = (np.array(column) for column in zip(*rows, strict=True))
    found = estimate(values, users)
    mean = sum(values) / len(values)
    assert found.mean == pytest.approx(mean)
    clusters = set(users.tolist())
    if len(clusters) == 1:
        assert math.isnan(found.error)
        return
    squares = sum(sum(value - mean for user, value in rows if user == cluster) ** 2 for cluster in clusters)
    variance = len(clusters) / (len(clusters) - 1) * squares / len(rows) ** 2
    assert found.error == pytest.approx(math.sqrt(variance), abs=1e-9)


@few
@given(values=st.lists(st.floats(0, 1), min_size=2, max_size=30))
def test_error_of_single_rows_is_the_textbook_one(values: list[float]) -> None:
    """With one row for each user it is the standard deviation over the root of n."""
    found = estimate(np.array(values), 3 * np.arange(len(values), dtype=np.int32))
    assert found.error == pytest.approx(np.std(values, ddof=1) / math.sqrt(len(values)), abs=1e-12)


def test_error_does_not_shrink_by_repeating_rows() -> None:
    """Five folds of the same users know no more than the users do."""
    values, users = np.random.default_rng(0).random(40), np.arange(40, dtype=np.int32)
    once, often = estimate(values, users), estimate(np.tile(values, 5), np.tile(users, 5))
    assert often.error == pytest.approx(once.error)


# ---------------------------------------------------------------- comparisons


@pytest.fixture(scope="module")
def methods() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Two methods on 5 rows of each of 80 users, the first better by about 0.1; and the users."""
    rng = np.random.default_rng(0)
    users = np.repeat(np.arange(80), 5)
    second = rng.random(400)
    return second + rng.normal(0.1, 0.2, 400) + np.repeat(rng.normal(0, 0.1, 80), 5), second, users


def test_equal_methods_do_not_differ(methods) -> None:
    """A method against itself differs by zero, surely and not significantly."""
    first, _, users = methods
    found = paired_bootstrap(first, first, users)
    assert found == Difference(0.0, 0.0, 0.0)
    assert not found.significant


def test_difference_is_first_less_second(methods) -> None:
    """The better method first gives a positive interval around the mean; the other order gives its mirror image."""
    first, second, users = methods
    found, mirrored = paired_bootstrap(first, second, users), paired_bootstrap(second, first, users)
    assert found.mean == pytest.approx((first - second).mean())
    assert 0 < found.low < found.mean < found.high
    assert found.significant
    assert mirrored.significant
    assert (mirrored.mean, mirrored.low, mirrored.high) == pytest.approx((-found.mean, -found.high, -found.low))


def test_interval_has_the_width_of_the_clustered_error(methods) -> None:
    """Users are drawn, not rows: half the interval is 1.96 cluster-robust errors, more than rows alone would give."""
    first, second, users = methods
    found, error = paired_bootstrap(first, second, users), estimate(first - second, users).error
    assert (found.high - found.low) / 2 == pytest.approx(1.96 * error, rel=0.1)
    assert error > 1.2 * estimate(first - second, np.arange(len(users), dtype=np.int32)).error


def test_interval_weighs_users_by_their_rows() -> None:
    """The mean is over rows, so a user with more rows pulls harder, in the resamples too."""
    difference, users = np.array([1.0, 0.0, 0.0, 0.0]), np.array([7, 9, 9, 9])
    found = paired_bootstrap(difference, np.zeros(4), users)
    assert (found.mean, found.low, found.high) == (0.25, 0.0, 1.0)
    assert not found.significant


def test_interval_is_that_of_drawing_users_one_by_one() -> None:
    """Users of the same values are drawn together: as in a loop that draws each user, rows and all."""
    rng = np.random.default_rng(5)
    users = np.repeat(np.arange(300, dtype=np.int32), rng.integers(1, 5, 300))
    difference = rng.choice(np.array([-0.5, 0.0, 0.0, 0.2, 1.0]), len(users))
    of_user = [np.flatnonzero(users == user) for user in range(300)]
    means = [
        difference[np.concatenate([of_user[user] for user in rng.integers(0, 300, 300)])].mean() for _ in range(4000)
    ]
    low, high = np.quantile(means, [0.025, 0.975])
    found = paired_bootstrap(difference, np.zeros(len(users)), users, samples=4000)
    assert (found.low, found.high) == pytest.approx((low, high), abs=0.08 * (high - low))


def test_interval_is_deterministic(methods) -> None:
    """The same seed gives the same bounds, another one others close by."""
    first, second, users = methods
    found, again, other = (paired_bootstrap(first, second, users, seed=seed) for seed in (3, 3, 4))
    assert found == again
    assert found.low != other.low
    assert found.low == pytest.approx(other.low, abs=0.01)


def test_gini_of_equal_and_of_one_for_all():
    """0 where all have the same; 1 - 1/n where one has them all; 1/3 for the even spread 0 ... n."""
    assert gini(np.full(10, 4)) == pytest.approx(0)
    assert gini(np.array([0] * 9 + [5])) == pytest.approx(0.9)
    assert gini(np.arange(1001)) == pytest.approx(1 / 3, abs=0.001)


@given(st.lists(st.integers(0, 50), min_size=1, max_size=12))
def test_gini_is_half_the_relative_mean_difference(counts):
    """Against its definition over all pairs; 0 where nobody has anything."""
    total = sum(counts)
    expected = sum(abs(a - b) for a in counts for b in counts) / (2 * len(counts) * total) if total else 0
    assert gini(np.array(counts)) == pytest.approx(expected)
