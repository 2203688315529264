"""Curves through measured scores: score = a + b log(share), by least squares.

Over the few tens of percent between a fold and the submission any smooth curve is nearly that; a power law bends so
little there that its third parameter cannot be told from noise (Viering and Loog, "The shape of learning curves",
TPAMI 2022). And what such a curve has at a share is a weighted sum of the measured scores: of the means as of each
user's, so that an interval is the plain bootstrap over users of one number of each.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from shortlist.common.arrays import DoubleArray
from shortlist.studies.learning_curve.result import Curve
from shortlist.validation.metrics import UserScores, estimate, paired_bootstrap


def weights(shares: Sequence[float], at: float) -> DoubleArray:
    """What each measured score counts in the fitted curve's at a share, (S,).

    Args:
        shares: S different ones, two at least.
        at: the share that is asked for.
    """
    design = np.column_stack([np.ones(len(shares)), np.log(shares)])
    factors: DoubleArray = np.array([1, np.log(at)]) @ np.linalg.pinv(design)
    return factors


def curves(scores: Mapping[str, Sequence[UserScores]], shares: Sequence[float], on_folds: float) -> tuple[Curve, ...]:
    """The curve of each method, the best at the submission first.

    Args:
        scores: of each method, the official metric at each share, all of the same rows.
        shares: S of them.
        on_folds: the share at which the first scheme's folds score methods.
    """
    values = {name: np.stack([own.values[0] for own in every]) for name, every in scores.items()}
    users = next(iter(scores.values()))[0].users
    reached = {name: weights(shares, 1) @ own for name, own in values.items()}
    order = sorted(reached, key=lambda name: (-reached[name].mean(), name))
    return tuple(
        Curve(
            method=name,
            means=tuple(values[name].mean(axis=1).tolist()),
            errors=tuple(estimate(row, users).error for row in values[name]),
            on_folds=float(weights(shares, on_folds) @ values[name].mean(axis=1)),
            submission=paired_bootstrap(reached[name], np.zeros(len(users)), users),
            behind=None if name == order[0] else paired_bootstrap(reached[order[0]], reached[name], users),
            miss=_miss(values[name].mean(axis=1), shares),
        )
        for name in order
    )


def _miss(means: DoubleArray, shares: Sequence[float]) -> float:
    fitted = np.array([weights(shares, share) @ means for share in shares])
    return float(np.abs(fitted - means).max())
