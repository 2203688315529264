"""What visible ratings say of the others: how users and items deviate from the mean, and the tastes they share."""

import numpy as np
import scipy.sparse as sp

from shortlist.common.arrays import FloatArray
from shortlist.data.dataset import Dataset

USER_SHRINKAGE, ITEM_SHRINKAGE = 10, 25
"""Ratings of nothing special that each side is credited with (Koren, "Factor in the neighbors", TKDD 2010)."""

FACTORS = 16


def parts(visible: Dataset) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Deviations of users, (U,), and items, (I,), and factors (U, F) and (I, F) of what they leave unexplained.

    The mean plus the user's and the item's deviation plus the inner product of their factors is a rating's estimate:
    the factors are the `tastes` in the rest, zero where no rating is known. F is `FACTORS`, or less where there are
    fewer users or items.

    Args:
        visible: a dataset with ratings.
    """
    assert visible.ratings is not None
    user, item = visible.pairs.T
    rest = visible.ratings - visible.ratings.mean()
    items = _shrunk_means(item, rest, len(visible.items), ITEM_SHRINKAGE)
    rest = rest - items[item]
    users = _shrunk_means(user, rest, len(visible.users), USER_SHRINKAGE)
    rest = rest - users[user]
    matrix = sp.csr_matrix((rest, (user, item)), shape=(len(visible.users), len(visible.items)))
    return users, items, *tastes(matrix, FACTORS)


def tastes(matrix: sp.csr_matrix, factors: int) -> tuple[FloatArray, FloatArray]:
    """Factors of rows and columns, (U, F) and (I, F), whose inner products are nearest to the matrix (U, I).

    Its truncated SVD by random projection, the rows' factors scaled by the singular values (Halko, Martinsson, Tropp,
    SIAM Review 2011; as recommendations PureSVD: Cremonesi, Koren, Turrin, RecSys 2010).

    Args:
        matrix: (U, I).
        factors: F; less where there are fewer rows or columns, one at least.
    """
    from sklearn.utils.extmath import randomized_svd  # takes a second, which stages without features need not pay

    left, size, right = randomized_svd(matrix, max(min(factors, min(matrix.shape) - 1), 1), random_state=0)
    return (left * size).astype(np.float32), right.T.astype(np.float32)


def _shrunk_means(codes: np.ndarray, values: FloatArray, n: int, shrinkage: int) -> FloatArray:
    total = np.bincount(codes, weights=values, minlength=n)
    return (total / (np.bincount(codes, minlength=n) + shrinkage)).astype(np.float32)
