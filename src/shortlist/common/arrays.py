"""The types of arrays that functions hand to each other: their shape is in the docstrings, their dtype here."""

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.int32]
"""Codes of users and items."""

FloatArray = NDArray[np.float32]
"""Scores, vectors and features."""

DoubleArray = NDArray[np.float64]
"""Metrics, times and whatever is summed over many rows."""
