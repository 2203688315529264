"""Training of id embeddings with the loss of `tfrs.tasks.Retrieval`, computed for distinct ids instead of pairs.

In a batch of b pairs the same user and the same item stand several times, and so do rows and columns of the (b, b)
score matrix of `tfrs.tasks.Retrieval`. With each distinct user (m, with p_u pairs each) and item (n, with q_i) once,

    loss = sum_u p_u log(sum_i q_i exp(u . i)) - sum over pairs (u . i)

is the same number, and its gradient is the softmax weighted by the same counts. The matrix is several times smaller,
none of the one-hot labels is built, and the exponentials of the forward pass serve the backward pass.
"""

import numpy as np

from shortlist.common.arrays import FloatArray, IntArray
from shortlist.engine.tensorflow import tf

ROWS = 512
"""Users at once: their scores stay in the processor's cache between the passes over them."""


DISTINCT = [tf.TensorSpec((None,), dtype) for dtype in (tf.int32, tf.int32, tf.float32, tf.float32, tf.int32, tf.int32)]
"""Signature of what `distinct` gives."""


def distinct(pairs: IntArray) -> tuple[IntArray, IntArray, FloatArray, FloatArray, IntArray, IntArray]:
    """The distinct users and items of a batch, (b, 2) int32: codes, pairs of each, and the place of each pair's."""
    users, user_of, user_count = np.unique(pairs[:, 0], return_inverse=True, return_counts=True)
    items, item_of, item_count = np.unique(pairs[:, 1], return_inverse=True, return_counts=True)
    weights = user_count.astype(np.float32), item_count.astype(np.float32)
    return users, items, *weights, user_of.astype(np.int32), item_of.astype(np.int32)


class IdTowers(tf.Module):
    """A user and an item tower that are an embedding of the id.

    Args:
        users, items: (U, d) and (I, d) float32, the initial values.
        learning_rate: of Adagrad (Duchi et al., JMLR 2011) with Keras's defaults.
    """

    def __init__(self, users: FloatArray, items: FloatArray, learning_rate: float) -> None:
        super().__init__()
        self.users = tf.Variable(users)
        self.items = tf.Variable(items)
        self._optimizer = tf.keras.optimizers.legacy.Adagrad(learning_rate)
        self._step = tf.function(self._apply, input_signature=DISTINCT)

    def user(self, users: tf.Tensor) -> tf.Tensor:
        """(m,) int32 codes -> (m, d) vectors."""
        return tf.gather(self.users, users)

    def item(self, items: tf.Tensor) -> tf.Tensor:
        """(m,) int32 codes -> (m, d) vectors."""
        return tf.gather(self.items, items)

    def step(self, pairs: IntArray) -> float:
        """One optimizer step on a batch, (b, 2) int32; returns its summed loss, as `tfrs.tasks.Retrieval` does."""
        return float(self._step(*distinct(pairs)))

    def _apply(
        self,
        users: tf.Tensor,
        items: tf.Tensor,
        user_count: tf.Tensor,
        item_count: tf.Tensor,
        user_of: tf.Tensor,
        item_of: tf.Tensor,
    ) -> tf.Tensor:
        user, item = tf.gather(self.users, users), tf.gather(self.items, items)
        loss, user_gradient, item_gradient = loss_and_gradients(user, item, user_count, item_count, user_of, item_of)
        self._optimizer.apply_gradients(
            [
                (tf.IndexedSlices(user_gradient, users, self.users.shape), self.users),
                (tf.IndexedSlices(item_gradient, items, self.items.shape), self.items),
            ]
        )
        return loss


def loss_and_gradients(
    user: tf.Tensor,
    item: tf.Tensor,
    user_count: tf.Tensor,
    item_count: tf.Tensor,
    user_of: tf.Tensor,
    item_of: tf.Tensor,
) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
    """Summed cross-entropy of a batch and its gradients.

    Args:
        user, item: (m, d) and (n, d) float32 vectors of the distinct ids.
        user_count, item_count: (m,) and (n,) float32, pairs of each.
        user_of, item_of: (b,) int32, the row of each pair's user and item.

    Returns:
        The loss, and the gradients for `user` and `item`, (m, d) and (n, d).
    """
    m = tf.shape(user)[0]
    own_item, own_user = tf.gather(item, item_of), tf.gather(user, user_of)
    loss = -tf.reduce_sum(own_user * own_item)
    item_gradient = -tf.math.unsorted_segment_sum(own_user, item_of, tf.shape(item)[0])
    user_parts = tf.TensorArray(
        tf.float32, 0, dynamic_size=True, element_shape=(None, item.shape[1]), infer_shape=False
    )
    counted = tf.concat([item, tf.math.log(item_count)[:, None]], axis=1)
    user_one = tf.concat([user, tf.ones_like(user[:, :1])], axis=1)
    for part in tf.range((m + ROWS - 1) // ROWS):
        rows = slice(part * ROWS, (part + 1) * ROWS)
        scores = tf.matmul(user_one[rows], counted, transpose_b=True)  # with the log of the item's count added
        highest = tf.reduce_max(scores, axis=1, keepdims=True)
        exponentials = tf.exp(scores - highest)
        sums = tf.reduce_sum(exponentials, axis=1, keepdims=True)
        share = user_count[rows, None] / sums
        user_parts = user_parts.write(part, tf.matmul(exponentials, item) * share)
        item_gradient += tf.matmul(exponentials, user[rows] * share, transpose_a=True)
        loss += tf.reduce_sum(user_count[rows, None] * (highest + tf.math.log(sums)))
    return loss, user_parts.concat() - tf.math.unsorted_segment_sum(own_item, user_of, m), item_gradient
