"""The points of a learning curve: what is hidden in each draw, and what is visible at each share."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from shortlist.data.dataset import Dataset
from shortlist.pipeline.asking import asking
from shortlist.pipeline.run import Run
from shortlist.pipeline.schemes import splitters
from shortlist.validation.division import Fold, Positions
from shortlist.validation.splitters.base import Splitter, Units
from shortlist.validation.splitters.kfold import KFold


@dataclass(frozen=True)
class Point:
    """One draw at one share.

    Attributes:
        draw: from 1.
        share: of what the submission sees, that is visible here.
        fold: what is visible, and what is hidden: the same at every share of a draw.
    """

    draw: int
    share: float
    fold: Fold


def points(run: Run, dataset: Dataset) -> list[Point]:
    """Every share of every draw, the largest first: where it fails, it does so at once.

    Raises:
        DataError: too few events for a fold to have something to train on and something to score.
    """
    curve_points, shares, asked = [], run.competition.learning_curve.shares, asking(run)
    splitter, whole = hiding(run, dataset)
    for fold in list(asked.folds(splitter, dataset))[: run.competition.learning_curve.draws]:
        for share in shares[::-1]:
            train = thinned(dataset, fold, share / whole, asked.repeats, run.competition.seed)
            curve_points.append(Point(fold.number, share, replace(fold, train=train)))
    return curve_points


def hiding(run: Run, dataset: Dataset) -> tuple[Splitter, float]:
    """What hides the answers, and the share of what the submission sees that all visible events of a fold stand for.

    Where events have an order that the first scheme goes by, its folds are the question itself at an earlier time: all
    that came before is what the submission will see. Elsewhere answers are drawn, and as few as the largest share
    leaves.
    """
    competition = run.competition
    first = splitters(competition)[competition.first_scheme].scored
    if dataset.events.time is not None and not first.timeless:
        return first, 1.0
    most = competition.learning_curve.shares[-1]
    return KFold(folds=max(2, round(1 / (1 - most))), seed=competition.seed), most


def share_on_folds(run: Run, dataset: Dataset) -> float:
    """The share at which the first scheme's folds score methods."""
    _, whole = hiding(run, dataset)
    if whole == 1:
        return whole
    scheme = splitters(run.competition)[run.competition.first_scheme].scored
    return float(np.mean([len(fold.train) for fold in asking(run).folds(scheme, dataset)])) / len(dataset)


def thinned(dataset: Dataset, fold: Fold, share: float, repeats: bool, seed: int) -> Positions:
    """A share of each user's visible pairs, or events where items come again, drawn at random.

    What is there at a share is there at every larger one, so that a curve has the noise of one draw and not of many.
    """
    rng = np.random.default_rng([seed, fold.number])
    units = Units.of(dataset.take(fold.train), repeats)
    place, number = units.places(rng, by_time=False)
    lot = rng.random(len(dataset.users))[units.user]  # whether one more of a user's is there, which is no whole number
    return fold.train[np.flatnonzero(units.events(place + lot < share * number))]


def by_share(curve_points: list[Point]) -> Iterator[tuple[float, list[Point]]]:
    """The points of each share, in the order of the draws; the smallest share first."""
    for share in sorted({point.share for point in curve_points}):
        yield share, [point for point in curve_points if point.share == share]
