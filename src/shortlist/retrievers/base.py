"""What every retriever is, and how one is found by the name it has in competition.toml."""

from abc import ABC, abstractmethod
from typing import Any, ClassVar, Self

import numpy as np
import scipy.sparse as sp

from shortlist.common.arrays import FloatArray, IntArray
from shortlist.common.parameters import NotFittedError as NotFittedError
from shortlist.common.parameters import fitted
from shortlist.common.parameters import parameters as parameters
from shortlist.data.dataset import Dataset
from shortlist.retrievers.index import ItemIndex, Search
from shortlist.retrievers.topk import largest, largest_stored


@parameters
class Retriever(ABC):
    """Ranks items for users from the pairs seen so far. Parameters are fields; what `fit` learns ends in `_`."""

    uses_seed: ClassVar[bool] = False
    """Whether chance plays a part; such a retriever has a field `seed`."""

    long_from: ClassVar[float] = float("inf")
    """Pairs of a dataset from which on a fit takes much longer than a process takes to start."""

    @abstractmethod
    def fit(self, dataset: Dataset) -> Self:
        """Learn from the dataset's pairs and tables; returns self."""

    @abstractmethod
    def score(self, users: IntArray) -> FloatArray:
        """Score every item for some users.

        Args:
            users: (m,) int32 user codes.

        Returns:
            (m, I) float32; higher is better, -inf where the retriever knows no reason for the item.

        Raises:
            NotFittedError: before `fit`.
        """

    def lacking(self, dataset: Dataset) -> str | None:
        """What the parameters name and the dataset has not, asked before anything runs; by default nothing."""
        return None

    def candidates(self, users: IntArray, n: int) -> tuple[IntArray, FloatArray]:
        """The n best items of each user, seen ones included: items and scores, both (m, n), best first."""
        return largest(self.score(users), n)

    def memory(self, users: int, items: int, pairs: int) -> int:
        """Bytes that it needs at most for a dataset of that size; by default of sparse rows and vectors."""
        return 100 * pairs + 2000 * (users + items)

    def figures(self, pairs: IntArray) -> dict[str, float]:
        """Further figures of the fitted model on hidden pairs, (n, 2) int32, to stand beside recall; mostly none."""
        return {}

    def state(self) -> dict[str, np.ndarray]:
        """What an export needs of the fitted model, by name; empty for a retriever that is not exported."""
        return {}

    def _fitted(self, name: str) -> Any:
        return fitted(self, name)


@parameters
class SparseRetriever(Retriever):
    """A retriever for which something speaks only for some of the items: no user needs a row of all of them."""

    @abstractmethod
    def stored_scores(self, users: IntArray) -> sp.csr_matrix:
        """The scores of some users, (m, I); what is not stored, or is 0, is an item that nothing speaks for.

        Raises:
            NotFittedError: before `fit`.
        """

    def score(self, users: IntArray) -> FloatArray:
        """See `Retriever.score`."""
        dense = self.stored_scores(users).toarray().astype(np.float32)
        dense[dense == 0] = -np.inf
        return dense

    def candidates(self, users: IntArray, n: int) -> tuple[IntArray, FloatArray]:
        """See `Retriever.candidates`."""
        scores = self.stored_scores(users).tocsr()
        if not scores.data.all():
            scores.eliminate_zeros()  # sorts the rows as well, which takes longer than choosing from them
        return largest_stored(scores, n)


@parameters
class VectorRetriever(Retriever):
    """A retriever whose score is the inner product of a user's and an item's vector.

    `fit` sets `user_vectors_` (U, d) and `item_vectors_` (I, d), float32.

    Args:
        search: how the nearest items are found, see `shortlist.retrievers.index`.
    """

    search: Search = "auto"

    def score(self, users: IntArray) -> FloatArray:
        """See `Retriever.score`."""
        return self._fitted("user_vectors_")[users] @ self._fitted("item_vectors_").T

    def candidates(self, users: IntArray, n: int) -> tuple[IntArray, FloatArray]:
        """See `Retriever.candidates`; through the index, without scoring every item where it is approximate."""
        queries, items = self._fitted("user_vectors_")[users], self._fitted("item_vectors_")
        index = self.__dict__.get("index_")
        if index is None or index.vectors is not items:  # of an earlier fit
            index = self.index_ = ItemIndex(items, self.search)
        return index.search(queries, n)

    def __getstate__(self) -> dict[str, Any]:
        """What goes to another process: the index is built there, since ScaNN's cannot be sent."""
        return {name: value for name, value in self.__dict__.items() if name != "index_"}
