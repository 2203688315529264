"""Search for the items whose vectors have the largest inner product with a user's: exact or ScaNN, behind one call."""

from typing import Literal

import numpy as np

from shortlist.common.arrays import FloatArray, IntArray
from shortlist.data.candidates import NO_ITEM
from shortlist.engine.threads import spread
from shortlist.errors import ConfigError
from shortlist.retrievers.topk import largest

Search = Literal["auto", "exact", "scann"]

EXACT_BELOW = 100_000
"""Items below which `auto` searches exactly: there a matrix product is faster than building an index."""


REORDER = 500
"""How many candidates ScaNN scores exactly before it answers; at least twice as many as are asked for."""

QUERIES = 64
"""Queries that ScaNN is asked at once on each thread: enough for its batches, and few for the threads to share."""


def partitions(items: int) -> tuple[int, int]:
    """Into how many leaves ScaNN should divide so many items, and how many of them to search.

    ScaNN's guide: about the square root of the number of items; no division below some 10,000.
    """
    if items < 10_000:
        return 1, 1
    leaves = int(np.sqrt(items))
    return leaves, max(20, leaves // 12)


class ItemIndex:
    """Items ready to be searched by inner product.

    Args:
        vectors: (I, d) float32 item vectors.
        search: `exact`; `scann` (Guo et al., "Accelerating Large-Scale Inference with Anisotropic Vector
            Quantization", ICML 2020; Linux only); or `auto`: exact below `EXACT_BELOW` items and where ScaNN has no
            release, else ScaNN.

    Raises:
        ConfigError: `scann` is asked for and not installed.
    """

    def __init__(self, vectors: FloatArray, search: Search = "auto") -> None:
        self.vectors = vectors
        self._scann = None
        if search == "scann" or (search == "auto" and len(vectors) >= EXACT_BELOW):
            self._scann = _scann_searcher(vectors, required=search == "scann")

    def search(self, queries: FloatArray, n: int) -> tuple[IntArray, FloatArray]:
        """The n best items of each query, best first.

        Args:
            queries: (m, d) float32.
            n: how many; rows end in `NO_ITEM` and -inf where there are fewer items.

        Returns:
            (m, n) int32 positions in the item vectors and (m, n) float32 inner products.
        """
        if self._scann is None:
            return largest(queries @ self.vectors.T, n)
        blocks = [queries[start : start + QUERIES] for start in range(0, max(len(queries), 1), QUERIES)]
        nearest, scores = zip(*spread(lambda block: self._approximate(block, n), blocks), strict=True)
        return np.concatenate(nearest), np.concatenate(scores)

    def _approximate(self, queries: FloatArray, n: int) -> tuple[IntArray, FloatArray]:
        assert self._scann is not None
        wanted = min(n, len(self.vectors))
        nearest, distances = self._scann.search_batched(
            queries, final_num_neighbors=wanted, pre_reorder_num_neighbors=max(REORDER, 2 * wanted)
        )
        nearest = np.asarray(nearest).astype(np.int32)
        # ScaNN's own scores come from another summation order: with exact products, both ways rank alike.
        values = np.einsum("md,mnd->mn", queries, self.vectors[nearest], dtype=np.float32)
        values[np.isnan(distances)] = -np.inf  # a row that found fewer is filled up with item 0
        places, scores = largest(values, n)
        return np.where(places == NO_ITEM, NO_ITEM, np.take_along_axis(nearest, places, axis=1)), scores


def _scann_searcher(vectors: FloatArray, *, required: bool):  # type: ignore[no-untyped-def]  # ScaNN has no types
    try:
        import scann
    except ImportError:
        if required:
            raise ConfigError(
                "search = 'scann': ScaNN is not installed (it is released for Linux only); use search = 'exact'"
            ) from None
        return None
    builder = scann.scann_ops_pybind.builder(vectors, 100, "dot_product")
    leaves, searched = partitions(len(vectors))
    if leaves > 1:
        builder = builder.tree(leaves, searched, training_sample_size=min(len(vectors), 250_000))
    return builder.score_ah(2, anisotropic_quantization_threshold=0.2).reorder(REORDER).build()
