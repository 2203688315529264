"""TensorFlow and TensorFlow Recommenders, set up as they need it: everything else takes `tf` and `tfrs` from here."""

import ctypes
import os
import sys

# All before the first import of TensorFlow: TFRS is written for Keras 2, the C++ start-up notes help nobody, and the
# number of threads must not be that of the machine's cores (see `engine.threads`), since results depend on it.
os.environ.setdefault("TF_USE_LEGACY_KERAS", "1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "1")
os.environ.setdefault("TF_NUM_INTEROP_THREADS", "1")

import tensorflow as tf
import tensorflow_recommenders as tfrs

__all__ = ["GPU", "tf", "tfrs"]


def share_gpus() -> bool:
    """Make ready for GPUs, and tell whether TensorFlow sees any; where it sees none, nothing is changed.

    Each process takes the memory that it needs, not all there is, since the processes of an engine share a GPU, and the
    same seed gives the same numbers on the same GPU, though not those of a processor. CUDA_VISIBLE_DEVICES="" in the
    environment hides the GPUs.
    """
    gpus = tf.config.list_physical_devices("GPU")
    for gpu in gpus:
        tf.config.experimental.set_memory_growth(gpu, enable=True)
    if gpus:
        tf.config.experimental.enable_op_determinism()
    return bool(gpus)


def keep_memory() -> None:
    """Keep what the arrays of a training step took for those of the next one.

    By default glibc gives it back after each step, and every page of it is fetched and cleared again: a tenth of the
    time of training. Elsewhere nothing is changed.
    """
    if sys.platform == "linux" and hasattr(allocator := ctypes.CDLL(None), "mallopt"):
        trim, mapped = -1, -3  # M_TRIM_THRESHOLD and M_MMAP_THRESHOLD of malloc.h
        allocator.mallopt(trim, 2**30)
        allocator.mallopt(mapped, 2**25)  # the most that it takes


keep_memory()

GPU: bool = share_gpus()
