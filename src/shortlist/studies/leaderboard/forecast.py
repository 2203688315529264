"""From an offline score to the public one to expect.

Offline scores are lower by about a constant factor, since a fold hides a part of what the leaderboard's model learns
from. So log(public / offline) is a constant plus a slope in log(offline) whose prior holds it near 0: with one to
three submissions the line is a ratio, with more it may bend. Bayesian linear regression (conjugate normal, inverse
gamma) with each submission's own error, made robust by the weights of Student's t (Lange, Little and Taylor 1989).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import t as student

from shortlist.common.arrays import DoubleArray
from shortlist.submission.ledger import Score

SPREAD = np.array([1.0, 0.3])
"""Prior standard deviations: of the log of the factor, so that any is possible, and of the slope beside 1."""

DOUBT = 4.0
"""How many submissions' worth it counts that the scatter is what the scores' errors explain."""

TAIL = 4.0
"""Degrees of freedom of the weights: one submission that went wrong must not turn the line."""

ROUNDS = 30
LEVEL = 0.95


@dataclass(frozen=True)
class Forecast:
    """A public score to expect, with the ends of its 95 % interval."""

    middle: float
    low: float
    high: float


@dataclass(frozen=True)
class Line:
    """What the scored submissions say of public against offline scores.

    Attributes:
        submissions: the line rests on.
        factor: public over offline at the centre.
        exponent: public grows as offline to the power of it; 1 is a ratio.
    """

    submissions: int
    factor: float
    exponent: float
    _centre: float
    _mean: DoubleArray
    _precision: DoubleArray
    _scale: float

    def expect(self, score: Score) -> Forecast:
        """The public score of a new submission with this offline score."""
        row = np.array([1.0, np.log(score.mean) - self._centre])
        spread = np.sqrt(self._scale * (error_of(score) ** 2 + row @ np.linalg.solve(self._precision, row)))
        middle = np.log(score.mean) + row @ self._mean
        reach = student.ppf((1 + LEVEL) / 2, DOUBT + self.submissions) * spread
        low, middle, high = np.exp([middle - reach, middle, middle + reach]).tolist()
        return Forecast(middle, low, high)


def usable(score: Score | None, public: float | None) -> bool:
    """Whether a logarithm can be taken of both."""
    return score is not None and public is not None and score.mean > 0 and public > 0


def fit(scores: Sequence[Score], public: Sequence[float]) -> Line | None:
    """The line through the submissions that have both scores; None if there is none. All must be `usable`."""
    if not scores:
        return None
    offline = np.log([score.mean for score in scores])
    ratio = np.log(public) - offline
    centre = float(offline.mean())
    rows = np.column_stack([np.ones(len(ratio)), offline - centre])
    variance = np.array([error_of(score) for score in scores]) ** 2
    prior = np.diag(1 / SPREAD**2)
    weights, freedom = np.ones(len(ratio)), DOUBT + len(ratio)
    for _ in range(ROUNDS):
        weighed = rows * (weights / variance)[:, None]
        precision = prior + rows.T @ weighed
        mean = np.linalg.solve(precision, weighed.T @ ratio)
        rest = ratio - rows @ mean
        scale = float((DOUBT + weights @ (rest**2 / variance)) / freedom)
        weights = (TAIL + 1) / (TAIL + rest**2 / (scale * variance))
        weights = np.minimum(weights, 1.0)  # none counts for more than itself
    return Line(len(ratio), float(np.exp(mean[0])), float(1 + mean[1]), centre, mean, precision, scale)


def error_of(score: Score) -> float:
    """Relative error of one submission about the line: its offline error, and that of the public score's own users.

    How many users the public score rests on is not published; it is taken to be as many as a fold scores. A share that
    lies in 0 ... 1 for each user has a variance of mean * (1 - mean) at most.
    """
    offline = score.error / score.mean if np.isfinite(score.error) else 0.0
    split = (1 - min(score.mean, 1.0)) / (score.mean * score.users) if score.users else offline**2
    return float(max(np.sqrt(offline**2 + split), 1e-6))
