"""Trained towers as TensorFlow SavedModels that take the organiser's ids."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from shortlist.data.ids import Ids
from shortlist.engine.tensorflow import tf, tfrs
from shortlist.retrievers.index import partitions
from shortlist.retrievers.towers import vectors


class IdTower(tf.Module):
    """A tower that takes ids, (m,) string, and gives vectors, (m, d) float32.

    Args:
        tower: from codes, (m,) int32, to vectors.
        owner: the module that `tower` is a method of, so that its variables are saved too.
        ids: (n,) ids, the position is the code.
    """

    def __init__(self, tower: Callable[[tf.Tensor], tf.Tensor], owner: tf.Module, ids: Ids) -> None:
        super().__init__()
        self._owner = owner
        self._tower = tower
        codes = tf.range(len(ids), dtype=tf.int32)
        self._codes = tf.lookup.StaticHashTable(tf.lookup.KeyValueTensorInitializer(tf.constant(ids), codes), -1)

    @tf.function(input_signature=[tf.TensorSpec((None,), tf.string, name="ids")])
    def __call__(self, ids: tf.Tensor) -> tf.Tensor:
        """Ids to vectors; an id that the model does not know is an InvalidArgumentError."""
        codes = self._codes.lookup(ids)
        with tf.control_dependencies([tf.debugging.assert_non_negative(codes, "an id is not known to the model")]):
            return self._tower(tf.identity(codes))


class ServedIndex(tf.Module):
    """User ids, (m,) string -> scores, (m, k) float32, and item ids, (m, k) string, best first.

    Args:
        layer: an indexed `tfrs.layers.factorized_top_k` layer.
        user_tower: see `IdTower`.
    """

    def __init__(self, layer: Any, user_tower: IdTower) -> None:
        super().__init__()
        self.layer = layer
        self.user_tower = user_tower

    @tf.function(input_signature=[tf.TensorSpec((None,), tf.string, name="ids")])
    def __call__(self, ids: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """User ids to scores and item ids."""
        return self.layer(self.user_tower(ids))


def modules(towers: Any, users: Ids, items: Ids, k: int, *, scann: bool) -> dict[str, tf.Module]:
    """What is exported, by the name of its folder.

    Args:
        towers: a `tf.Module` with `user(codes)` and `item(codes)`.
        users, items: (U,) and (I,) ids, the position is the code.
        k: length of the lists that the indexes give.
        scann: whether to build the ScaNN index too.
    """
    user_tower = IdTower(towers.user, towers, users)
    layers = {"brute_force": tfrs.layers.factorized_top_k.BruteForce(k=k)}
    if scann:
        leaves, searched = partitions(len(items))
        layers["scann"] = tfrs.layers.factorized_top_k.ScaNN(
            k=k,
            num_leaves=leaves,
            num_leaves_to_search=searched,
            num_reordering_candidates=min(10 * k, len(items)),
        )
    candidates = tf.constant(vectors(towers.item, len(items)))
    indexes = {
        name: ServedIndex(layer.index(candidates, tf.constant(items)), user_tower) for name, layer in layers.items()
    }
    return {"user_tower": user_tower, "item_tower": IdTower(towers.item, towers, items), **indexes}


def save(module: tf.Module, folder: Path) -> None:
    """Write a SavedModel; ScaNN's operations are of a namespace that TensorFlow must be told of."""
    tf.saved_model.save(module, str(folder), options=tf.saved_model.SaveOptions(namespace_whitelist=["Scann"]))
