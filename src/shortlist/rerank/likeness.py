"""Likeness of items, and of users, that the visible events alone tell: made once, within bounds of time and memory."""

from collections.abc import Iterable, Iterator

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from shortlist.common.arrays import DoubleArray, FloatArray
from shortlist.data.covisits import Steps, covisits
from shortlist.rerank.members import Similarity, bounded, cosines, looked_up, scaled
from shortlist.rerank.ratings import tastes
from shortlist.rerank.visible import Visible

SPEAKING = 128
"""Latest items of a user, and users of an item, that speak for what else they have or were taken with: so that the
time grows with the pairs, not with their square. As many as `MEMBERS`, at least: those are what is asked for."""

ENTRIES = 2**27
"""Pairs of items whose likeness is kept at most, 1 GB: all of a log of a million events."""

AT_ONCE = 2**24
"""Pairs of members that are counted at once, some 200 MB."""

FACTORS = 32
"""Of the vectors that items have by who took them."""


def together(visible: Visible) -> tuple[Similarity, FloatArray]:
    """How many users have the one item among their latest and the other at all; and how many have the one so, (I,).

    Of the items that share users with an item, not all are kept where they are too many, see `_kept`.
    """
    lately, by_item = bounded(visible.recency, SPEAKING), visible.by_item
    lately.data = np.ones(lately.nnz, dtype=np.float32)
    of_member = np.bincount(lately.indices, minlength=lately.shape[1]).astype(np.float32)
    shared = _kept(_products(by_item, lately), np.diff(by_item.indptr), roots=np.sqrt(of_member))
    return looked_up(shared.__getitem__, lately.shape[1]), of_member


def alike_items(visible: Visible) -> Similarity:
    """Cosine of two items by their users (Sarwar et al., "Item-based collaborative filtering", WWW 2001)."""
    common, of_member = visible.once(together)
    return scaled(common, _inverse(np.sqrt(of_member)), _inverse(np.sqrt(np.diff(visible.by_item.indptr))))


def following_items(visible: Visible) -> Similarity:
    """Of a member's users, the share that has the other item: how sure the one makes of the other.

    (Deshpande and Karypis, "Item-based top-N recommendation algorithms", TOIS 2004, without a penalty.)
    """
    common, of_member = visible.once(together)
    return scaled(common, _inverse(of_member))


def alike_users(visible: Visible) -> Similarity:
    """Cosine of two users by their items; a member counts among the latest users of an item only."""
    lately, matrix = bounded(visible.recency.T.tocsr(), SPEAKING), visible.matrix
    lately.data = np.ones(lately.nnz, dtype=np.float32)
    of_member = np.bincount(lately.indices, minlength=lately.shape[1])
    common = looked_up(lambda users: matrix[users] @ lately, matrix.shape[0])
    return scaled(common, _inverse(np.sqrt(of_member)), _inverse(np.sqrt(np.diff(matrix.indptr))))


def visited(visible: Visible) -> Similarity:
    """How strongly an item is taken soon after or before a member, divided by the root of the item's events."""
    data = visible.dataset
    size = np.bincount(data.events.item, minlength=len(data.items))
    # By the candidate's own row, so that the rows are found quickly.
    counts = _kept((rows for _, rows in covisits(data, Steps().reversed)), size, roots=np.ones(len(size)))
    return scaled(looked_up(counts.__getitem__, len(size)), None, _inverse(np.sqrt(size)))


def factors(visible: Visible) -> tuple[FloatArray, FloatArray]:
    """Factors of users, (U, F), and items, (I, F), from who took what: the truncated SVD of TF-IDF weights.

    Latent semantic analysis (Deerwester et al. 1990) of users as texts and items as words; as scores, PureSVD
    (Cremonesi, Koren, Turrin, RecSys 2010). An item without users has none.
    """
    from sklearn.feature_extraction.text import TfidfTransformer  # a second that stages without features need not pay

    users, items = tastes(TfidfTransformer().fit_transform(visible.matrix).astype(np.float32), FACTORS)
    items[np.diff(visible.by_item.indptr) == 0] = 0
    return users, items


def near_items(visible: Visible) -> Similarity:
    """Cosine of two items by their `factors`: alike through others, though no user has both."""
    users, items = visible.once(factors)
    return cosines(items * np.linalg.norm(users, axis=0))  # the singular values, which the users' factors have


def _products(first: sp.csr_matrix, second: sp.csr_matrix) -> Iterator[sp.csr_matrix]:
    """The rows of `first @ second`, some at a time."""
    terms = np.concatenate([[0], np.cumsum(np.diff(second.indptr)[first.indices])])[first.indptr]
    start = 0
    while start < first.shape[0]:
        end = max(start + 1, int(np.searchsorted(terms, terms[start] + AT_ONCE, side="right")) - 1)
        yield first[start:end] @ second
        start = end


def _kept(blocks: Iterable[sp.csr_matrix], size: NDArray[np.integer], roots: DoubleArray) -> sp.csr_matrix:
    """Of each row its largest entries, all rows together some `ENTRIES` at most, as float32.

    Args:
        blocks: the rows, some at a time.
        size: (I,) of each row; those of larger rows keep more.
        roots: (I,) what a column's entries are divided by before they are compared.
    """
    quota = np.ceil(size * (ENTRIES / max(int(size.sum()), 1))).astype(np.int64)
    kept, start = [], 0
    for block in blocks:
        kept.append(_largest(block.astype(np.float32), quota[start : start + block.shape[0]], roots))
        start += block.shape[0]
    return sp.vstack(kept, format="csr")


def _largest(block: sp.csr_matrix, quota: NDArray[np.int64], roots: DoubleArray) -> sp.csr_matrix:
    """The `quota` largest entries of each row by their part of the column's root; among equals the lower column."""
    lengths = np.diff(block.indptr)
    if (lengths <= quota).all():
        return block
    kept = np.ones(block.nnz, dtype=bool)
    inverse = _inverse(roots)
    for row in np.flatnonzero(lengths > quota):
        entries = slice(block.indptr[row], block.indptr[row + 1])
        columns = block.indices[entries]
        # The bits of a positive float sort as it does; with the column, no two are equal.
        worth = (block.data[entries] * inverse[columns]).view(np.int32).astype(np.int64)
        keys = columns - (worth << 32)
        kept[entries] = keys <= np.partition(keys, quota[row] - 1)[quota[row] - 1]
    indptr = np.concatenate([[0], np.cumsum(np.minimum(lengths, quota))])
    return sp.csr_matrix((block.data[kept], block.indices[kept], indptr), shape=block.shape)


def _inverse(size: NDArray[np.number]) -> FloatArray:
    return np.divide(1, size, out=np.zeros(len(size), dtype=np.float32), where=size > 0, casting="same_kind")
