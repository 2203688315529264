"""What a rule does to the counts: merging original ones leaves a comb on the visible ones, and each rule its own.

Under n - round(0.3 n), 6 visible pairs are what is left of 8 or 9, but 7 of 10 only.
"""

from dataclasses import dataclass, replace
from math import gcd

import numpy as np
from numpy.typing import NDArray

from shortlist.studies.split_inference.candidates import Rule

HALF = 0.5
"""Largest share among the candidates: decides how far the original counts must reach."""

ROOM = 16
"""Original counts beyond that: more than any number that is left out."""


@dataclass(frozen=True)
class Window:
    """The visible counts that are looked at, `lowest` ... `highest`."""

    lowest: int
    highest: int

    @property
    def top(self) -> int:
        """No original count beyond it leaves a visible one of the window."""
        return int((self.highest + ROOM) / (1 - HALF))

    def edges(self, rule: Rule) -> NDArray[np.int64]:
        """The rule on the window: visible count lowest + i is left of edges[i] ... edges[i + 1] - 1, (V + 1,)."""
        original = np.arange(self.top + 1)
        visible = original if rule is None else rule.visible(original)
        return np.searchsorted(visible, np.arange(self.lowest, self.highest + 2))

    def comb(self, rule: Rule) -> tuple[int, ...]:
        """How many original counts each visible one is made of, in proportion.

        Rules with the same comb cannot be told apart, as nobody knows the original counts: leave-one-out has the comb
        of no rule at all on counts that are larger by one, floor(0.5 n) on counts twice as large. Of the lowest visible
        count it is not known how many original ones there were: users with few pairs are often dropped beforehand.
        """
        sizes = np.diff(self.edges(rule))[1:].tolist()
        divisor = max(gcd(*sizes), 1)
        return tuple(size // divisor for size in sizes)

    def trunk(self, rule: Rule) -> tuple[int, ...]:
        """The comb without what the rule keeps at least: a pile of users with few pairs is no proof of a minimum."""
        return self.comb(None if rule is None else replace(rule, keep=1))
