"""The towers of the sequence model in TensorFlow, and what they look up."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from shortlist.common.arrays import FloatArray
from shortlist.data.columns import Dates, indicators
from shortlist.data.dataset import Dataset
from shortlist.engine.tensorflow import tf
from shortlist.retrievers import sequence_attention
from shortlist.retrievers.sequence_attention import BUCKETS, Attention, Dropout, Layout, bucket
from shortlist.retrievers.sequence_events import Stream
from shortlist.retrievers.towers import Bags

BAGS = ("items", "kinds", "times", "user_features", "item_features")


@dataclass(frozen=True)
class SequenceInputs:
    """What the towers look up: each user's latest entries, see `Stream`, the oldest first, and the features.

    Attributes:
        items, kinds, times: of each user, of the same entries; each has one at least.
        user_features, item_features: of each user and item.
        sizes: I, K, F, G: items, kinds, and features of users and of items.
    """

    items: Bags
    kinds: Bags
    times: Bags
    user_features: Bags
    item_features: Bags
    sizes: tuple[int, int, int, int]

    @classmethod
    def of(
        cls, dataset: Dataset, stream: Stream, length: int, *, features: bool, min_count: int, dates: Dates
    ) -> "SequenceInputs":
        """Read from the dataset.

        Entries of one moment stand in an order drawn once: where there are more of them than are read, any will do.
        """
        users, items = (
            indicators(table if features else table.iloc[:, :0], min_count=min_count, dates=dates).matrix
            for table in (dataset.user_table, dataset.item_table)
        )
        stream = stream.shuffled(np.random.default_rng(0))
        late = stream.latest(length)
        lengths = np.bincount(stream.user[late], minlength=len(dataset.users)).astype(np.int32)
        read, kinds, times = (Bags(part[late], lengths) for part in (stream.item, stream.kind, stream.time))
        sizes = (len(dataset.items), len(dataset.kinds), users.shape[1], items.shape[1])
        return cls(read, kinds, times, Bags.of(users), Bags.of(items), sizes)

    def arrays(self) -> dict[str, np.ndarray]:
        """All of it as arrays by name, to be saved."""
        arrays: dict[str, np.ndarray] = {"sizes": np.array(self.sizes)}
        for name in BAGS:
            bags: Bags = getattr(self, name)
            arrays |= {f"{name}_values": bags.values, f"{name}_lengths": bags.lengths}
        return arrays

    @classmethod
    def of_arrays(cls, arrays: Mapping[str, np.ndarray]) -> "SequenceInputs":
        """What `arrays` gave."""
        bags = {name: Bags(arrays[f"{name}_values"], arrays[f"{name}_lengths"]) for name in BAGS}
        items, kinds, user_features, item_features = (int(size) for size in arrays["sizes"])
        return cls(**bags, sizes=(items, kinds, user_features, item_features))


@dataclass(frozen=True)
class Shape:
    """Of the model; see `sequence.Sequence` for the meaning of each."""

    dimensions: int
    blocks: int
    heads: int
    length: int

    def layout(self, sizes: tuple[int, int, int, int]) -> Layout:
        """The model's weights, given `SequenceInputs.sizes`."""
        items, kinds, user_features, item_features = sizes
        tables = {
            "items": (items + 1, 0.1),  # the last is the opening
            "kinds": (kinds + 1, 0.02),
            "gaps": (BUCKETS, 0.02),
            "user_features": (user_features, 0.05),
            "item_features": (item_features, 0.05),
        }
        own: Layout = {name: ((size, self.dimensions), deviation) for name, (size, deviation) in tables.items()}
        return {**own, **sequence_attention.layout(self.blocks, self.dimensions, self.heads, self.length)}


class SequenceTowers(tf.Module):
    """A user tower that reads the user's latest events, and an item tower that is what each event is read as.

    item = l2(its embedding + features), user = l2(what `Attention` makes of the last entry + features). An entry is
    read as its item (embedding + features), its kind and the time since the entry before it. Features are the sum of
    the features' embeddings / sqrt(their number).

    Args:
        inputs: see `SequenceInputs`.
        weights: by the names of `Shape.layout`, float32.
        shape: see `Shape`.
    """

    def __init__(self, inputs: SequenceInputs, weights: Mapping[str, FloatArray], shape: Shape) -> None:
        super().__init__()
        self.bags = {name: getattr(inputs, name).tensor() for name in BAGS}
        self.weights = {name: tf.Variable(value, name=name) for name, value in weights.items()}
        self._opening = inputs.sizes[0]
        self._length = shape.length
        self._attention = Attention(self.weights, shape.heads)

    def user(self, users: tf.Tensor) -> tf.Tensor:
        """(m,) int32 codes -> (m, d) unit vectors."""
        entries = {name: tf.gather(self.bags[name], users) for name in ("items", "kinds", "times")}
        last = tf.cast(entries["items"].row_lengths(), tf.int32) - 1
        items, kinds, times = (part.to_tensor(0, shape=(None, self._length)) for part in entries.values())
        # What fills a row up stands behind the last entry, which looks back only.
        states = self.states(self.read(items), tf.zeros_like(items), kinds, times, Dropout())
        return self.asking(tf.gather(states, last, batch_dims=1), users)

    def item(self, items: tf.Tensor) -> tf.Tensor:
        """(m,) int32 codes -> (m, d) unit vectors."""
        return tf.nn.l2_normalize(self.read(items), axis=1)

    def read(self, items: tf.Tensor) -> tf.Tensor:
        """Item codes of any shape, the opening's among them -> their embeddings and features, (..., d)."""
        codes = tf.reshape(items, (-1,))
        known = codes < self._opening
        features = self._features("item_features", tf.where(known, codes, 0)) * tf.cast(known, tf.float32)[:, None]
        vectors = tf.gather(self.weights["items"], codes) + features
        return tf.reshape(vectors, tf.concat([tf.shape(items), [vectors.shape[1]]], axis=0))

    def states(
        self, read: tf.Tensor, segments: tf.Tensor, kinds: tf.Tensor, times: tf.Tensor, dropout: Dropout
    ) -> tf.Tensor:
        """What each position of rows of entries says about what comes next, (m, r, d).

        Args:
            read: (m, r, d) vectors of the items.
            segments, kinds, times: (m, r) int32 of the entries; those of other segments are not looked at.
            dropout: see `Dropout`.
        """
        follows = tf.cast(segments[:, 1:] == segments[:, :-1], tf.int32)
        gaps = tf.pad((times[:, 1:] - times[:, :-1]) * follows, [[0, 0], [1, 0]])
        x = read + tf.gather(self.weights["kinds"], kinds) + tf.gather(self.weights["gaps"], bucket(gaps))
        return self._attention(x, segments, times, dropout)

    def asking(self, states: tf.Tensor, users: tf.Tensor) -> tf.Tensor:
        """The states of some positions, (m, d), as unit vectors to compare with items; `users` are theirs, (m,)."""
        return tf.nn.l2_normalize(states + self._features("user_features", users), axis=1)

    def _features(self, side: str, codes: tf.Tensor) -> tf.Tensor:
        bags = tf.gather(self.bags[side], codes)
        # Not `tf.sparse.segment_sqrt_n`: its gradient is whatever is in memory where no code has a feature.
        summed = tf.math.unsorted_segment_sum(
            tf.gather(self.weights[side], bags.values), bags.value_rowids(), tf.shape(codes)[0]
        )
        number = tf.cast(tf.maximum(bags.row_lengths(), 1), tf.float32)
        return summed * tf.math.rsqrt(number)[:, None]
