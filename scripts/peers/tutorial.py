"""The model of TensorFlow Recommenders' tutorial "Basic retrieval", in Keras, and its batches.

https://www.tensorflow.org/recommenders/examples/basic_retrieval: embeddings of ids, `tfrs.tasks.Retrieval`, Adagrad.
"""

from shortlist.common.arrays import IntArray
from shortlist.data.dataset import Dataset
from shortlist.engine.tensorflow import tf, tfrs

DIMENSIONS, LEARNING_RATE = 32, 0.1  # the tutorial's


class Tutorial(tfrs.Model):
    """The tutorial's model, with its metric (over the unique items) in the training loop or not."""

    def __init__(self, dataset: Dataset, *, compute_metrics: bool) -> None:
        super().__init__()
        layers, ids = tf.keras.layers, (dataset.users.ids.tolist(), dataset.items.ids.tolist())
        lookups = (layers.StringLookup(vocabulary=known, mask_token=None) for known in ids)
        embeddings = (layers.Embedding(len(known) + 1, DIMENSIONS) for known in ids)
        self.users, self.items = map(tf.keras.Sequential, zip(lookups, embeddings, strict=True))
        candidates = tf.data.Dataset.from_tensor_slices(dataset.items.ids).batch(128).map(self.items)
        self.task = tfrs.tasks.Retrieval(metrics=tfrs.metrics.FactorizedTopK(candidates=candidates))
        self.compute_metrics = compute_metrics
        self.compile(optimizer=tf.keras.optimizers.Adagrad(LEARNING_RATE))

    def compute_loss(self, features: dict[str, tf.Tensor], training: bool = False) -> tf.Tensor:
        """See `tfrs.Model.compute_loss`."""
        user, item = self.users(features["user"]), self.items(features["item"])
        return self.task(user, item, compute_metrics=self.compute_metrics)


def tutorial_batches(dataset: Dataset, pairs: IntArray, batch_size: int) -> tf.data.Dataset:
    """The pairs as strings, batched as in the tutorial."""
    ids = {"user": dataset.users.ids[pairs[:, 0]], "item": dataset.items.ids[pairs[:, 1]]}
    return tf.data.Dataset.from_tensor_slices(ids).shuffle(100_000).batch(batch_size).cache()
