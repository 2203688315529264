"""faiss: exact search, and IVF-PQ and HNSW with the least effort that reaches a recall."""

import time
from collections.abc import Callable

import faiss
import numpy as np

from speed.task import Outcome, Run, Task
from speed.unseen import first_unseen, most_seen, taken_keys
from speed.vectors import recall

PACKAGES = ("faiss-cpu", "numpy")

LINKS, BUILD_WIDTH = 16, 80
"""HNSW's neighbours of a node, and how many it looks at when one is added."""

TRAINED_ON = 100_000
"""Vectors that IVF-PQ learns its cells and codes from."""

REORDERED = 10
"""How many times n candidates of IVF-PQ are scored exactly before it answers, as ScaNN's are by us."""


def top_n(task: Task) -> Run:
    """`IndexFlatIP`; NumPy drops what each user has seen."""
    faiss.omp_set_num_threads(task["threads"])
    index = faiss.IndexFlatIP(task["items"].shape[1])
    index.add(task["items"])
    taken, asked = taken_keys(task), task["n"] + most_seen(task)
    row = np.repeat(np.arange(len(task["users"])), asked)
    return lambda: {"items": first_unseen(row, index.search(task["users"], asked)[1].ravel(), taken, task)}


def ivf_pq(task: Task) -> Run:
    """IVF-PQ of 4 bits with fast scan, and exact scores for the best; the number of cells searched is looked for."""
    items = task["items"]
    cells = int(np.sqrt(len(items)))

    def build() -> faiss.Index:
        index = faiss.index_factory(
            items.shape[1], f"IVF{cells},PQ{items.shape[1] // 2}x4fs,RFlat", faiss.METRIC_INNER_PRODUCT
        )
        index.train(items[:TRAINED_ON])
        index.add(items)
        index.k_factor = REORDERED
        return index

    return _equal_recall(task, build, "nprobe", 4, cells)


def hnsw(task: Task) -> Run:
    """HNSW over exact vectors; how many nodes a search keeps is looked for."""

    def build() -> faiss.Index:
        index = faiss.IndexHNSWFlat(task["items"].shape[1], LINKS, faiss.METRIC_INNER_PRODUCT)
        index.hnsw.efConstruction = BUILD_WIDTH
        index.add(task["items"])
        return index

    return _equal_recall(task, build, "efSearch", task["n"], len(task["items"]))


def _equal_recall(task: Task, build: Callable[[], faiss.Index], parameter: str, least: int, most: int) -> Run:
    """Searches with the least value of a parameter, in steps of a quarter, whose recall is that of the task."""
    faiss.omp_set_num_threads(task["threads"])
    start = time.perf_counter()
    index = build()
    built = time.perf_counter() - start
    space, value = faiss.ParameterSpace(), least
    sample = slice(0, min(1000, len(task["queries"])))
    while True:
        space.set_index_parameter(index, parameter, value)
        reached = recall(index.search(task["queries"][sample], task["n"])[1], task["truth"][sample])
        if reached >= task["recall"] or value >= most:
            break
        value = min(most, value + max(1, value // 4))
    setting = f"{parameter} {value}, built in {built:.0f} s"

    def run() -> Outcome:
        found = index.search(task["queries"], task["n"])[1]
        return {"recall": recall(found, task["truth"]), "setting": setting}

    return run
