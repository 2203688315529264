"""User neighbours whose votes for an item count for its near copies too: the items with the same attributes."""

from typing import Annotated, Self

import numpy as np
import pandas as pd
import scipy.sparse as sp
from pydantic import Field
from sklearn.preprocessing import normalize

from shortlist.dataset import Dataset
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
    pooling: Annotated[float, Field(ge=0)] = 0.2

    def fit(self, dataset: Dataset) -> Self:
        """See `Retriever.fit`."""
        super().fit(dataset)
        membership = _membership(dataset.item_table)
        means = (membership @ normalize(membership.T.tocsr(), norm="l1")).tocsr()
        means.setdiag(0)
        means.eliminate_zeros()
        self.votes_ = (self.matrix_ + self.pooling * self.matrix_ @ means).tocsr()
        return self


def _membership(table: pd.DataFrame) -> sp.csr_matrix:
    """Which group of equal rows each row is in, (rows, groups) of ones; without columns each is its own."""
    rows = np.arange(len(table))
    group = table.groupby(list(table), dropna=False, observed=True).ngroup().to_numpy() if len(table.columns) else rows
    return sp.csr_matrix((np.ones(len(rows)), (rows, group)))


RETRIEVER = NearCopies
