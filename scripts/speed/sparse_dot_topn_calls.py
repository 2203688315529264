"""sparse_dot_topn: item neighbours, and the votes of them."""

import numpy as np
import scipy.sparse as sp
from sparse_dot_topn import sp_matmul_topn

from speed.task import Outcome, Run, Task
from speed.unseen import first_unseen, most_seen, taken_keys

PACKAGES = ("sparse-dot-topn", "numpy", "scipy")


def item_neighbours(task: Task) -> Run:
    """The nearest items by cosine, without oneself, and the n largest sums of them; NumPy drops what is seen."""
    pairs, (users, items) = task["pairs"], task["shape"]
    ones = np.ones(len(pairs), dtype=np.float32)
    matrix = sp.csr_matrix((ones, (pairs[:, 0], pairs[:, 1])), shape=(users, items))
    taken, more = taken_keys(task), most_seen(task)

    def run() -> Outcome:
        rows = matrix.T.tocsr()
        unit = rows.copy()
        unit.data /= np.sqrt(np.repeat(np.diff(rows.indptr), np.diff(rows.indptr))).astype(np.float32)
        threads = task["threads"]
        nearest = sp_matmul_topn(unit, unit.T.tocsr(), task["neighbours"] + 1, n_threads=threads)
        nearest.setdiag(0)
        nearest.eliminate_zeros()
        found = sp_matmul_topn(matrix, nearest.T.tocsr(), task["n"] + more, n_threads=threads, sort=True)
        row = np.repeat(np.arange(users), np.diff(found.indptr))
        return {"items": first_unseen(row, found.indices, taken, task)}

    return run
