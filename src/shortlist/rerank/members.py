"""A candidate beside the members of a list: how similar they are, and what the similarities come to."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from shortlist.common.arrays import DoubleArray, FloatArray, IntArray

CHUNK = 2**20
"""Pairs compared at once, to bound the memory: some 50 MB."""

DENSE = 2**23
"""Entries of rows that are made dense at once, 32 MB."""

FETCHED = 2**8
"""Rows of a matrix that are asked for together, though fewer are made dense: to be asked takes long if it is wide."""

VECTORS = 2**14
"""Pairs of dense vectors that are multiplied at once: they are still in the cache then."""

MEMBERS = 64
"""Items of a user, or users of an item, that a candidate is compared with at most: the latest, or an even selection.

More than any of Dacon 236170 has; without a limit, the time of a candidate grows with histories of hundreds."""

Similarity = Callable[[IntArray, IntArray], FloatArray]
"""Of pairs of codes, a member and what it is compared with: two (p,) arrays to (p,) float32. Equal ones of the second
stand together, so that what is needed of each can be made once."""

Rows = Callable[[NDArray[np.integer]], sp.csr_matrix]
"""The rows of a matrix by their numbers, (n,) to (n, width)."""


class Summary(NamedTuple):
    """What a row's similarities come to, (rows,) float32 each; NaN of too few members."""

    mean: FloatArray
    max: FloatArray
    second: FloatArray
    """The second largest: one alone can be chance."""
    root: FloatArray
    """The sum, divided by the root of the number of members: more of them count more, but not in full."""


def bounded(lists: sp.csr_matrix, most: int = MEMBERS) -> sp.csr_matrix:
    """At most so many members of each list: those with the largest entries and, among equals, an even selection."""
    lengths = np.diff(lists.indptr)
    if lengths.max(initial=0) <= most:
        return lists
    kept = np.repeat(lengths <= most, lengths)
    long = np.flatnonzero(~kept)  # only these need be sorted
    row = np.repeat(np.arange(lists.shape[0]), lengths)[long]
    place = long - lists.indptr[row]
    # Every third of a list, then what is between: the first so many are spread over all of it.
    spread = place * most % lengths[row]
    order = np.lexsort((spread, -lists.data[long], row))
    # A row's entries stand together in `order` too.
    kept[long[order[place < most]]] = True
    indptr = np.concatenate([[0], np.cumsum(np.minimum(lengths, most))])
    return sp.csr_matrix((lists.data[kept], lists.indices[kept], indptr), shape=lists.shape)


def over(lists: sp.csr_matrix, rows: IntArray, others: IntArray, similarity: Similarity) -> Summary:
    """For each (row, other): what the similarities of the members of the row's list to the other come to.

    Members of unknown similarity, NaN, are passed over, and so is the other itself where it is one of them.
    """
    summaries = np.full((len(Summary._fields), len(rows)), np.nan, dtype=np.float32)
    lengths = np.diff(lists.indptr)[rows]
    order = np.argsort(others, kind="stable")
    order = order[lengths[order] > 0]
    for start, stop in chunks(lengths[order]):
        at = order[start:stop]
        place, length = entries_of(lists, rows[at])
        members, compared = lists.indices[place], np.repeat(others[at], length)
        values = np.array(similarity(members, compared), dtype=np.float32)
        values[members == compared] = np.nan
        summaries[:, at] = _summary(values, length)
    return Summary(*summaries)


def _summary(values: FloatArray, lengths: NDArray[np.integer]) -> Summary:
    """Of runs of at least one value each."""
    first = np.cumsum(lengths) - lengths
    known = ~np.isnan(values)
    number: FloatArray = np.add.reduceat(known, first, dtype=np.float32)
    sums: FloatArray = np.add.reduceat(np.where(known, values, 0), first)
    sums[number == 0] = np.nan
    most: FloatArray = np.fmax.reduceat(values, first)
    run = np.repeat(np.arange(len(lengths)), lengths)
    largest = np.flatnonzero(values == most[run])
    values[largest[np.diff(run[largest], prepend=-1) > 0]] = np.nan  # once in each run, so that its equal is second
    np.maximum(number, 1, out=number)
    second: FloatArray = np.fmax.reduceat(values, first)
    return Summary(sums / number, most, second, np.divide(sums, np.sqrt(number)))


def looked_up(rows_of: Rows, width: int) -> Similarity:
    """The entry of the other's row at the member's column; some rows at a time are made dense to find them quickly."""

    def similarity(members: IntArray, others: IntArray) -> FloatArray:
        entries = np.empty(len(members), dtype=np.float32)
        for pairs, base, dense in _made_dense(rows_of, width, others):
            entries[pairs] = dense[base + members[pairs]]
        return entries

    return similarity


def dots(
    left: sp.csr_matrix, right: sp.csr_matrix, rows: NDArray[np.integer], others: NDArray[np.integer]
) -> FloatArray:
    """Inner products of `left[rows]` and `right[others]`, (p,) float32; quick where equal `others` stand together."""
    products = np.zeros(len(rows), dtype=np.float32)
    lengths = np.diff(left.indptr)[rows]
    for pairs, base, dense in _made_dense(right.__getitem__, right.shape[1], others):
        for start, stop in chunks(lengths[pairs]):
            part = slice(pairs.start + start, pairs.start + stop)
            place, length = entries_of(left, rows[part])
            values = left.data[place] * dense[np.repeat(base[start:stop], length) + left.indices[place]]
            some = length > 0
            products[part][some] = np.add.reduceat(values, (np.cumsum(length) - length)[some]) if len(values) else 0
    return products


def cosines(vectors: FloatArray) -> Similarity:
    """Cosine of dense vectors, (n, F); 0 of one that is nothing."""
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit = np.divide(vectors, length, out=np.zeros_like(vectors), where=length > 0)

    def similarity(members: IntArray, others: IntArray) -> FloatArray:
        products = np.empty(len(members), dtype=np.float32)
        member, other = (np.empty((min(VECTORS, len(members)), unit.shape[1]), dtype=np.float32) for _ in range(2))
        for start in range(0, len(members), VECTORS):
            part = slice(start, start + VECTORS)
            n = len(products[part])
            # Into the same memory each time: fresh memory takes longer to be had than the products do.
            np.take(unit, members[part], axis=0, out=member[:n], mode="clip")
            np.take(unit, others[part], axis=0, out=other[:n], mode="clip")
            np.einsum("pf,pf->p", member[:n], other[:n], out=products[part])
        return products

    return similarity


def scaled(similarity: Similarity, of_members: FloatArray | None, of_others: FloatArray | None = None) -> Similarity:
    """A similarity times a number of the member's and one of the other's; None is one."""

    def changed(members: IntArray, others: IntArray) -> FloatArray:
        values = similarity(members, others)
        for numbers, codes in ((of_members, members), (of_others, others)):
            if numbers is not None:
                values *= numbers[codes]
        return values

    return changed


def chunks(lengths: NDArray[np.integer]) -> Iterator[tuple[int, int]]:
    """Stretches of rows, from and to, that have `CHUNK` members together at most, or of one row."""
    ends = np.cumsum(lengths)
    start = 0
    while start < len(lengths):
        before = int(ends[start] - lengths[start])
        stop = max(start + 1, int(np.searchsorted(ends, before + CHUNK, side="right")))
        yield start, stop
        start = stop


def entries_of(lists: sp.csr_matrix, rows: NDArray[np.integer]) -> tuple[NDArray[np.intp], NDArray[np.integer]]:
    """Positions of the entries of some rows, one row after the other, and how many each has."""
    first, end = lists.indptr[rows], lists.indptr[rows + 1]
    return ranges(first, end), end - first


def ranges(first: NDArray[np.integer], end: NDArray[np.integer]) -> NDArray[np.intp]:
    """The numbers from each first to before its end, one range after the other."""
    lengths = (end - first).astype(np.intp)
    return np.arange(lengths.sum()) + np.repeat(first - (np.cumsum(lengths) - lengths), lengths)


def _made_dense(
    rows_of: Rows, width: int, others: NDArray[np.integer]
) -> Iterator[tuple[slice, NDArray[np.intp], FloatArray | DoubleArray]]:
    """The rows of `others`, some at a time: which pairs they serve, where each pair's row begins, and the entries."""
    starts = np.flatnonzero(np.diff(others, prepend=-1))
    ends = np.append(starts[1:], len(others))
    at_once = max(1, min(DENSE // max(width, 1), FETCHED, len(starts)))
    dense = np.zeros(at_once * width, dtype=np.float32)
    for first in range(0, len(starts), FETCHED):
        fetched = rows_of(others[starts[first : first + FETCHED]])
        for row in range(0, fetched.shape[0], at_once):
            part, some = fetched[row : row + at_once], slice(first + row, first + min(row + at_once, fetched.shape[0]))
            begins = np.arange(part.shape[0]) * width
            at = np.repeat(begins, np.diff(part.indptr)) + part.indices
            dense[at] = part.data
            pairs = slice(int(starts[some][0]), int(ends[some][-1]))
            yield pairs, np.repeat(begins, ends[some] - starts[some]), dense
            dense[at] = 0  # what was there only: clearing all of it would take longer than all else
