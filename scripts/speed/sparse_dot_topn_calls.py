"""sparse_dot_topn: item neighbours, and the votes of them."""

import numpy as np
import scipy.sparse as sp
from sparse_dot_topn import sp_matmul_topn

from speed.task import Outcome, Run, Task

PACKAGES = ("sparse-dot-topn", "numpy", "scipy")


def item_neighbours(task: Task) -> Run:
    """The nearest items by cosine, without oneself, and the n largest sums of them; NumPy drops what is seen."""
    pairs, (users, items), n = task["pairs"], task["shape"], task["n"]
    ones = np.ones(len(pairs), dtype=np.float32)
    matrix = sp.csr_matrix((ones, (pairs[:, 0], pairs[:, 1])), shape=(users, items))
    taken = pairs[:, 0].astype(np.int64) * items + pairs[:, 1]

    def run() -> Outcome:
        rows = matrix.T.tocsr()
        unit = rows.copy()
        unit.data /= np.sqrt(np.repeat(np.diff(rows.indptr), np.diff(rows.indptr))).astype(np.float32)
        threads = task["threads"]
        nearest = sp_matmul_topn(unit, unit.T.tocsr(), task["neighbours"] + 1, n_threads=threads)
        nearest.setdiag(0)
        nearest.eliminate_zeros()
        most_seen = int(np.diff(matrix.indptr).max())
        found = sp_matmul_topn(matrix, nearest.T.tocsr(), n + most_seen, n_threads=threads, sort=True)
        row = np.repeat(np.arange(users), np.diff(found.indptr))
        unseen = np.isin(row * items + found.indices, taken, invert=True)
        row, column = row[unseen], found.indices[unseen]
        place = np.arange(len(row)) - np.searchsorted(row, row)
        lists = np.full((users, n), -1, dtype=np.int32)
        lists[row[place < n], place[place < n]] = column[place < n]
        return {"items": lists}

    return run
