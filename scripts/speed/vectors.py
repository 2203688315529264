"""Made vectors for the search of neighbours, and how good what was found is."""

import numpy as np
from numpy.typing import NDArray


def clustered(rng: np.random.Generator, centres: NDArray[np.float32], count: int) -> NDArray[np.float32]:
    """(count, d) float32 of length 1, each scattered around one of the (c, d) centres as much as those lie apart."""
    vectors = centres[rng.integers(0, len(centres), count)]
    vectors += rng.normal(scale=centres.std(), size=vectors.shape).astype(np.float32)
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def recall(found: NDArray[np.integer], truth: NDArray[np.integer]) -> float:
    """Share of the true neighbours, (m, n), among the first n found."""
    both = (np.isin(mine, own).sum() for mine, own in zip(found[:, : truth.shape[1]], truth, strict=True))
    return float(sum(both)) / truth.size
