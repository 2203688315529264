"""What the neighbourhood retrievers share: similarities of sparse rows, the nearest of them, and votes of users."""

from collections.abc import Iterator
from typing import Literal, Self

import numpy as np
import scipy.sparse as sp

from shortlist.common.arrays import FloatArray, IntArray
from shortlist.common.parameters import Count
from shortlist.data.dataset import Dataset
from shortlist.retrievers.base import SparseRetriever, parameters
from shortlist.retrievers.pair_weights import PairWeights
from shortlist.retrievers.topk import best_stored

Neighbours = Count | None
"""How many of the nearest to listen to; None = all, but of many items see `ENTRIES`."""

ENTRIES = 2**26
"""Similarities of items that are kept at most, 800 MB: 335 of each of 200,000 items, all of up to 8,192."""

PRODUCTS = 2**25
"""Similarities of items that are computed at once, 400 MB."""

Weighting = Literal["none", "idf", "bm25"]
"""How two rows are compared: cosine; cosine with rare columns weighing more; or BM25, see `comparable`."""

SATURATION, LENGTH_SHARE = 1.2, 0.75
"""BM25's k1 and b, as in Robertson and Zaragoza."""


def unit_rows(matrix: sp.csr_matrix) -> sp.csr_matrix:
    """Rows scaled to Euclidean length 1, in float64 so that equal neighbours stay equal; empty rows stay empty."""
    from sklearn.preprocessing import normalize  # takes a second, which a look at the settings need not pay

    return normalize(matrix.astype(np.float64))


def degrees(matrix: sp.csr_matrix) -> tuple[FloatArray, FloatArray]:
    """Items of each user and users of each item, (U,) and (I,) float32; 1 for none, so that it can be divided by."""
    users, items = (np.maximum(matrix.getnnz(axis=axis), 1).astype(np.float32) for axis in (1, 0))
    return users, items


def comparable(matrix: sp.csr_matrix, weighting: Weighting) -> tuple[sp.csr_matrix, sp.csr_matrix]:
    """Two forms of rows, so that `first @ second.T` is the similarity of each row to each row.

    A column that n of N rows have weighs log(1 + N / n) with "idf" (Salton and Buckley 1988), on both sides of the
    cosine. "bm25" (Robertson and Zaragoza, "The Probabilistic Relevance Framework", 2009) has it once, and divides by
    the length of the second row instead of by both norms: long rows are penalised as neighbours, not as askers.
    """
    if weighting == "none":
        unit = unit_rows(matrix)
        return unit, unit
    rows, columns = degrees(matrix)
    weighted = (matrix @ sp.diags_array(np.log1p(matrix.shape[0] / columns.astype(np.float64)))).tocsr()
    if weighting == "idf":
        unit = unit_rows(weighted)
        return unit, unit
    length = 1 - LENGTH_SHARE + LENGTH_SHARE * rows / rows.mean(dtype=np.float64)
    saturated = (SATURATION + 1) / (1 + SATURATION * length)
    return matrix.astype(np.float64), (sp.diags_array(saturated) @ weighted).tocsr()


def item_similarities(matrix: sp.csr_matrix, weighting: Weighting, nearest: Neighbours) -> sp.csr_matrix:
    """Of each item, its similarity to the nearest others, (I, I), from the pairs (U, I)."""
    asking, answering = comparable(matrix.T.tocsr(), weighting)
    return nearest_products(asking, answering.T.tocsr(), nearest)


def nearest_products(first: sp.csr_matrix, second: sp.csr_matrix, nearest: Neighbours) -> sp.csr_matrix:
    """The largest entries of each row of `first @ second`, (n, n), without its diagonal: no item speaks for itself.

    The product is made and cut block by block: all of it, of 200,000 items, would not fit into memory.

    Args:
        first, second: (n, k) and (k, n).
        nearest: entries of a row; None = all, or as many as keep the result within `ENTRIES`.
    """
    n = first.shape[0]
    nearest = max(1, ENTRIES // n) if nearest is None else nearest
    blocks = []
    for start, end in _row_blocks(first, second):
        block = (first[start:end] @ second).tocsr()
        row = np.repeat(np.arange(start, end), np.diff(block.indptr))
        block.data[block.indices == row] = 0
        block.eliminate_zeros()
        blocks.append(cut(block, nearest))
    return sp.vstack(blocks, format="csr")


def _row_blocks(first: sp.csr_matrix, second: sp.csr_matrix) -> Iterator[tuple[int, int]]:
    """Rows of `first` whose part of `first @ second` has at most `PRODUCTS` entries, or one row; from and to."""
    terms = np.concatenate([[0], np.cumsum(np.diff(second.indptr)[first.indices])])[first.indptr]
    start = 0
    while start < first.shape[0]:
        end = max(start + 1, int(np.searchsorted(terms, terms[start] + PRODUCTS, side="right")) - 1)
        yield start, end
        start = end


def cut(similarities: sp.csr_matrix, nearest: Neighbours) -> sp.csr_matrix:
    """Keep the largest `nearest` entries of each row; among equals the lower column."""
    counts = np.diff(similarities.indptr)
    if nearest is None or counts.max(initial=0) <= nearest:
        return similarities
    kept = best_stored(similarities, nearest)
    starts = np.concatenate([[0], np.cumsum(np.minimum(counts, nearest))])
    return sp.csr_matrix((similarities.data[kept], similarities.indices[kept], starts), shape=similarities.shape)


@parameters
class UserNeighbours(PairWeights, SparseRetriever):
    """Mean of the neighbours' rows, weighted by similarity (Resnick et al., "GroupLens", CSCW 1994, without ratings).

    Rows are pairs by count, kind, age and order, the asker's as well as the neighbours'; see `PairWeights`.

    Args:
        neighbours: the nearest users to listen to; None = everybody with an item in common.
        weighting: of the items, see `Weighting`: a rare one in common can say more than a popular one.
    """

    neighbours: Neighbours = None
    weighting: Weighting = "none"

    def fit(self, dataset: Dataset) -> Self:
        """See `Retriever.fit`."""
        self.matrix_ = self.recent_weights(dataset).astype(np.float64)
        self.votes_ = self.matrix_
        self.asking_, self.answering_ = comparable(self.matrix_, self.weighting)
        return self

    def stored_scores(self, users: IntArray) -> sp.csr_matrix:
        """See `SparseRetriever.stored_scores`."""
        asking: sp.csr_matrix = self._fitted("asking_")
        similarities = cut((asking[users] @ self.answering_.T).tocsr(), self.neighbours)
        total = np.asarray(abs(similarities).sum(axis=1)).ravel()
        weights = sp.diags_array(np.divide(1.0, total, out=np.zeros_like(total), where=total > 0))
        return weights @ similarities @ self.votes_
