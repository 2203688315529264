"""Do rows that stand together in a group resemble one another more than chance? Permutation tests for all of the page.

The rows are users and the groups items, or the other way round. Chance is what is left when the rows' attributes are
shuffled among rows with about as many pairs: a column that merely goes with activity is no signal.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from shortlist.common.arrays import DoubleArray, IntArray
from shortlist.data.dataset import Dataset
from shortlist.studies.eda.sides import Side

BLOCK = 20
"""Rows of about the same number of pairs, among which attributes are shuffled."""

MAX_PAIRS = 200_000
"""A larger log is represented by groups drawn at random that hold about so many pairs."""

ROUNDING = 1e-9
"""Relative difference below which two sums of the same terms in another order are equal."""


@dataclass(frozen=True)
class PermutationTest:
    """What was counted, and what the same count gave in each of P permutations.

    Attributes:
        observed: (C,) of the data.
        permuted: (P, C) of the permutations; those of one row belong to the same permutation.
    """

    observed: DoubleArray
    permuted: DoubleArray

    @property
    def chance(self) -> DoubleArray:
        """Mean over the permutations, (C,)."""
        return self.permuted.mean(axis=0)

    @property
    def ratio(self) -> DoubleArray:
        """Observed over chance, (C,); 1 where chance gives nothing."""
        return np.divide(self.observed, self.chance, out=np.ones_like(self.observed), where=self.chance > 0)

    @property
    def z(self) -> DoubleArray:
        """Standard deviations of the permutations between observed and chance, (C,); 0 where nothing varies."""
        spread = self.permuted.std(axis=0, ddof=1)
        moved = spread > ROUNDING * np.maximum(1.0, np.abs(self.chance))
        return np.where(moved, (self.observed - self.chance) / np.where(moved, spread, 1.0), 0.0)

    @property
    def band(self) -> DoubleArray:
        """Ratios that 95 % of the permutations lie between, (2, C)."""
        ends = np.quantile(self.permuted, [0.025, 0.975], axis=0)
        return np.divide(ends, self.chance, out=np.ones_like(ends), where=self.chance > 0)

    @property
    def p(self) -> DoubleArray:
        """One-sided p-values, (C,): how often a permutation gives at least as much, the data counted as one of them."""
        return (1 + (self.permuted >= self.observed * (1 - ROUNDING)).sum(axis=0)) / (1 + len(self.permuted))

    def summed(self, columns: IntArray, n: int) -> "PermutationTest":
        """The n tests of the sums over the tests that have the same number in `columns`, (C,) of 0 ... n-1."""
        into = sp.csr_matrix((np.ones(len(columns)), (np.arange(len(columns)), columns)), shape=(len(columns), n))
        return PermutationTest(np.asarray(self.observed @ into), np.asarray(self.permuted @ into))


def shuffled(counts: NDArray[np.integer], n: int, rng: np.random.Generator) -> Iterator[NDArray[np.intp]]:
    """Yield n permutations of the rows, (rows,), that keep each row among those with about as many pairs."""
    block = np.arange(len(counts)) // BLOCK
    for _ in range(n):
        by_count = np.lexsort((rng.random(len(counts)), counts))
        permutation = np.empty(len(counts), dtype=np.intp)
        permutation[by_count] = by_count[np.lexsort((rng.random(len(counts)), block))]
        yield permutation


@dataclass(frozen=True)
class RowGroups:
    """Rows in groups.

    Attributes:
        members: (groups, rows) float32 CSR of ones; each group has two rows or more.
        counts: (rows,) pairs of each row in the whole log.
    """

    members: sp.csr_matrix
    counts: NDArray[np.int64]

    def __len__(self) -> int:
        """Number of groups."""
        return self.members.shape[0]

    @classmethod
    def of(cls, dataset: Dataset, side: Side, rng: np.random.Generator) -> "RowGroups":
        """The users of each item (side "user") or the items of each user (side "item")."""
        matrix = dataset.matrix()
        members = matrix.T.tocsr() if side == "user" else matrix
        counts = np.asarray(members.sum(axis=0)).ravel().astype(np.int64)
        drawn = rng.permutation(np.flatnonzero(np.diff(members.indptr) > 1))
        drawn = drawn[np.cumsum(np.diff(members.indptr)[drawn]) <= MAX_PAIRS]
        return cls(members[np.sort(drawn)], counts)

    def share(self, features: sp.csr_matrix, permutations: int, rng: np.random.Generator) -> PermutationTest:
        """How often do two rows of a group share each feature?

        Two rows are drawn so: a pair of the log, and another row of the same group. Every pair counts alike, so that
        large groups do not drown the others.

        Args:
            features: (rows, F) of ones.
        """
        sizes = np.diff(self.members.indptr)
        weight = 1.0 / np.maximum(sizes - 1, 1) / max(self.members.nnz, 1)

        def count(rows: sp.csr_matrix) -> DoubleArray:
            held = self.members @ rows
            ordered = held.data.astype(np.float64) * (held.data - 1)  # ordered pairs of distinct rows that have it
            ordered *= np.repeat(weight, np.diff(held.indptr))
            return np.bincount(held.indices, ordered, minlength=rows.shape[1]).astype(np.float64)

        permuted = [count(features[rows]) for rows in shuffled(self.counts, permutations, rng)]
        return PermutationTest(count(features), np.array(permuted).reshape(permutations, features.shape[1]))

    def couples(self, rng: np.random.Generator) -> tuple[IntArray, IntArray]:
        """For each pair of the log in these groups, its row and another row of the same group; two (n,) arrays."""
        sizes = np.diff(self.members.indptr)
        size = np.repeat(sizes, sizes)
        start = np.repeat(self.members.indptr[:-1], sizes)
        place = np.arange(len(size)) - start
        other = (place + 1 + (rng.random(len(size)) * (size - 1)).astype(np.int64)) % size
        return self.members.indices, self.members.indices[start + other]

    def within(
        self, values: DoubleArray, limits: DoubleArray, permutations: int, rng: np.random.Generator
    ) -> PermutationTest:
        """How often are two rows of a group no further apart than each limit? Rows whose value is NaN are left out.

        Args:
            values: (rows,) numbers.
            limits: (L,) distances, in the same unit.
        """
        known = np.flatnonzero(np.isfinite(values))
        place = np.full(len(values), -1)
        place[known] = np.arange(len(known))
        left, right = (place[rows] for rows in self.couples(rng))
        both = (left >= 0) & (right >= 0)
        left, right = left[both], right[both]
        known_values = values[known]

        def count(of: DoubleArray) -> DoubleArray:
            distance = np.sort(np.abs(of[left] - of[right]))
            return np.searchsorted(distance, limits, side="right") / max(len(distance), 1)

        permuted = [count(known_values[rows]) for rows in shuffled(self.counts[known], permutations, rng)]
        return PermutationTest(count(known_values), np.array(permuted).reshape(permutations, len(limits)))
