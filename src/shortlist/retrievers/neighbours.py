"""What the neighbourhood retrievers share: cosines between sparse rows, and cutting them to the nearest."""

import numpy as np
import scipy.sparse as sp
from sklearn.preprocessing import normalize

from shortlist.config import Count
from shortlist.dataset import FloatArray

Neighbours = Count | None
"""How many of the nearest to listen to; None = all."""


def unit_rows(matrix: sp.csr_matrix) -> sp.csr_matrix:
    """Rows scaled to Euclidean length 1, in float64 so that equal neighbours stay equal; empty rows stay empty."""
    return normalize(matrix.astype(np.float64))


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
