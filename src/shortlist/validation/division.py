"""One division of a dataset's events into what is visible and what is asked for."""

from collections.abc import Sequence
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
        scored: whether methods are scored on it; else only blend and rerankers learn on it.
    """

    number: int
    train: Positions
    test: Positions
    scored: bool = True


IN_TWOS = 6
"""Folds from which on two are scored by one model, which has learnt on the others, two thirds of them at least."""


def teachers(folds: Sequence[Fold], place: int) -> list[int]:
    """Positions of the folds that blend and rerankers learn on, to be scored on the one at `place`.

    Where some are there for learning only, the folds are in the order of time: a scored one is taught by all before it,
    and one that is not scored, whose lists are learnt on, by the others of its like. Elsewhere by all others; of
    `IN_TWOS` folds and more, by all but a pair of them, which have the same teachers.
    """
    if all(fold.scored for fold in folds):
        left_out = {place, place ^ 1} if len(folds) >= IN_TWOS else {place}
        return [number for number in range(len(folds)) if number not in left_out]
    if folds[place].scored:
        return list(range(place))
    return [number for number in range(len(folds)) if number != place and not folds[number].scored]
