"""The two-tower model in TensorFlow: its towers and FactorizedTopK. Importing this takes 5-10 s."""

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from shortlist.common.arrays import DoubleArray, FloatArray, IntArray
from shortlist.data.columns import Dates, indicators
from shortlist.data.dataset import Dataset
from shortlist.engine.tensorflow import GPU, tf, tfrs
from shortlist.retrievers.tower_draws import NOBODY, draw, summed_by_rows, summed_by_table

BLOCK = 4096
"""Rows at once when a fitted tower is applied to everybody."""

SEEDS = 6
"""Seeds in a row that one training step takes: four of its dropout, two of the members that it draws."""

LATEST = 32
"""Items of a history that tell what its user wants now. Recall@10 of one seed with 32, with 64, with the mean of all:
MovieLens-100k, last 10 of each user, 0.129, 0.119, 0.119; Complete Journey, last 14 days, 0.125, 0.126, 0.125; Ta-Feng,
last two weeks, 0.108, 0.110, 0.109. An audience is better whole: of its latest 64, 0.100 and 0.037 on the last two."""

LARGE = 65_536
"""Rows from which on a table is learnt lazily: as many as a step touches at most, with 1000 pairs of 64 members."""


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

    @classmethod
    def none(cls, size: int) -> "Bags":
        """Nothing in any of `size` rows."""
        return cls(np.zeros(0, np.int32), np.zeros(size, np.int32))

    @classmethod
    def grouped(cls, rows: IntArray, values: IntArray, size: int, time: DoubleArray | None) -> "Bags":
        """The values of each of `size` rows, latest last, or as they come where there is no time; (n,) each."""
        order = np.lexsort((rows,) if time is None else (time, rows))
        return cls(values[order], np.bincount(rows, minlength=size).astype(np.int32))

    def tensor(self) -> tf.RaggedTensor:
        """The lists as (rows, None) int32."""
        return tf.RaggedTensor.from_row_lengths(self.values, self.lengths, validate=False)


BAGS = ("history", "audience", "user_features", "item_features")
WEIGHTS = ("items", "users", "user_features", "item_features")
MEMBERS = {"history": "items", "audience": "users"}
"""Bags of the other side, and the weights of their members."""


@dataclass(frozen=True)
class Inputs:
    """What the towers look up: each user's items, each item's users, and the features of both (F and G of them)."""

    history: Bags
    audience: Bags
    user_features: Bags
    item_features: Bags
    sizes: tuple[int, int, int, int]
    """I, U, F, G: the rows of the weights named in `WEIGHTS`; 0 for what is not used."""
    most: tuple[int, int]
    """Members of a history and of an audience that one training step draws at most."""
    timed: bool
    """Whether the last items of a history are the latest ones."""

    @classmethod
    def of(
        cls, dataset: Dataset, *, history: int, audience: int, features: bool, min_count: int, dates: Dates
    ) -> "Inputs":
        """Read from the dataset; with an `audience` of 0, or without `features`, those lists are empty."""
        sides = []
        for table in (dataset.user_table, dataset.item_table):
            used = table if features else table.iloc[:, :0]
            sides.append(indicators(used, min_count=min_count, dates=dates).matrix)
        users, items = sides
        (user, item), time = dataset.pairs.T, dataset.last
        taken = Bags.grouped(user, item, len(dataset.users), time)
        takers = Bags.grouped(item, user, len(dataset.items), None) if audience else Bags.none(len(dataset.items))
        sizes = (len(dataset.items), len(dataset.users) if audience else 0, users.shape[1], items.shape[1])
        return cls(taken, takers, Bags.of(users), Bags.of(items), sizes, (history, audience), time is not None)

    def arrays(self) -> dict[str, np.ndarray]:
        """All of it as arrays by name, to be saved."""
        parts = itertools.product(BAGS, ("values", "lengths"))
        arrays = {f"{name}_{part}": getattr(getattr(self, name), part) for name, part in parts}
        return {**arrays, **{name: np.array(getattr(self, name)) for name in ("sizes", "most", "timed")}}

    @classmethod
    def of_arrays(cls, arrays: Mapping[str, np.ndarray]) -> "Inputs":
        """What `arrays` gave."""
        history, audience, users, items = (Bags(arrays[f"{name}_values"], arrays[f"{name}_lengths"]) for name in BAGS)
        sizes, most = (tuple(arrays[name].tolist()) for name in ("sizes", "most"))
        return cls(history, audience, users, items, sizes, most, bool(arrays["timed"]))


class Towers(tf.Module):
    """A user tower and an item tower of d dimensions, each of the other side's embeddings.

    item = l2(its embedding + audience + features), user = l2(history + features). The history is the sum of the
    embeddings of the user's items / sqrt(their number), the audience that of the item's users, and the features the
    sum of the features' embeddings / sqrt(their number).

    In training, of histories and audiences with more members than `Inputs.most` so many are drawn at each step.
    Outside of it such a list is what draws are on average, the mean of all members' embeddings * sqrt(`most`). But
    where there are times, a history is its `LATEST` items.

    Args:
        inputs: see `Inputs`.
        weights: `items` (I, d), `users` (U, d), `user_features` (F, d) and `item_features` (G, d), float32.
    """

    def __init__(self, inputs: Inputs, weights: dict[str, FloatArray]) -> None:
        super().__init__()
        self.bags = {name: getattr(inputs, name).tensor() for name in BAGS}
        self.weights = {name: tf.Variable(value, name=name) for name, value in weights.items()}
        self.lazy = {name for name, value in weights.items() if len(value) >= LARGE}
        self._timed = inputs.timed
        self._most = dict(zip(MEMBERS, inputs.most, strict=True))
        self._longest = {side: int(getattr(inputs, side).lengths.max(initial=0)) for side in MEMBERS}

    def user(self, users: tf.Tensor) -> tf.Tensor:
        """(m,) int32 codes -> (m, d) unit vectors."""
        return tf.nn.l2_normalize(self._others("history", users) + self._features("user_features", users), axis=1)

    def item(self, items: tf.Tensor) -> tf.Tensor:
        """(m,) int32 codes -> (m, d) unit vectors."""
        return tf.nn.l2_normalize(self._itself(items) + self._others("audience", items), axis=1)

    def training_pair(
        self, users: tf.Tensor, items: tf.Tensor, seed: tf.Tensor, dropout: float, history_dropout: float
    ) -> tuple[tf.Tensor, tf.Tensor]:
        """Both towers for pairs to learn from: with dropout, and either side left out of what the other has.

        Args:
            users, items: (b,) int32 codes.
            seed: (2,) int32, of the dropout and of the members that are drawn.
        """
        seeds = [seed + tf.constant([number, 0]) for number in range(SEEDS)]
        user = self._learnt_from("history", users, items, (seeds[0], seeds[4]), history_dropout)
        user += self._features("user_features", users, learning=True)
        item = self._itself(items, learning=True)
        item += self._learnt_from("audience", items, users, (seeds[3], seeds[5]), history_dropout)
        user = tf.nn.experimental.stateless_dropout(user, dropout, seeds[1])
        item = tf.nn.experimental.stateless_dropout(item, dropout, seeds[2])
        return tf.nn.l2_normalize(user, axis=1), tf.nn.l2_normalize(item, axis=1)

    def _itself(self, items: tf.Tensor, *, learning: bool = False) -> tf.Tensor:
        return tf.gather(self.weights["items"], items) + self._features("item_features", items, learning=learning)

    def _others(self, side: str, codes: tf.Tensor) -> tf.Tensor:
        """What each of the codes has of the other side, (m, d)."""
        lists = tf.gather(self.bags[side], codes)
        if self._timed and side == "history":
            lists = lists[:, -LATEST:]
        vectors = self._summed(MEMBERS[side], lists.values, tf.cast(lists.value_rowids(), tf.int32), tf.shape(codes)[0])
        number = tf.cast(lists.row_lengths(), tf.float32)
        return vectors * tf.sqrt(tf.minimum(1.0, self._most[side] / tf.maximum(number, 1.0)))[:, None]

    def _learnt_from(
        self, side: str, codes: tf.Tensor, excluded: tf.Tensor, seeds: tuple[tf.Tensor, tf.Tensor], dropout: float
    ) -> tf.Tensor:
        """The same in training, without `excluded`, one of them for each of the codes, and thinned by dropout.

        Args:
            seeds: of the dropout and of the draw.
        """
        if self._longest[side] > self._most[side] or MEMBERS[side] in self.lazy:
            return self._of_drawn(side, codes, excluded, seeds, dropout)
        others, rows = self._listed(side, codes)
        drawn = tf.random.stateless_uniform(tf.shape(others), seeds[0])
        kept = tf.where((others != tf.gather(excluded, rows)) & (drawn >= dropout))[:, 0]
        others, rows = tf.gather(others, kept), tf.gather(rows, kept)
        return self._summed(MEMBERS[side], others, rows, tf.shape(codes)[0], learning=True)

    def _of_drawn(
        self, side: str, codes: tf.Tensor, excluded: tf.Tensor, seeds: tuple[tf.Tensor, tf.Tensor], dropout: float
    ) -> tf.Tensor:
        """`_learnt_from` for lists of any length: drawn and summed once for all pairs of a user, or of an item."""
        distinct, place = tf.unique(codes)
        others = draw(self.bags[side], distinct, min(self._most[side], self._longest[side]), seeds[1])
        kept = (others != NOBODY) & (tf.random.stateless_uniform(tf.shape(others), seeds[0]) >= dropout)
        others = tf.where(kept, others, NOBODY)
        where = tf.cast(tf.where(kept), tf.int32)
        # The excluded ones at the end, each a segment of its own: one look-up, and one gradient, for all of them.
        sizes = tf.stack([tf.size(distinct), tf.size(codes)])
        segments = tf.concat([where[:, 0], tf.range(sizes[0], sizes[0] + sizes[1])], axis=0)
        looked_up = tf.concat([tf.gather_nd(others, where), excluded], axis=0)
        sums = self._sums(MEMBERS[side], looked_up, segments, sizes[0] + sizes[1], learning=True)
        total, alone = tf.split(sums, sizes, num=2)
        own = tf.cast(tf.reduce_any(tf.gather(others, place) == excluded[:, None], axis=1), tf.float32)
        number = tf.gather(tf.reduce_sum(tf.cast(kept, tf.float32), axis=1), place) - own
        without = tf.gather(total, place) - own[:, None] * alone
        return without / tf.sqrt(tf.maximum(number, 1.0))[:, None]

    def _features(self, side: str, codes: tf.Tensor, *, learning: bool = False) -> tf.Tensor:
        return self._summed(side, *self._listed(side, codes), tf.shape(codes)[0], learning=learning)

    def _listed(self, side: str, codes: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """The codes in the bags of `codes`, and the place of each one's bag, (v,) int32 both."""
        bags = tf.gather(self.bags[side], codes)
        return bags.values, tf.cast(bags.value_rowids(), tf.int32)

    def _summed(
        self, name: str, codes: tf.Tensor, rows: tf.Tensor, m: tf.Tensor, *, learning: bool = False
    ) -> tf.Tensor:
        """For each row the sum of its weights / sqrt(their number), (m, d); 0 for one without any."""
        number = tf.math.unsorted_segment_sum(tf.ones(tf.shape(codes)), rows, m)
        return self._sums(name, codes, rows, m, learning=learning) / tf.sqrt(tf.maximum(number, 1.0))[:, None]

    def _sums(self, name: str, codes: tf.Tensor, rows: tf.Tensor, m: tf.Tensor, *, learning: bool) -> tf.Tensor:
        """For each row the sum of its weights, (m, d).

        Applied, they are not all in memory at once, and can be exported; that has no gradient to rely on.
        """
        table = self.weights[name]
        if not table.shape[0]:
            return tf.zeros((m, table.shape[1]))
        if not learning:
            return tf.sparse.segment_sum(table, codes, rows, num_segments=m)
        add = summed_by_rows if GPU or name in self.lazy else summed_by_table
        return add(table, codes, rows, m)


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
