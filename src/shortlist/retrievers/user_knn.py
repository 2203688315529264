"""User-based collaborative filtering: what do users with a similar history have?

With its defaults this is the baseline that the organiser of Dacon 236170 published: S is the cosine of the binary user
rows (all users, oneself among them), the scores are S X / sum |S|.
"""

from typing import Self

import numpy as np
import scipy.sparse as sp

from shortlist.dataset import Dataset, FloatArray, IntArray
from shortlist.retrievers.base import Retriever, parameters
from shortlist.retrievers.neighbours import Neighbours, Weighting, comparable, cut, known_scores


@parameters
class UserKNN(Retriever):
    """Mean of the neighbours' rows, weighted by similarity (Resnick et al., "GroupLens", CSCW 1994, without ratings).

    Args:
        neighbours: the nearest users to listen to; None = everybody with an item in common.
        weighting: of the items, see `neighbours.Weighting`: a rare one in common can say more than a popular one.
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


RETRIEVER = UserKNN
