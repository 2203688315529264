"""User neighbours whose votes for an item count for its near copies too: the items with the same attributes."""

from typing import Self

import numpy as np
import scipy.sparse as sp

from shortlist.common.parameters import Weight
from shortlist.data.columns import equal_rows
from shortlist.data.dataset import Dataset
from shortlist.retrievers.base import parameters
from shortlist.retrievers.neighbours import UserNeighbours


@parameters
class NearCopies(UserNeighbours):
    """User-based filtering in which the votes for an item count for its group too, divided by the group's size.

    Items that no column of their table tells apart are a group: the same posting put up again, say. With few votes for
    each, the others' are evidence, as in the shrinkage of means (Efron and Morris, "Stein's Paradox in Statistics",
    1977). An item's own votes stay whole: else members of large groups, alike in little but empty fields, would fall
    behind items without a copy. The parameters of `user_knn` mean the same here.

    Args:
        pooling: weight of the group's votes beside the item's own; 0 = `user_knn`.
    """

    # tuned: scripts/tune_retrievers.py
    pooling: Weight = 0.2

    def fit(self, dataset: Dataset) -> Self:
        """See `Retriever.fit`."""
        from sklearn.preprocessing import normalize  # takes a second, which a look at the settings need not pay

        super().fit(dataset)
        group = equal_rows(dataset.item_table)
        membership = sp.csr_matrix((np.ones(len(group)), (np.arange(len(group)), group)))
        means = (membership @ normalize(membership.T.tocsr(), norm="l1")).tocsr()
        means.setdiag(0)
        means.eliminate_zeros()
        self.votes_ = (self.matrix_ + self.pooling * self.matrix_ @ means).tocsr()
        return self


RETRIEVER = NearCopies
