"""Personalised PageRank: where does a walker end up who keeps returning to the user?"""

from typing import Annotated, Self

import numpy as np
import scipy.sparse as sp
from pydantic import Field

from shortlist.common.arrays import FloatArray, IntArray
from shortlist.common.parameters import AnyPower, Passes, Power, SomeShare
from shortlist.data.dataset import Dataset
from shortlist.retrievers.base import Retriever, parameters
from shortlist.retrievers.neighbours import degrees
from shortlist.retrievers.pair_weights import PairWeights


@parameters
class PersonalisedPageRank(PairWeights, Retriever):
    """Random walk with restart on the graph of users and items (Page et al. 1999; Haveliwala, WWW 2002).

    Of a node's pairs the walker takes each as often as it weighs, see `PairWeights`.

    Args:
        damping: probability of another step instead of a return to the user.
        steps: rounds of walking, two steps each, to an item and back to a user.
        beta: power of an item's number of users that its score is divided by: 0 favours popular items.
        bias: the walker goes to a user or an item of n pairs with a probability proportional to n**bias; 0 = PageRank
            (Gómez-Gardeñes and Latora, "Entropy rate of diffusion processes on complex networks", PRE 2008).
    """

    # tuned: scripts/tune_retrievers.py
    damping: Annotated[SomeShare, Field(lt=1)] = 0.9
    steps: Passes = 3
    beta: Power = 0.25
    bias: AnyPower = 0.5

    def fit(self, dataset: Dataset) -> Self:
        """See `Retriever.fit`."""
        from sklearn.preprocessing import normalize  # takes a second, which a look at the settings need not pay

        matrix = self.recent_weights(dataset)
        user_degree, item_degree = degrees(matrix)
        self.to_items_ = normalize((matrix @ sp.diags_array(item_degree**self.bias)).tocsr(), norm="l1")
        self.to_users_ = normalize((matrix.T @ sp.diags_array(user_degree**self.bias)).tocsr(), norm="l1")
        self.discount_ = item_degree**-self.beta
        return self

    def score(self, users: IntArray) -> FloatArray:
        """See `Retriever.score`."""
        discount: FloatArray = self._fitted("discount_")
        at_items = self.to_items_[users].toarray()
        total = at_items.copy()
        for step in range(1, self.steps):
            at_items = (at_items @ self.to_users_) @ self.to_items_
            total += self.damping ** (2 * step) * at_items
        scores = total * discount
        scores[scores == 0] = -np.inf
        return scores


RETRIEVER = PersonalisedPageRank
