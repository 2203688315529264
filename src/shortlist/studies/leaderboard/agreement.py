"""Do offline and public scores put the submissions in the same order? A rank correlation and how uncertain it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations
from math import factorial

import numpy as np
from scipy.stats import kendalltau, rankdata

from shortlist.common.arrays import DoubleArray

FEWEST = 4
"""Submissions below which nothing is said: three come in the right order by chance one time in six."""

EXACT = 8
"""Up to so many submissions all orders are gone through; beyond, `DRAWS` random ones."""

DRAWS = 2000
LEVEL = 0.95
CORRELATIONS = np.tanh(np.linspace(-3.6, 3.6, 49))
"""That the interval is looked for among."""


@dataclass(frozen=True)
class Agreement:
    """Rank correlation of offline and public scores.

    Attributes:
        submissions: with both.
        spearman, kendall: correlations; None where all scores of one kind are equal, or there are less than two.
        low, high: 95 % interval of the Spearman correlation that endless submissions of this kind would have.
        chance: how often at least this much agreement comes of no agreement at all, one-sided; exact for few.
    """

    submissions: int
    spearman: float | None
    kendall: float | None
    low: float
    high: float
    chance: float

    @property
    def trusted(self) -> bool:
        """Whether the scheme's order is shown to go with the leaderboard's."""
        return self.submissions >= FEWEST and self.low > 0

    @property
    def contradicted(self) -> bool:
        """Whether it is shown to go against it."""
        return self.submissions >= FEWEST and self.high < 0


def agreement(offline: Sequence[float], public: Sequence[float]) -> Agreement:
    """How well the order of `offline` goes with that of `public`, both (n,)."""
    n = len(offline)
    first, second = np.asarray(offline, dtype=float), np.asarray(public, dtype=float)
    if n < 2 or np.ptp(first) == 0 or np.ptp(second) == 0:
        return Agreement(n, None, None, -1.0, 1.0, 1.0)
    ranks, others = _standardized(first), _standardized(second)
    spearman = float(np.clip(ranks @ others, -1, 1))
    low, high = _interval(spearman, n)
    return Agreement(
        n, spearman, float(np.clip(kendalltau(first, second).statistic, -1, 1)), low, high, _chance(ranks, others)
    )


def _standardized(values: DoubleArray) -> DoubleArray:
    """Ranks with mean 0 and length 1, along the last axis; ties share theirs. The product of two is Spearman's."""
    ranks = np.asarray(rankdata(values, axis=-1))
    ranks -= ranks.mean(axis=-1, keepdims=True)
    return ranks / np.linalg.norm(ranks, axis=-1, keepdims=True)


def _chance(ranks: DoubleArray, others: DoubleArray) -> float:
    """Permutation test: the share of the orders of `others` that agree with `ranks` at least as well."""
    n, observed = len(ranks), ranks @ others - 1e-9
    if n <= EXACT:
        orders = np.array(list(permutations(range(n))))
        return float((others[orders] @ ranks >= observed).sum() / factorial(n))
    shuffled = np.random.default_rng(0).permuted(np.tile(others, (DRAWS, 1)), axis=1)
    return float(((shuffled @ ranks >= observed).sum() + 1) / (DRAWS + 1))


def _interval(spearman: float, n: int) -> tuple[float, float]:
    """The correlations of bivariate normal scores that n submissions with this one are not unlikely to come from.

    A test of each correlation, turned round (as Clopper and Pearson 1934 do for a share), since with few submissions
    neither a bootstrap nor a normal approximation holds: both give a perfect order of five an interval of no width.
    """
    rng = np.random.default_rng(0)
    truth, noise = rng.standard_normal((2, DRAWS, n))
    ranks, tail = _standardized(truth), (1 - LEVEL) / 2
    low, high = 1.0, -1.0
    for correlation in CORRELATIONS.tolist():
        drawn = _standardized(correlation * truth + np.sqrt(1 - correlation**2) * noise)
        agreed = np.einsum("sn,sn->s", ranks, drawn)
        if (agreed >= spearman - 1e-9).mean() > tail and (agreed <= spearman + 1e-9).mean() > tail:
            low, high = min(low, correlation), max(high, correlation)
    ends = [bound if abs(bound) < CORRELATIONS[-1] else np.sign(bound) for bound in (low, high)]
    below, above = (float(6 / np.pi * np.arcsin(end / 2)) for end in ends)  # of ranks, as of a normal pair (Pearson)
    return below, above
