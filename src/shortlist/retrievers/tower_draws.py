"""Members of long lists for one training step: at most so many, at a cost that no length changes; sums."""

from collections.abc import Callable

from shortlist.engine.tensorflow import tf

NOBODY = -1
"""In the place of a member where a list has fewer."""


def draw(lists: tf.RaggedTensor, codes: tf.Tensor, most: int, seed: tf.Tensor) -> tf.Tensor:
    """At most `most` members of each of some lists, without replacement, each member as likely as the others.

    A list, turned by a random number of places, is cut into `most` parts whose lengths differ by one at most, and each
    part gives one member at random: no permutation, and nothing of the length of the list. Of a list that is no longer
    than `most` that is every member.

    Args:
        lists: (n, None) int32, not all of them empty.
        codes: (m,) int32, which lists.
        most: at least 1.
        seed: (2,) int32; the draw depends on nothing else, whatever the machine and its threads.

    Returns:
        (m, most) int32, filled up with `NOBODY`.
    """
    start = tf.gather(lists.row_splits, codes)[:, None]
    length = tf.gather(lists.row_splits, codes + 1)[:, None] - start
    chance = tf.random.stateless_uniform((tf.shape(codes)[0], most + 1), seed)
    parts = tf.clip_by_value(length, 1, most)
    width, rest = length // parts, length % parts  # the first `rest` parts have one member more
    part = tf.range(most)[None, :]
    place = below(length, chance[:, most:]) + part * width + tf.minimum(part, rest)
    place += below(width + tf.cast(part < rest, tf.int32), chance[:, :most])
    there = part < length
    place = tf.where(place < length, place, place - length)
    return tf.where(there, tf.gather(lists.flat_values, tf.where(there, start + place, 0)), NOBODY)


def below(bound: tf.Tensor, chance: tf.Tensor) -> tf.Tensor:
    """A whole number below each bound, int32, from a chance in [0, 1); 0 below 0."""
    number = tf.cast(tf.cast(bound, tf.float32) * chance, tf.int32)
    return tf.maximum(tf.minimum(number, bound - 1), 0)  # the product may be rounded up


def summed_by_rows(table: tf.Variable, codes: tf.Tensor, segments: tf.Tensor, number: tf.Tensor) -> tf.Tensor:
    """The sum of a table's rows in each segment, whose gradient has the rows that are looked up and no others.

    Args:
        table: (n, d).
        codes: (v,) int32, rows of it.
        segments: (v,) int32 of each, rising.
        number: () int32, of segments; 0 for one without rows.
    """
    return tf.math.unsorted_segment_sum(tf.gather(table, codes), segments, number)


def summed_by_table(table: tf.Variable, codes: tf.Tensor, segments: tf.Tensor, number: tf.Tensor) -> tf.Tensor:
    """The same, whose gradient is a whole table: three times as fast on a processor where the table is small.

    It is the product with a sparse matrix of ones; TensorFlow adds up the rows of a gradient for each code much slower
    than it multiplies.
    """
    ones = tf.raw_ops.SparseTensorToCSRSparseMatrix(
        indices=tf.cast(tf.stack([segments, codes], axis=1), tf.int64),
        values=tf.ones(tf.shape(codes)),
        dense_shape=tf.cast(tf.stack([number, tf.shape(table)[0]]), tf.int64),
    )

    @tf.custom_gradient
    def product(rows: tf.Tensor) -> tuple[tf.Tensor, Callable[[tf.Tensor], tf.Tensor]]:
        def gradient(upstream: tf.Tensor) -> tf.Tensor:
            return tf.raw_ops.SparseMatrixMatMul(a=ones, b=upstream, transpose_a=True)

        return tf.raw_ops.SparseMatrixMatMul(a=ones, b=rows), gradient

    return product(tf.convert_to_tensor(table))
