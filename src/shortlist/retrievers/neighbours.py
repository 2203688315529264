"""What the neighbourhood retrievers share: similarities of sparse rows, the nearest of them, and votes of users."""

from typing import Literal, Self

import numpy as np
import scipy.sparse as sp
from sklearn.preprocessing import normalize

from shortlist.config import Count
from shortlist.dataset import Dataset, FloatArray, IntArray
from shortlist.retrievers.base import Retriever, parameters

Neighbours = Count | None
"""How many of the nearest to listen to; None = all."""

Weighting = Literal["none", "idf", "bm25"]
"""How two rows are compared: cosine; cosine with rare columns weighing more; or BM25, see `comparable`."""

SATURATION, LENGTH_SHARE = 1.2, 0.75
"""BM25's k1 and b, as in Robertson and Zaragoza."""


def unit_rows(matrix: sp.csr_matrix) -> sp.csr_matrix:
    """Rows scaled to Euclidean length 1, in float64 so that equal neighbours stay equal; empty rows stay empty."""
    return normalize(matrix.astype(np.float64))


def degrees(matrix: sp.csr_matrix) -> tuple[FloatArray, FloatArray]:
    """Items of each user and users of each item, (U,) and (I,) float32; 1 for none, so that it can be divided by."""
    users, items = (np.maximum(matrix.getnnz(axis=axis), 1).astype(np.float32) for axis in (1, 0))
    return users, items


def comparable(matrix: sp.csr_matrix, weighting: Weighting) -> tuple[sp.csr_matrix, sp.csr_matrix]:
    """Two forms of binary rows, so that `first @ second.T` is the similarity of each row to each row.

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
    similarities = (asking @ answering.T).tocsr()
    similarities.setdiag(0)  # an item is no reason for itself
    similarities.eliminate_zeros()
    return cut(similarities, nearest)


def cut(similarities: sp.csr_matrix, nearest: Neighbours) -> sp.csr_matrix:
    """Keep the largest `nearest` entries of each row; among equals the lower column."""
    if nearest is None:
        return similarities
    similarities = similarities.tocsr()
    row = np.repeat(np.arange(similarities.shape[0]), np.diff(similarities.indptr))
    order = np.lexsort((similarities.indices, -similarities.data, row))
    place = np.arange(len(row)) - similarities.indptr[row]
    kept = order[place < nearest]
    return sp.csr_matrix((similarities.data[kept], (row[kept], similarities.indices[kept])), shape=similarities.shape)


def known_scores(scores: sp.csr_matrix) -> FloatArray:
    """Dense float32 scores with -inf where nothing speaks for the item."""
    dense = scores.toarray().astype(np.float32)
    dense[dense == 0] = -np.inf
    return dense


@parameters
class UserNeighbours(Retriever):
    """Mean of the neighbours' rows, weighted by similarity (Resnick et al., "GroupLens", CSCW 1994, without ratings).

    Args:
        neighbours: the nearest users to listen to; None = everybody with an item in common.
        weighting: of the items, see `Weighting`: a rare one in common can say more than a popular one.
    """

    neighbours: Neighbours = None
    weighting: Weighting = "none"

    def fit(self, dataset: Dataset) -> Self:
        """See `Retriever.fit`."""
        self.matrix_ = dataset.matrix().astype(np.float64)
        self.votes_ = self.matrix_
        self.asking_, self.answering_ = comparable(self.matrix_, self.weighting)
        return self

    def score(self, users: IntArray) -> FloatArray:
        """See `Retriever.score`."""
        asking: sp.csr_matrix = self._fitted("asking_")
        similarities = cut((asking[users] @ self.answering_.T).tocsr(), self.neighbours)
        total = np.asarray(abs(similarities).sum(axis=1)).ravel()
        weights = sp.diags_array(np.divide(1.0, total, out=np.zeros_like(total), where=total > 0))
        return known_scores(weights @ similarities @ self.votes_)
