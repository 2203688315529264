"""How values are drawn; the generator comes first."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from numpy.random import Generator

Array = npt.NDArray[Any]

MISSING = np.array([None])


def mostly(rng: Generator, own: Array, pool: Array, keep: float) -> Array:
    """`own`, each value kept with chance `keep`, else drawn from `pool`."""
    return np.where(rng.random(own.shape) < keep, own, rng.choice(pool, own.shape))


def weighted(rng: Generator, n: int, odds: Mapping[Any, float]) -> Array:
    """`n` of the keys of `odds`."""
    return rng.choice(np.array(list(odds)), n, p=list(odds.values()))


def words(rng: Generator, vocabulary: Array, groups: Array, counts: Array) -> Array:
    """One text per row of `groups` (rows, W): up to `counts` words of the groups' vocabularies, joined by ';'."""
    drawn = vocabulary[groups, rng.integers(0, vocabulary.shape[1], groups.shape)]
    return np.array([";".join(map(str, sorted(set(row[:k])))) for row, k in zip(drawn, counts, strict=True)], object)


def best(rng: Generator, log_odds: Array, n: int) -> Array:
    """`n` different columns per row, (rows, n), drawn one after the other by their odds (Gumbel top-n)."""
    keys = -(log_odds + rng.gumbel(size=log_odds.shape))
    first = np.argpartition(keys, n - 1, axis=1)[:, :n]
    return np.take_along_axis(first, np.argsort(np.take_along_axis(keys, first, axis=1), axis=1), axis=1)
