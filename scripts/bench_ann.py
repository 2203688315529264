"""Approximate search: `index.ItemIndex` with ScaNN, and faiss with the effort that reaches the same recall."""

import sys

import numpy as np

from speed.measure import run_stage
from speed.options import Options
from speed.stage import Contender, Stage
from speed.task import Outcome
from speed.vectors import clustered

DIMENSIONS, N = 64, 100
OURS = Contender("ItemIndex, ScaNN", "ours.scann", "ours")


def true_neighbours(queries: np.ndarray, items: np.ndarray, n: int) -> np.ndarray:
    """The n items with the largest inner product of each query, (m, n) int32, in no order."""
    blocks = (queries[start : start + 256] @ items.T for start in range(0, len(queries), 256))
    return np.concatenate([np.argpartition(-block, n - 1, axis=1)[:, :n].astype(np.int32) for block in blocks])


def recalls(ours: Outcome, theirs: Outcome) -> str:
    """Both recalls, and the setting that reached the second."""
    return f"recall@{N} {theirs['recall']:.4f} (ours {ours['recall']:.4f}), {theirs['setting']}"


def stages(options: Options) -> list[Stage]:
    """See `bench.GROUPS`. Ours runs once beforehand: its recall is what the others must reach."""
    rng = np.random.default_rng(0)
    centres = rng.normal(size=(max(2, options.vectors // 500), DIMENSIONS)).astype(np.float32)
    items, queries = (clustered(rng, centres, count) for count in (options.vectors, options.queries))
    print("bench: approximate search: the true neighbours, and our recall", file=sys.stderr, flush=True)
    task = {"items": items, "queries": queries, "n": N, "truth": true_neighbours(queries, items, N)}
    size = f"{len(queries):,} queries, {len(items):,} x {DIMENSIONS} clustered vectors, {N} each"
    alone = Stage(
        "approximate search, our recall", size, "queries", len(queries), (OURS,), task, repeats=1, warm_up=False
    )
    ours = run_stage(alone, repeats=1, threads=options.threads, timeout=options.timeout)[OURS.title]
    contenders = (
        OURS,
        Contender("faiss IVF-PQ, reordered", "faiss_calls.ivf_pq", environment="faiss", compared=True),
        Contender("faiss HNSW", "faiss_calls.hnsw", environment="faiss", compared=True),
    )
    equal = task | {"recall": float(ours.outcome.get("recall", 1.0))}
    return [Stage("approximate search", size, "queries", len(queries), contenders, equal, recalls)]
