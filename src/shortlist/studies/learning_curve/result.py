"""What a learning curve has found, and its file."""

from contextlib import suppress
from dataclasses import dataclass

from shortlist.common.json_files import read_json, write_json
from shortlist.common.seals import Damaged
from shortlist.config.paths import Paths
from shortlist.validation.metrics import Difference


@dataclass(frozen=True)
class Curve:
    """One method's.

    Attributes:
        method: its name.
        means, errors: measured at each share, with standard errors.
        on_folds: what the fitted curve has at the share at which the first scheme's folds score methods.
        submission: the same at the submission's, with its interval.
        behind: how far that is behind the best method's; None for the best.
        miss: the farthest that a measured mean is from the curve.
    """

    method: str
    means: tuple[float, ...]
    errors: tuple[float, ...]
    on_folds: float
    submission: Difference
    behind: Difference | None
    miss: float


@dataclass(frozen=True)
class LearningCurve:
    """Every method's curve.

    Attributes:
        metric: the official one.
        shares: of what the submission sees, that was visible, rising.
        share_on_folds: at which the first scheme's folds score methods.
        draws: of hidden pairs.
        users: that were scored.
        made_from: fingerprint of all that the figures rest on.
        curves: the best at the submission first.
    """

    metric: str
    shares: tuple[float, ...]
    share_on_folds: float
    draws: int
    users: int
    made_from: str
    curves: tuple[Curve, ...]

    @property
    def order(self) -> list[str]:
        """The methods by what they are expected to reach at the submission, the best first."""
        return [curve.method for curve in self.curves]

    @property
    def order_on_folds(self) -> list[str]:
        """The same by what they reach at the share of the folds; among equals as at the submission."""
        return [curve.method for curve in sorted(self.curves, key=lambda curve: -curve.on_folds)]


def write_learning_curve(paths: Paths, learning_curve: LearningCurve) -> None:
    """Write it for the report."""
    write_json(paths.learning_curve, learning_curve)


def read_learning_curve(paths: Paths) -> LearningCurve | None:
    """What `write_learning_curve` wrote; None where there is none yet, or only that of an older version."""
    with suppress(Damaged):
        return read_json(paths.learning_curve, LearningCurve, paths.learning_curve_done)
    return None
