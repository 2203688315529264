"""The permutation tests count what they say, find what was planted, and find nothing where there is nothing."""

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp

from shortlist.studies.eda.permutation import PermutationTest, RowGroups, shuffled


def test_share_counts_two_rows_of_a_group(rng, log_of):
    """Against the definition: over all pairs, the share of the item's other users that have the feature too."""
    dataset = log_of(rng.integers(12, size=60), rng.integers(9, size=60))
    features = (rng.random((12, 3)) < 0.5).astype(np.float32)
    groups = RowGroups.of(dataset, "user", rng)
    observed = groups.share(sp.csr_matrix(features), 2, rng).observed
    shares = []
    for item in range(9):
        users = dataset.pairs[dataset.pairs[:, 1] == item, 0]
        for user in users if len(users) > 1 else ():
            others = users[users != user]
            shares.append((features[user] * features[others]).mean(axis=0))
    assert observed == pytest.approx(np.mean(shares, axis=0))


def test_couples_are_two_rows_of_one_group(tasteful, rng):
    """Never a row with itself, and both have the item."""
    left, right = RowGroups.of(tasteful, "user", rng).couples(rng)
    matrix = tasteful.matrix()
    assert (left != right).all()
    assert (np.asarray(matrix[left].multiply(matrix[right]).sum(axis=1)) > 0).all()


def test_within_leaves_out_rows_without_a_value(rng, log_of):
    """All known values are equal, so every couple of known rows is at distance 0."""
    dataset = log_of(np.arange(40), np.arange(40) % 4)
    values = np.where(np.arange(40) % 3, 5.0, np.nan)
    test = RowGroups.of(dataset, "user", rng).within(values, np.array([0.0]), 5, rng)
    assert test.observed == 1
    assert test.z == 0
    assert test.p == 1


def test_permutations_keep_rows_among_those_with_about_as_many_pairs(rng):
    """Every row once; ranks by count move by no more than a block."""
    counts = rng.permutation(np.repeat(np.arange(10), 100))
    (permutation,) = shuffled(counts, 1, rng)
    assert (np.sort(permutation) == np.arange(1000)).all()
    assert (permutation != np.arange(1000)).mean() > 0.9
    assert (counts[permutation] == counts).all()


def test_activity_alone_is_no_signal(rng, log_of):
    """A column that tells the active users from the others agrees more than a plain shuffle gives: no signal."""
    active = np.arange(300) < 60
    users = rng.choice(300, size=3000, p=np.where(active, 5, 1) / np.where(active, 5, 1).sum())
    groups = RowGroups.of(log_of(users, rng.integers(150, size=3000), pd.DataFrame(index=range(300))), "user", rng)
    test = groups.share(sp.csr_matrix(active[:, None].astype(np.float32)), 199, rng)
    assert abs(test.z[0]) < 3


def test_p_values_are_uniform_without_signal(log_of):
    """Two hundred columns of noise: the p-values spread evenly over 0 to 1."""
    rng = np.random.default_rng(5)
    dataset = log_of(rng.integers(200, size=1200), rng.integers(150, size=1200), pd.DataFrame(index=range(200)))
    features = sp.csr_matrix((rng.random((200, 200)) < 0.3).astype(np.float32))
    p = RowGroups.of(dataset, "user", rng).share(features, 199, rng).p
    assert p.mean() == pytest.approx(0.5, abs=0.08)
    assert 0 < (p <= 0.05).mean() < 0.12
    assert p.min() >= 1 / 200


def test_summed_tests_add_up(rng):
    """A column's count is the sum of its values', observed and permuted."""
    test = PermutationTest(np.array([1.0, 2.0, 4.0]), rng.random((5, 3)))
    sums = test.summed(np.array([0, 1, 0], dtype=np.int32), 2)
    assert sums.observed.tolist() == [5, 2]
    assert sums.permuted == pytest.approx(np.column_stack([test.permuted[:, [0, 2]].sum(axis=1), test.permuted[:, 1]]))
