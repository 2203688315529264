"""One division of a dataset's events into what is visible and what is asked for."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Positions = NDArray[np.intp]


@dataclass(frozen=True)
class Fold:
    """One division of a dataset's events.

    Attributes:
        number: 1 ... K.
        train, test: positions in `dataset.events`, rising, disjoint; together they need not cover all events.
    """

    number: int
    train: Positions
    test: Positions
