"""What cannot be beaten: the matrix products of a stage alone, one inversion by LAPACK, a time that was promised."""

import numpy as np
from scipy.linalg import lapack

from speed.task import Outcome, Run, Task

PACKAGES = ("numpy", "scipy")

BLOCK = 1024
"""Users at once: more are not faster. `retrievers.topk` has 256 for the sake of what comes after its products."""

ROWS = 512
"""Users at once in training, as many as in `shortlist.retrievers.in_batch_softmax`."""


def top_n_products(task: Task) -> Run:
    """The products of all users' and all items' vectors, block by block, into memory that is there already."""
    users, items = task["users"], task["items"].T
    scores = np.empty((min(BLOCK, len(users)), items.shape[1]), dtype=np.float32)

    def run() -> Outcome:
        for start in range(0, len(users), BLOCK):
            block = users[start : start + BLOCK]
            np.matmul(block, items, out=scores[: len(block)])
        return {}

    return run


def training_products(task: Task) -> Run:
    """An epoch's products: scores, and the gradients of both towers, for the distinct ids of each batch."""
    rng, pairs, size = np.random.default_rng(0), task["pairs"], task["batch_size"]
    order = rng.permutation(len(pairs))
    batches = [pairs[order[start : start + size]] for start in range(0, len(order), size)]
    towers = [
        [rng.normal(size=(len(np.unique(batch[:, side])), task["dimensions"])).astype(np.float32) for side in (0, 1)]
        for batch in batches
    ]
    most = max(len(item) for _, item in towers)
    space = np.empty((ROWS, most), dtype=np.float32)
    gradients = [np.empty((count, task["dimensions"]), dtype=np.float32) for count in (ROWS, most)]

    def run() -> Outcome:
        for user, item in towers:
            for start in range(0, len(user), ROWS):
                rows = user[start : start + ROWS]
                scores = np.matmul(rows, item.T, out=space[: len(rows), : len(item)])
                np.matmul(scores, item, out=gradients[0][: len(rows)])
                np.matmul(scores.T, rows, out=gradients[1][: len(item)])
        return {}

    return run


def _positive_definite(task: Task) -> np.ndarray:
    size = task["shape"][1]
    half = np.random.default_rng(0).normal(size=(size, 64)).astype(np.float32)
    matrix = half @ half.T
    matrix[np.diag_indices(size)] += task["regularization"]
    return matrix


def inversion(task: Task) -> Run:
    """LAPACK's general inversion, sgetrf and sgetri, of a matrix of all items."""
    matrix = _positive_definite(task)

    def run() -> Outcome:
        factor, pivots, failed = lapack.sgetrf(matrix)
        work, _ = lapack.sgetri_lwork(len(matrix))
        _, failed_too = lapack.sgetri(factor, pivots, lwork=int(work))
        assert not failed
        assert not failed_too
        return {}

    return run


def cholesky(task: Task) -> Run:
    """LAPACK's inversion of a symmetric matrix, spotrf and spotri: one triangle of the result."""
    matrix = _positive_definite(task)

    def run() -> Outcome:
        factor, failed = lapack.spotrf(matrix, lower=1)
        _, failed_too = lapack.spotri(factor, lower=1)
        assert not failed
        assert not failed_too
        return {}

    return run


def promised(task: Task) -> Run:
    """A time in seconds that was promised: nothing is run."""
    return lambda: {"seconds": task["promised"]}
