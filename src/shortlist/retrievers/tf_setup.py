"""TensorFlow and TensorFlow Recommenders, set up as they need it: everything else takes `tf` and `tfrs` from here."""

import os

# Both before the first import of TensorFlow: TFRS is written for Keras 2, and the C++ start-up notes help nobody.
os.environ.setdefault("TF_USE_LEGACY_KERAS", "1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import tensorflow as tf
import tensorflow_recommenders as tfrs

__all__ = ["tf", "tfrs"]
