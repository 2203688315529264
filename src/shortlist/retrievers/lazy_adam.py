"""Adam for tables of which a step touches a few rows."""

from typing import Any

from shortlist.engine.tensorflow import tf


class LazyAdam(tf.keras.optimizers.legacy.Adam):
    """Adam (Kingma & Ba, ICLR 2015) that leaves rows alone, moments too, which have no gradient in a step.

    So it does with the gradients of a `tf.gather` and its like, `tf.IndexedSlices`; Keras's Adam moves every row of the
    table at each step, which takes time in proportion to its rows. With dense gradients it is Keras's.
    """

    def _resource_apply_sparse(self, grad: tf.Tensor, var: Any, indices: tf.Tensor, apply_state: Any = None) -> Any:
        """One step of the rows named by `indices`, each once."""
        rate = apply_state[var.device, var.dtype.base_dtype]
        tables = [self.get_slot(var, "m").handle, self.get_slot(var, "v").handle, var.handle]
        first, second, rows = (
            tf.raw_ops.ResourceGather(resource=table, indices=indices, dtype=grad.dtype) for table in tables
        )
        first = rate["beta_1_t"] * first + rate["one_minus_beta_1_t"] * grad
        second = rate["beta_2_t"] * second + rate["one_minus_beta_2_t"] * tf.square(grad)
        rows -= rate["lr"] * first / (tf.sqrt(second) + rate["epsilon"])
        # Updated, not subtracted from: TensorFlow copies rows several times as fast as it subtracts them.
        updates = [
            tf.raw_ops.ResourceScatterUpdate(resource=table, indices=indices, updates=values)
            for table, values in zip(tables, (first, second, rows), strict=True)
        ]
        return tf.group(*updates)
