"""The two-tower model in TensorFlow: its towers and FactorizedTopK. Importing this takes 5-10 s."""

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from shortlist.common.arrays import FloatArray, IntArray
from shortlist.data.columns import Dates, indicators
from shortlist.data.dataset import Dataset
from shortlist.engine.tensorflow import tf, tfrs

BLOCK = 4096
"""Rows at once when a fitted tower is applied to everybody."""

DROPOUTS = 4
"""Seeds in a row that one step's dropout takes."""


@dataclass(frozen=True)
class Bags:
    """A list of codes for each row, as the arrays of a ragged tensor.

    Attributes:
        values: (v,) int32 codes, row after row.
        lengths: (rows,) int32.
    """

    values: IntArray
    lengths: IntArray

    @classmethod
    def of(cls, matrix: sp.csr_matrix) -> "Bags":
        """The stored columns of each row."""
        return cls(matrix.indices.astype(np.int32), np.diff(matrix.indptr).astype(np.int32))

    def tensor(self) -> tf.RaggedTensor:
        """The lists as (rows, None) int32."""
        return tf.RaggedTensor.from_row_lengths(self.values, self.lengths, validate=False)


BAGS = ("history", "audience", "user_features", "item_features")
WEIGHTS = ("items", "users", "user_features", "item_features")


@dataclass(frozen=True)
class Inputs:
    """What the towers look up: each user's items, each item's users, and the features of both (F and G of them)."""

    history: Bags
    audience: Bags
    user_features: Bags
    item_features: Bags
    sizes: tuple[int, int, int, int]
    """I, U, F, G: the rows of the weights named in `WEIGHTS`; 0 for what is not used."""

    @classmethod
    def of(cls, dataset: Dataset, *, audience: bool, features: bool, min_count: int, dates: Dates) -> "Inputs":
        """Read from the dataset; without `audience` or `features` those lists are empty."""
        sides = []
        for table in (dataset.user_table, dataset.item_table):
            used = table if features else table.iloc[:, :0]
            sides.append(indicators(used, min_count=min_count, dates=dates).matrix)
        users, items = sides
        history = dataset.matrix()
        members = (history if audience else history[:0]).T.tocsr()
        sizes = (len(dataset.items), members.shape[1], users.shape[1], items.shape[1])
        return cls(Bags.of(history), Bags.of(members), Bags.of(users), Bags.of(items), sizes)

    def arrays(self) -> dict[str, np.ndarray]:
        """All of it as arrays by name, to be saved."""
        parts = itertools.product(BAGS, ("values", "lengths"))
        arrays = {f"{name}_{part}": getattr(getattr(self, name), part) for name, part in parts}
        return {**arrays, "sizes": np.array(self.sizes)}

    @classmethod
    def of_arrays(cls, arrays: Mapping[str, np.ndarray]) -> "Inputs":
        """What `arrays` gave."""
        history, audience, users, items = (Bags(arrays[f"{name}_values"], arrays[f"{name}_lengths"]) for name in BAGS)
        item_count, user_count, user_width, item_width = (int(size) for size in arrays["sizes"])
        return cls(history, audience, users, items, (item_count, user_count, user_width, item_width))


class Towers(tf.Module):
    """A user tower and an item tower of d dimensions, each of the other side's embeddings.

    item = l2(its embedding + audience + features), user = l2(history + features). The history is the sum of the
    embeddings of the user's items / sqrt(their number), the audience that of the item's users, and the features the
    sum of the features' embeddings / sqrt(their number).

    Args:
        inputs: see `Inputs`.
        weights: `items` (I, d), `users` (U, d), `user_features` (F, d) and `item_features` (G, d), float32.
    """

    def __init__(self, inputs: Inputs, weights: dict[str, FloatArray]) -> None:
        super().__init__()
        self.bags = {name: getattr(inputs, name).tensor() for name in BAGS}
        self.weights = {name: tf.Variable(value, name=name) for name, value in weights.items()}

    def user(self, users: tf.Tensor) -> tf.Tensor:
        """(m,) int32 codes -> (m, d) unit vectors."""
        return tf.nn.l2_normalize(
            self._others("history", "items", users) + self._features("user_features", users), axis=1
        )

    def item(self, items: tf.Tensor) -> tf.Tensor:
        """(m,) int32 codes -> (m, d) unit vectors."""
        return tf.nn.l2_normalize(self._itself(items) + self._others("audience", "users", items), axis=1)

    def training_pair(
        self, users: tf.Tensor, items: tf.Tensor, seed: tf.Tensor, dropout: float, history_dropout: float
    ) -> tuple[tf.Tensor, tf.Tensor]:
        """Both towers for pairs to learn from: with dropout, and either side left out of what the other has.

        Args:
            users, items: (b,) int32 codes.
            seed: (2,) int32, of the dropout.
        """
        seeds = [seed + tf.constant([number, 0]) for number in range(DROPOUTS)]
        user = self._others("history", "items", users, items, seeds[0], history_dropout)
        user += self._features("user_features", users)
        item = self._itself(items) + self._others("audience", "users", items, users, seeds[3], history_dropout)
        user = tf.nn.experimental.stateless_dropout(user, dropout, seeds[1])
        item = tf.nn.experimental.stateless_dropout(item, dropout, seeds[2])
        return tf.nn.l2_normalize(user, axis=1), tf.nn.l2_normalize(item, axis=1)

    def _itself(self, items: tf.Tensor) -> tf.Tensor:
        return tf.gather(self.weights["items"], items) + self._features("item_features", items)

    def _others(
        self,
        side: str,
        members: str,
        codes: tf.Tensor,
        excluded: tf.Tensor | None = None,
        seed: tf.Tensor | None = None,
        dropout: float = 0.0,
    ) -> tf.Tensor:
        """What each of the codes has of the other side, (m, d), but for one of them, `excluded`, in training."""
        others, rows = self._listed(side, codes)
        if excluded is not None:
            drawn = tf.random.stateless_uniform(tf.shape(others), seed)
            kept = tf.where((others != tf.gather(excluded, rows)) & (drawn >= dropout))[:, 0]
            others, rows = tf.gather(others, kept), tf.gather(rows, kept)
        return self._summed(members, others, rows, tf.shape(codes)[0])

    def _features(self, side: str, codes: tf.Tensor) -> tf.Tensor:
        return self._summed(side, *self._listed(side, codes), tf.shape(codes)[0])

    def _listed(self, side: str, codes: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """The codes in the bags of `codes`, and the place of each one's bag, (v,) int32 both."""
        bags = tf.gather(self.bags[side], codes)
        return bags.values, tf.cast(bags.value_rowids(), tf.int32)

    def _summed(self, name: str, codes: tf.Tensor, rows: tf.Tensor, m: tf.Tensor) -> tf.Tensor:
        """For each row the sum of its weights / sqrt(their number), (m, d); 0 for one without any."""
        return tf.sparse.segment_sqrt_n(self.weights[name], codes, rows, num_segments=m)


class MeanTowers(tf.Module):
    """Several towers as one: the product of its vectors is the mean of theirs.

    Args:
        members: trained from different seeds, d dimensions each; the joined vectors have d times as many.
    """

    def __init__(self, members: Sequence[Towers]) -> None:
        super().__init__()
        self.members = list(members)

    def user(self, users: tf.Tensor) -> tf.Tensor:
        """(m,) int32 codes -> (m, d * members) vectors of length 1."""
        return tf.concat([member.user(users) for member in self.members], axis=1) / len(self.members) ** 0.5

    def item(self, items: tf.Tensor) -> tf.Tensor:
        """(m,) int32 codes -> (m, d * members) vectors of length 1."""
        return tf.concat([member.item(items) for member in self.members], axis=1) / len(self.members) ** 0.5


def vectors(tower: Callable[[tf.Tensor], tf.Tensor], n: int) -> FloatArray:
    """A tower's vectors of the codes 0 ... n-1, (n, d), in blocks."""
    blocks = (tf.range(start, min(start + BLOCK, n)) for start in range(0, n, BLOCK))
    return np.concatenate([tower(block).numpy() for block in blocks])


def factorized_top_k(user_vectors: FloatArray, item_vectors: FloatArray, pairs: IntArray) -> dict[str, float]:
    """`tfrs.metrics.FactorizedTopK` on hidden pairs: the share of pairs whose item is among the k best of all items.

    A hit rate per pair in which items that the user already has are not left out: comparable with tutorials, not with
    recall@k. Each item is a candidate once.

    Args:
        user_vectors, item_vectors: (U, d) and (I, d).
        pairs: (n, 2) int32.
    """
    cutoffs = [k for k in (1, 5, 10, 50, 100) if k <= len(item_vectors)]
    # With ids: told apart by scores alone, an item can be beaten by itself, as its score is computed in two ways.
    candidates = tf.data.Dataset.from_tensor_slices((np.arange(len(item_vectors), dtype=np.int32), item_vectors)).batch(
        BLOCK
    )
    metric = tfrs.metrics.FactorizedTopK(candidates=candidates, ks=cutoffs)
    for start in range(0, len(pairs), BLOCK):
        user, item = pairs[start : start + BLOCK].T
        metric.update_state(
            tf.constant(user_vectors[user]), tf.constant(item_vectors[item]), true_candidate_ids=tf.constant(item)
        )
    return {f"factorized_top_k@{k}": float(value) for k, value in zip(cutoffs, metric.result(), strict=True)}
