"""How large a synthetic competition is, and how many applications each of its resumes has."""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from shortlist.data.sample.draws import Array
from shortlist.errors import ConfigError

ACTIVITY_SHAPE = 0.35  # of the gamma behind the counts: 46 % of resumes with 2 visible and a tail to 50, as published
MAX_APPLICATIONS, HIDDEN_SHARE, PER_USER = 77, 0.3, 5


def hidden_of(counts: Array) -> Array:
    """How many of `counts` applications the organiser hides: round(0.3 n), none of fewer than three."""
    return np.where(counts >= 3, np.rint(HIDDEN_SHARE * counts), 0).astype(np.int64)


@dataclass(frozen=True)
class SampleSize:
    """How large the synthetic competition is; `pairs` counts the visible applications and is met exactly.

    The default has the published density: about 5 visible applications a resume and 6.5 a posting.
    """

    users: int = 2000
    items: int = 1500
    pairs: int = 10_000

    def __post_init__(self) -> None:
        if self.users < 10 or self.items < 20:
            raise ConfigError(f"sample size: needs users >= 10 and items >= 20, got {self.users} and {self.items}")
        low, high = 2 * self.users, self.users * int(self.visible_of()[-1])
        if not low <= self.pairs <= high:
            raise ConfigError(f"sample size: pairs must be {low} to {high} for these users and items, got {self.pairs}")

    def visible_of(self) -> Array:
        """Visible applications of a resume with 0, 1, 2, ... in all; the most leaves five postings to propose."""
        counts = np.arange(min(MAX_APPLICATIONS, self.items - PER_USER) + 1)
        return counts - hidden_of(counts)


def draw_counts(rng: Generator, size: SampleSize) -> Array:
    """Applications of each resume (U,), such that the visible ones sum to `size.pairs`."""
    visible_of = size.visible_of()
    activity = rng.gamma(ACTIVITY_SHAPE, size=size.users) + 1e-6
    visible = np.full(size.users, 2)
    while (spare := size.pairs - int(visible.sum())) > 0:  # once more for those cut off at the most
        free = np.where(visible < visible_of[-1], activity, 0.0)
        visible = np.minimum(visible + rng.multinomial(spare, free / free.sum()), visible_of[-1])
    # One or two totals leave the same visible count: either is as good.
    fewest, most = np.searchsorted(visible_of, visible, "left"), np.searchsorted(visible_of, visible, "right")
    return rng.integers(fewest, most)
