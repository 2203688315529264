"""A smooth curve of the users' original counts, seen only through a rule that merges some of them.

The penalised composite link model (Eilers 2007, "Ill-posed problems with counts, the composite link model and penalized
likelihood", Statistical Modelling 7): the log of the expected number of users with n pairs is a cubic B-spline in
log(n + 1) with a penalty on second differences; a visible count's expectation is the sum over the original counts that
the rule maps to it; the users seen are Poisson. How likely a rule makes the data is the integral over all curves, by
Laplace's approximation, averaged over the weights of the penalty.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import BSpline

from shortlist.common.arrays import DoubleArray

FUNCTIONS = 28
"""B-splines of the basis."""

WEIGHTS = 10.0 ** np.arange(-1, 5)
"""Of the penalty, from a curve that bends as it likes to one that is nearly a power law."""

FLAT_SPREAD = 10.0
"""Prior standard deviation of what the penalty leaves free, level and slope, in units of the logarithm."""

STEPS, HALVINGS, CLOSE = 60, 12, 1e-4
"""Of Newton's method; it ends when no log-likelihood grows by more than `CLOSE`."""


@dataclass(frozen=True)
class Fit:
    """The best curve behind the data.

    Attributes:
        evidence: log of how likely the data are, all curves considered.
        expected: (V,) users with each visible count.
        parameters: effective number of the curve's parameters.
    """

    evidence: float
    expected: DoubleArray
    parameters: float


class SmoothCounts:
    """Curves over the original counts `lowest` ... `top`: one basis and one prior for all rules that are compared."""

    def __init__(self, lowest: int, top: int) -> None:
        self.lowest = lowest
        at = np.log(np.arange(lowest, top + 1) + 1.0)
        step = (at[-1] - at[0]) / (FUNCTIONS - 3)
        knots = at[0] + step * np.arange(-3, FUNCTIONS + 1)
        inside = np.clip(at, knots[3], knots[-4])
        self._basis = BSpline.design_matrix(inside, knots, 3).toarray()
        bend = np.diff(np.eye(FUNCTIONS), n=2, axis=0)
        free = np.linalg.svd(bend)[2][-2:]
        self._penalties = WEIGHTS[:, None, None] * (bend.T @ bend) + free.T @ free / FLAT_SPREAD**2

    def fit(self, seen: DoubleArray, edges: NDArray[np.int64]) -> Fit:
        """The curve, given the users seen with each visible count.

        Args:
            seen: (V,) users.
            edges: (V + 1,) the rule: visible count v is made of the original counts edges[v] ... edges[v + 1] - 1.
        """
        places = edges - self.lowest
        basis, starts = self._basis[places[0] : places[-1]], places[:-1] - places[0]
        level = np.log(seen.sum() / len(basis))
        at = np.full((len(WEIGHTS), FUNCTIONS), level)
        value, curve, expected = self._value(at, seen, basis, starts)
        for _ in range(STEPS):
            # Of `expected`, (weights, V, functions).
            slopes = np.add.reduceat(curve[:, :, None] * basis, starts, axis=1)
            gradient = ((seen / expected - 1)[:, None] @ slopes)[:, 0] - (self._penalties @ at[..., None])[..., 0]
            curvature = (slopes / expected[..., None]).transpose(0, 2, 1) @ slopes + self._penalties
            step = np.linalg.solve(curvature, gradient[..., None])[..., 0]
            length, before = np.ones(len(WEIGHTS)), value
            for _ in range(HALVINGS):
                tried = at + length[:, None] * step
                value, curve, expected = self._value(tried, seen, basis, starts)
                if (worse := value < before - CLOSE).any():
                    length[worse] /= 2
                else:
                    break
            at = tried
            if np.abs(value - before).max() < CLOSE:
                break
        determinants = np.linalg.slogdet(self._penalties)[1] - np.linalg.slogdet(curvature)[1]
        evidence = value + determinants / 2
        best = int(evidence.argmax())
        used = FUNCTIONS - np.trace(np.linalg.solve(curvature[best], self._penalties[best]))
        mean = float(np.logaddexp.reduce(evidence) - np.log(len(WEIGHTS)))
        return Fit(mean, expected[best], float(used))

    def _value(
        self, at: DoubleArray, seen: DoubleArray, basis: DoubleArray, starts: NDArray[np.int64]
    ) -> tuple[DoubleArray, DoubleArray, DoubleArray]:
        """Penalised log-likelihood of each weight's curve, the curve, and the expected users by visible count."""
        curve = np.exp(np.clip(at @ basis.T, -40, 30))
        expected = np.maximum(np.add.reduceat(curve, starts, axis=1), 1e-12)
        penalty = np.einsum("wk,wkj,wj->w", at, self._penalties, at)
        return (seen * np.log(expected) - expected).sum(axis=1) - penalty / 2, curve, expected
