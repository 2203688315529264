"""Content-based: which items read like those the user has, and which have users whose own description is alike?"""

from typing import Self

import numpy as np
import scipy.sparse as sp

from shortlist.common.arrays import IntArray
from shortlist.common.parameters import Count, Share
from shortlist.data.columns import tfidf
from shortlist.data.dataset import Dataset
from shortlist.retrievers.base import SparseRetriever, parameters


@parameters
class Content(SparseRetriever):
    """Cosines of TF-IDF vectors of words and attributes (Salton and Buckley 1988; scikit-learn's weighting).

    An item is described twice: by its own fields, and by the fields of the users who have it; a user by the items'
    fields and by its own. The score is the weighted sum of the two cosines.

    Args:
        user_weight: weight of the users' fields, 0 ... 1; the items' fields weigh the rest.
        min_count: rows that must have a word or attribute for it to count.
    """

    user_weight: Share = 0.5
    min_count: Count = 2

    def fit(self, dataset: Dataset) -> Self:
        """See `Retriever.fit`."""
        matrix = dataset.matrix()
        item_fields = tfidf(dataset.item_table, self.min_count)
        user_fields = tfidf(dataset.user_table, self.min_count)
        # One product of the joined vectors gives both cosines: their weights are split between its two sides.
        by_items, by_users = np.sqrt(1 - self.user_weight), np.sqrt(self.user_weight)
        self.users_ = sp.hstack([by_items * _unit(matrix @ item_fields), by_users * user_fields]).tocsr()
        self.items_ = sp.hstack([by_items * item_fields, by_users * _unit(matrix.T @ user_fields)]).tocsr()
        return self

    def stored_scores(self, users: IntArray) -> sp.csr_matrix:
        """See `SparseRetriever.stored_scores`."""
        rows: sp.csr_matrix = self._fitted("users_")[users]
        return rows @ self.items_.T


def _unit(rows: sp.csr_matrix) -> sp.csr_matrix:
    from sklearn.preprocessing import normalize  # takes a second, which a look at the settings need not pay

    return normalize(rows) if rows.shape[1] else rows


RETRIEVER = Content
