"""`implicit`: the top N of vectors, and item neighbours."""

import numpy as np
import scipy.sparse as sp
from implicit.cpu.topk import topk
from implicit.nearest_neighbours import CosineRecommender
from threadpoolctl import threadpool_limits

from speed.task import Outcome, Run, Task

PACKAGES = ("implicit", "numpy", "scipy")

BATCH = 1024
"""Users at once: `implicit.cpu.topk` makes the scores of all its queries at a time."""


def pairs_matrix(task: Task) -> sp.csr_matrix:
    """The task's pairs, (U, I) float32."""
    pairs, shape = task["pairs"], tuple(task["shape"])
    return sp.csr_matrix((np.ones(len(pairs), dtype=np.float32), (pairs[:, 0], pairs[:, 1])), shape=shape)


def top_n(task: Task) -> Run:
    """`implicit.cpu.topk.topk`, which drops what each user has seen."""
    users, items, seen = task["users"], task["items"], pairs_matrix(task)
    blocks = [slice(start, start + BATCH) for start in range(0, len(users), BATCH)]

    def run() -> Outcome:
        found = [
            topk(items, users[block], task["n"], filter_query_items=seen[block], num_threads=task["threads"])[0]
            for block in blocks
        ]
        return {"items": np.concatenate(found)}

    return run


def item_neighbours(task: Task) -> Run:
    """`CosineRecommender.fit`, and `recommend` for everybody."""
    matrix = pairs_matrix(task)
    everybody = np.arange(matrix.shape[0])

    def run() -> Outcome:
        # implicit has threads of its own and asks for a BLAS without.
        with threadpool_limits(1, "blas"):
            model = CosineRecommender(K=task["neighbours"], num_threads=task["threads"])
            model.fit(matrix, show_progress=False)
            items, _ = model.recommend(everybody, matrix, N=task["n"])
        return {"items": items}

    return run
