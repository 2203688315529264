"""Top-N against a plain sort, ties and all; nobody is proposed what they have."""

from collections.abc import Sequence

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from shortlist.data.candidates import NO_ITEM, Candidates, fill
from shortlist.errors import SubmissionError
from shortlist.retrievers import topk
from shortlist.retrievers.topk import Bounds, largest, largest_stored, recommend, recommend_within

few = settings(deadline=None, max_examples=150, derandomize=True)
awkward = st.sampled_from([0.0, -0.0, 1.0, -1.0, 1e-45, -1e-45, 3e38, -3e38, np.inf, -np.inf, np.nan])
values = awkward | st.floats(-10, 10, width=32)
score_matrices = npst.array_shapes(min_dims=2, max_dims=2, max_side=9).flatmap(
    lambda shape: npst.arrays(np.float32, shape, elements=values)
)


def _ranked(scores: Sequence[float], left_out: Sequence[int] = ()) -> list[int]:
    """Columns by falling score, equal ones in their order; -inf, NaN and `left_out` are not among them."""
    usable = [column for column, score in enumerate(scores) if score > -np.inf and column not in set(left_out)]
    return sorted(usable, key=lambda column: -scores[column])


def _padded(columns: list[int], n: int) -> list[int]:
    return (columns + [NO_ITEM] * n)[:n]


wide_matrices = st.tuples(st.integers(1, 3), st.integers(1, 40)).flatmap(
    lambda shape: npst.arrays(np.float32, shape, elements=values)
)


@few
@given(scores=score_matrices | wide_matrices, n=st.integers(1, 12))
def test_largest_is_a_stable_sort(scores: np.ndarray, n: int) -> None:
    """Best first, among equals (0.0 and -0.0 are) the lower column, `NO_ITEM` where nothing is left to choose."""
    columns, found = largest(scores, n)
    assert columns.shape == found.shape == (len(scores), n)
    assert columns.dtype == np.int32
    assert found.dtype == np.float32
    for row, chosen, value in zip(scores, columns, found, strict=True):
        expected = _padded(_ranked(row.tolist()), n)
        assert chosen.tolist() == expected
        np.testing.assert_array_equal(value, [row[c] if c != NO_ITEM else -np.inf for c in expected])


def test_largest_keeps_ties_in_order_at_the_cut() -> None:
    """Where many share the score at the cut, the lower columns are the ones that stay."""
    columns, _ = largest(np.array([[0.5, 1, 1, 1, 1, 2, 1]], dtype=np.float32), 3)
    assert columns.tolist() == [[5, 1, 2]]


def test_largest_leaves_the_scores_alone() -> None:
    """A retriever may give a view of what it learnt."""
    scores = np.array([[np.nan, -0.0, 3.0]], dtype=np.float32)
    scores.flags.writeable = False
    columns, _ = largest(scores, 2)
    assert columns.tolist() == [[2, 1]]


@few
@given(scores=score_matrices, n=st.integers(1, 10))
def test_largest_of_sparse_rows_are_the_same(scores: np.ndarray, n: int) -> None:
    """What is stored in sparse rows, in whatever order, is ranked as in rows with -inf in between."""
    known = scores > -np.inf
    row, column = np.nonzero(known)
    turned = np.lexsort((-column, row))
    ends = np.concatenate([[0], np.cumsum(known.sum(axis=1))])
    sparse = sp.csr_matrix((scores[known][turned], column[turned], ends), shape=scores.shape)
    for found, expected in zip(largest_stored(sparse, n), largest(scores, n), strict=True):
        np.testing.assert_array_equal(found, expected)
        assert found.dtype == expected.dtype


class Scores:
    """A retriever of given scores, (U, I)."""

    def __init__(self, scores: np.ndarray) -> None:
        self.scores = scores

    def candidates(self, users: np.ndarray, n: int) -> tuple[np.ndarray, np.ndarray]:
        return largest(self.scores[users], n)

    def score(self, users: np.ndarray) -> np.ndarray:
        return self.scores[users]


@few
@given(
    scores=score_matrices, seed=st.integers(0, 2**32 - 1), n=st.integers(1, 10), block=st.sampled_from([1, 2, 3, 1024])
)
def test_recommend_equals_a_loop(scores: np.ndarray, seed: int, n: int, block: int) -> None:
    """Each user's list is the ranking less what was seen, whoever else is asked for and in whatever blocks."""
    rng = np.random.default_rng(seed)
    held = rng.random(scores.shape) < rng.random((len(scores), 1))
    # A stored zero is a pair too.
    seen = sp.csr_matrix(held.astype(np.float32))
    seen.data[:] = rng.integers(0, 2, seen.nnz)
    users = rng.integers(0, len(scores), rng.integers(1, 8)).astype(np.int32)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(topk, "BLOCK", block)
        found = recommend(Scores(scores), users, n, seen)
    np.testing.assert_array_equal(found.users, users)
    assert found.items.dtype == np.int32
    assert found.scores.dtype == np.float32
    for user, items, value in zip(users, found.items, found.scores, strict=True):
        expected = _padded(_ranked(scores[user].tolist(), np.flatnonzero(held[user]).tolist()), n)
        assert items.tolist() == expected
        np.testing.assert_array_equal(value, [scores[user, i] if i != NO_ITEM else -np.inf for i in expected])


def test_recommend_of_nobody_is_empty() -> None:
    """No users, no rows."""
    found = recommend(Scores(np.eye(3, dtype=np.float32)), np.empty(0, dtype=np.int32), 2, sp.csr_matrix((3, 3)))
    assert found.items.shape == found.scores.shape == (0, 2)


# ---------------------------------------------------------------- bounds


def _sparse(held: np.ndarray) -> sp.csr_matrix:
    return sp.csr_matrix(held.astype(np.float32))


@few
@given(
    scores=score_matrices, seed=st.integers(0, 2**32 - 1), n=st.integers(1, 10), block=st.sampled_from([1, 2, 1024]),
    bounded=st.tuples(st.booleans(), st.booleans(), st.booleans()),
)  # fmt: skip
def test_recommend_within_equals_a_loop(
    scores: np.ndarray, seed: int, n: int, block: int, bounded: tuple[bool, bool, bool]
) -> None:
    """Nothing seen, nothing outside the permitted items, and of a user with a list of their own nothing outside it."""
    rng = np.random.default_rng(seed)
    users, items = scores.shape
    seen, lists = (rng.random(scores.shape) < rng.random((users, 1)) for _ in range(2))
    lists &= rng.random((users, 1)) < 0.6  # the others have no list of their own, and may get anything
    permitted = np.asarray(rng.random(items) < 0.7)
    with_seen, with_items, with_lists = bounded
    bounds = Bounds(
        _sparse(seen) if with_seen else None, permitted if with_items else None, _sparse(lists) if with_lists else None
    )
    asked = rng.integers(0, users, rng.integers(1, 8)).astype(np.int32)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(topk, "BLOCK", block)
        found = recommend_within(Scores(scores), asked, n, bounds)
    np.testing.assert_array_equal(found.users, asked)
    assert found.items.dtype == np.int32
    assert found.scores.dtype == np.float32
    for user, chosen, value in zip(asked, found.items, found.scores, strict=True):
        left_out = [
            item for item in range(items)
            if (with_seen and seen[user, item])
            or (with_items and not permitted[item])
            or (with_lists and lists[user].any() and not lists[user, item])
        ]  # fmt: skip
        expected = _padded(_ranked(scores[user].tolist(), left_out), n)
        assert chosen.tolist() == expected
        np.testing.assert_array_equal(value, [scores[user, i] if i != NO_ITEM else -np.inf for i in expected])


def test_without_bounds_it_is_the_source_s_own_list() -> None:
    """Seen items come back where nothing forbids it, and nobody makes the scores of all items for that."""

    class Lists(Scores):
        def score(self, users: np.ndarray) -> np.ndarray:
            raise AssertionError("all scores were made")

    source = Lists(np.array([[1, 3, 2]], dtype=np.float32))
    assert recommend_within(source, np.zeros(1, np.int32), 2, Bounds()).items.tolist() == [[1, 2]]


def test_bounds_know_the_size_of_the_catalogue() -> None:
    """From any of their parts: blocks of users are made by it."""
    assert Bounds().width == 1
    assert Bounds(items=np.ones(7, dtype=bool)).width == 7
    assert Bounds(lists=sp.csr_matrix((2, 5))).width == Bounds(seen=sp.csr_matrix((2, 5))).width == 5


# ---------------------------------------------------------------- filling up


def _candidates(rows: Sequence[Sequence[int]], users: Sequence[int] | None = None) -> Candidates:
    items = np.array(rows, dtype=np.int32)
    codes = np.arange(len(rows)) if users is None else np.array(users)
    return Candidates(codes.astype(np.int32), items, np.zeros(items.shape, dtype=np.float32))


@st.composite
def source_lists(draw: st.DrawFn) -> list[list[list[int]]]:
    """For 1 to 3 sources, rows of distinct items that end in `NO_ITEM`; the rows of a source are equally long."""
    users = draw(st.integers(1, 4))
    sources = []
    for _ in range(draw(st.integers(1, 3))):
        length = draw(st.integers(1, 6))
        distinct = st.lists(st.integers(0, 9), unique=True, max_size=length)
        sources.append([_padded(draw(distinct), length) for _ in range(users)])
    return sources


@few
@given(sources=source_lists(), k=st.integers(1, 8))
def test_fill_takes_the_first_source_first(sources: list[list[list[int]]], k: int) -> None:
    """Exactly k distinct items, each source's in its order, the preferred source's first; else an error."""
    merged = [
        list(dict.fromkeys(item for source in sources for item in source[user] if item != NO_ITEM))
        for user in range(len(sources[0]))
    ]
    if min(map(len, merged)) < k:
        with pytest.raises(SubmissionError):
            fill([_candidates(source) for source in sources], k)
        return
    found = fill([_candidates(source) for source in sources], k)
    assert found.dtype == np.int32
    assert found.tolist() == [items[:k] for items in merged]


def test_fill_says_who_has_too_few() -> None:
    """The message counts the users, names the first one's code and says what helps, in one line."""
    source = _candidates([[1, 2], [1, NO_ITEM], [NO_ITEM, NO_ITEM]], users=[4, 7, 9])
    with pytest.raises(
        SubmissionError, match=r"^2 users, the first with code 7, have fewer than 2 items .*'popular'"
    ) as error:
        fill([source], 2)
    assert "\n" not in str(error.value)
