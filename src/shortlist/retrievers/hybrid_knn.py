"""Item neighbours that are told by their users and by their descriptions together."""

from typing import Self

import numpy as np
import scipy.sparse as sp

from shortlist.common.arrays import IntArray
from shortlist.common.parameters import Count, Share
from shortlist.data.candidates import NO_ITEM
from shortlist.data.columns import tfidf
from shortlist.data.dataset import Dataset
from shortlist.retrievers.base import SparseRetriever, parameters
from shortlist.retrievers.neighbours import Neighbours, Weighting, item_similarities
from shortlist.retrievers.pair_weights import PairWeights
from shortlist.retrievers.topk import largest

BLOCK = 1024
"""Items compared by their descriptions at once: most have some word in common, so that the result is nearly dense."""


@parameters
class HybridKNN(PairWeights, SparseRetriever):
    """Weighted hybrid (Burke, "Hybrid Recommender Systems", UMUAI 2002) of item-based filtering and content.

    The similarity of two items is the weighted sum of that of their users and of the cosine of their TF-IDF vectors;
    the score is its sum over the items of the user. These count by `recency` too, the similarities do not; see
    `PairWeights`.

    Args:
        content_weight: weight of the descriptions, 0 ... 1; the users weigh the rest. BM25 is not bounded by 1 as the
            cosine is, so that a large weight may be right with it.
        neighbours: the nearest items by users that each item listens to; None = all that share a user.
        content_neighbours: the nearest items by description that each item listens to.
        weighting: of the users, see `neighbours.Weighting`.
        min_count: items that must have a word or attribute for it to count.
    """

    # tuned: scripts/tune_retrievers.py
    content_weight: Share = 0.8
    neighbours: Neighbours = None
    content_neighbours: Count = 20
    weighting: Weighting = "bm25"
    min_count: Count = 2

    def fit(self, dataset: Dataset) -> Self:
        """See `Retriever.fit`."""
        self.matrix_ = self.recent_weights(dataset)
        by_users = item_similarities(self.weights(dataset), self.weighting, self.neighbours)
        by_content = _cosines(tfidf(dataset.item_table, self.min_count), self.content_neighbours)
        self.votes_ = ((1 - self.content_weight) * by_users + self.content_weight * by_content).T.tocsr()
        return self

    def stored_scores(self, users: IntArray) -> sp.csr_matrix:
        """See `SparseRetriever.stored_scores`."""
        votes: sp.csr_matrix = self._fitted("votes_")
        return self.matrix_[users] @ votes


def _cosines(vectors: sp.csr_matrix, nearest: int) -> sp.csr_matrix:
    """Cosines of unit rows to their nearest others, (rows, rows)."""
    n = vectors.shape[0]
    columns, values = [], []
    for start in range(0, n, BLOCK):
        block = (vectors[start : start + BLOCK] @ vectors.T).toarray()
        np.fill_diagonal(block[:, start:], 0)
        neighbours, cosines = largest(np.where(block > 0, block, -np.inf), min(nearest, n))
        columns.append(neighbours)
        values.append(cosines)
    column, value = np.concatenate(columns), np.concatenate(values)
    row = np.broadcast_to(np.arange(n)[:, None], column.shape)
    some = column != NO_ITEM
    return sp.csr_matrix((value[some], (row[some], column[some])), shape=(n, n))


RETRIEVER = HybridKNN
