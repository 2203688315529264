"""Causal self-attention over rows of events, in TensorFlow."""

from collections.abc import Mapping

import numpy as np

from shortlist.common.arrays import FloatArray
from shortlist.engine.tensorflow import tf
from shortlist.retrievers.sequence_events import UNITS

LIMITS = [2**power for power in range(UNITS.bit_length())]
"""From which length of time on the next bucket begins; the first, below 1 unit, is of the same time."""

BUCKETS = len(LIMITS) + 1

NOT_SEEN = -1e9
"""Added to the logit of what a position must not look at."""

Layout = Mapping[str, tuple[tuple[int, ...], float | None]]
"""The weights by name: their shape, and the standard deviation of their initial values; None = a scale and an offset
for each norm."""


def bucket(time: tf.Tensor) -> tf.Tensor:
    """Lengths of time, int32, as the number of their bucket: 0 units, 1, 2-3, 4-7, ..."""
    return tf.raw_ops.Bucketize(input=time, boundaries=LIMITS)


def layout(blocks: int, dimensions: int, heads: int, length: int) -> Layout:
    """The weights of `Attention`."""
    d = dimensions
    inner = heads * -(-d // heads)  # every number of heads will do
    weights: dict[str, tuple[tuple[int, ...], float | None]] = {"norm": ((2, d), None)}
    for block in range(blocks):
        into, back = d**-0.5, 0.5 * d**-0.5  # what is added to the row begins small
        weights |= {f"{block}_{name}": ((d, inner), into) for name in ("query", "key", "value")}
        weights |= {f"{block}_out": ((inner, d), back), f"{block}_up": ((d, d), into), f"{block}_down": ((d, d), back)}
        weights |= {f"{block}_up_offset": ((d,), 0.0), f"{block}_norms": ((4, d), None)}
        weights |= {f"{block}_steps": ((length, heads), 0.0), f"{block}_ages": ((BUCKETS, heads), 0.0)}
    return weights


def draw(weights: Layout, rng: np.random.Generator) -> dict[str, FloatArray]:
    """Initial values."""
    values = {}
    for name, (shape, deviation) in weights.items():
        if deviation is None:
            values[name] = np.zeros(shape, dtype=np.float32)
            values[name][::2] = 1
        else:
            values[name] = rng.normal(scale=deviation, size=shape).astype(np.float32)
    return values


class Dropout:
    """Dropout whose every call takes a seed of its own.

    Args:
        share: of the values, left out.
        seed: (2,) int32; None = nothing is left out, as where the model is applied.
    """

    def __init__(self, share: float = 0.0, seed: tf.Tensor | None = None) -> None:
        self._share = share
        self._seed = seed
        self._calls = 0

    def __call__(self, x: tf.Tensor) -> tf.Tensor:
        """The same shape, thinned."""
        if self._seed is None or not self._share:
            return x
        self._calls += 1
        return tf.nn.experimental.stateless_dropout(x, self._share, self._seed + tf.constant([self._calls, 0]))


class Attention:
    """Blocks of causal self-attention and a layer of its own for each position, as in SASRec.

    Kang and McAuley, "Self-attentive sequential recommendation", ICDM 2018; norms come first (Xiong et al., ICML 2020).
    Where SASRec gives each position an embedding, here how many steps back a position is, and how long ago, is added to
    the attention's logits (Shaw et al., NAACL 2018; Zhai et al., "Actions speak louder than words", ICML 2024): a
    position in the middle of a row then gives exactly what it would give as the last.

    Args:
        weights: variables by the names of `layout`.
        heads: of each block.
    """

    def __init__(self, weights: Mapping[str, tf.Variable], heads: int) -> None:
        self._weights = weights
        self._heads = heads
        self._blocks = sum(name.endswith("_query") for name in weights)

    def __call__(self, x: tf.Tensor, segments: tf.Tensor, times: tf.Tensor, dropout: Dropout) -> tf.Tensor:
        """(m, r, d) vectors of entries -> (m, r, d), each made of the entries up to its own.

        Args:
            x: the entries.
            segments: (m, r) int32; an entry looks only at those of its own segment.
            times: (m, r) int32, in `UNITS`.
            dropout: of what is read and of what is added.
        """
        steps = tf.range(x.shape[1])[:, None] - tf.range(x.shape[1])
        seen = (steps >= 0) & (segments[:, :, None] == segments[:, None])
        hidden = tf.where(seen, 0.0, NOT_SEEN)[:, None]
        steps, ages = tf.maximum(steps, 0), bucket(times[:, :, None] - times[:, None])
        x = dropout(x)
        for block in range(self._blocks):
            own = {
                name.partition("_")[2]: value for name, value in self._weights.items() if name.startswith(f"{block}_")
            }
            bias = hidden + tf.transpose(tf.gather(own["steps"], steps), (2, 0, 1))
            bias += tf.transpose(tf.gather(own["ages"], ages), (0, 3, 1, 2))
            x += dropout(self._attended(_norm(x, own["norms"][:2]), own, bias))
            x += dropout(_inner_layer(_norm(x, own["norms"][2:]), own))
        return _norm(x, self._weights["norm"])

    def _attended(self, x: tf.Tensor, own: Mapping[str, tf.Variable], bias: tf.Tensor) -> tf.Tensor:
        """What each position takes from those it looks at; `bias` (m, heads, r, r) is added to the logits."""
        query, key, value = (self._split(tf.tensordot(x, own[name], 1)) for name in ("query", "key", "value"))
        logits = tf.matmul(query, key, transpose_b=True) * query.shape[-1] ** -0.5 + bias
        taken = tf.transpose(tf.matmul(tf.nn.softmax(logits), value), (0, 2, 1, 3))
        return tf.tensordot(tf.reshape(taken, (-1, x.shape[1], own["out"].shape[0])), own["out"], 1)

    def _split(self, x: tf.Tensor) -> tf.Tensor:
        """(m, r, heads * w) -> (m, heads, r, w)."""
        parts = tf.reshape(x, (-1, x.shape[1], self._heads, x.shape[2] // self._heads))
        return tf.transpose(parts, (0, 2, 1, 3))


def _inner_layer(x: tf.Tensor, own: Mapping[str, tf.Variable]) -> tf.Tensor:
    return tf.tensordot(tf.nn.relu(tf.tensordot(x, own["up"], 1) + own["up_offset"]), own["down"], 1)


def _norm(x: tf.Tensor, weights: tf.Tensor) -> tf.Tensor:
    """Layer normalization; `weights` are a scale and an offset, (2, d)."""
    centred = x - tf.reduce_mean(x, axis=-1, keepdims=True)
    variance = tf.reduce_mean(tf.square(centred), axis=-1, keepdims=True)
    return centred * tf.math.rsqrt(variance + 1e-6) * weights[0] + weights[1]
