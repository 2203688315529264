"""Is a new submission better than the best one handed in, by more than chance?"""

from dataclasses import dataclass
from math import hypot

from shortlist.submission.ledger import Origin, Score
from shortlist.validation.metrics import Z95
from shortlist.validation.scores import Scores


@dataclass(frozen=True)
class Gain:
    """An offline score less that of an earlier submission.

    Attributes:
        mean: the difference.
        error: its standard error.
        paired: whether the error is that of the difference on the same users; if not, it is that of two independent
            scores, which is too large, as both are scored on the same users.
    """

    mean: float
    error: float
    paired: bool

    @property
    def small(self) -> bool:
        """Whether it is no more than its standard error."""
        return not self.mean > self.error


def gain(new: Origin, old: Origin, scheme: str, validation: Scores | None = None) -> Gain:
    """The gain on one scheme that both have a score of.

    Args:
        validation: of the newest run; where both scores are of that run, the users are paired.
    """
    first, second = new.scores[scheme], old.scores[scheme]
    if validation and (error := _paired_error(new, old, scheme, validation)) is not None:
        return Gain(first.mean - second.mean, error, paired=True)
    return Gain(first.mean - second.mean, hypot(first.error, second.error), paired=False)


def _paired_error(new: Origin, old: Origin, scheme: str, validation: Scores) -> float | None:
    """From the bootstrap interval of the distance to the run's best method, where one of the two is that method."""
    result = validation.schemes.get(scheme)
    if result is None or not all(of_this_run(origin, scheme, validation) for origin in (new, old)):
        return None
    best = result.order[0]
    pair = {str(new.method), str(old.method)}
    if best not in pair or len(pair) == 1:
        return None
    (other,) = pair - {best}
    behind = result.behind_best[other]
    return (behind.high - behind.low) / (2 * Z95)


def of_this_run(origin: Origin, scheme: str, validation: Scores) -> bool:
    """Whether a submission's score on a scheme is one of the newest run's, so that its folds are there."""
    method = validation.schemes[scheme].methods.get(origin.method or "")
    if method is None or origin.metric != validation.headline:
        return False
    metric = method.metrics[validation.headline]
    return origin.scores[scheme] == Score(metric.mean, metric.error, origin.scores[scheme].users)
