"""Which rule fits the visible counts: all are ranked by how likely they make them, whatever the original counts were.

That the distribution of the original counts is smooth (`smooth`) is all that is assumed; what tells rules apart is the
comb that each leaves on the visible counts (`comb`).
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import chi2

from shortlist.common.arrays import DoubleArray
from shortlist.common.bilingual import Bilingual
from shortlist.errors import DataError
from shortlist.studies.split_inference.candidates import NOTHING, Rule, candidates, family
from shortlist.studies.split_inference.comb import Window
from shortlist.studies.split_inference.smooth import Fit, SmoothCounts

MARGIN = float(np.log(100))
"""A rule is ruled out if it makes the counts 100 times less likely than the best one does."""

POOR, RARE = 2.0, 0.01
"""Chi-squared over degrees of freedom, and its p-value, from which not even the best rule is believed: both, as few
degrees of freedom scatter, and a smooth curve is never exact for very many users."""

SPAN, SHARE = 60, 0.995
"""Of the visible counts looked at: so many from the lowest on, up to the one that this share of the users reaches."""

STARTS = 3
"""Lowest original counts tried with each rule: users with fewer pairs may have been dropped before the split."""


@dataclass(frozen=True)
class Ranked:
    """Rules that leave the same comb, and how the best of them fits.

    Attributes:
        rules: in the order of `candidates`: which of them it was, no data can tell.
        behind: log of how much less likely than under the best rule of all the counts are.
        chi_squared, freedom: of the users seen with each visible count against those expected.
        fit: the curve behind it.
    """

    rules: tuple[Rule, ...]
    behind: float
    chi_squared: float
    freedom: float
    fit: Fit

    @property
    def p_value(self) -> float:
        """How often counts of this rule would fit worse; approximate."""
        return float(chi2.sf(self.chi_squared, self.freedom))


@dataclass(frozen=True)
class Inference:
    """What the visible counts say.

    Attributes:
        window: the visible counts looked at.
        seen: (V,) users with each of them.
        users: with any visible pair, those beyond the window among them.
        ranked: best first.
    """

    window: Window
    seen: DoubleArray
    users: int
    ranked: tuple[Ranked, ...]

    @property
    def tied(self) -> tuple[Ranked, ...]:
        """The best and all that are not ruled out."""
        return tuple(ranked for ranked in self.ranked if ranked.behind <= MARGIN)

    @property
    def fits(self) -> bool:
        """Whether the best rule can be believed."""
        first = self.ranked[0]
        return first.chi_squared <= POOR * first.freedom or first.p_value >= RARE

    @property
    def best(self) -> Rule:
        """The rule to imitate: none where none is as likely."""
        return None if NOTHING in self.families else self.ranked[0].rules[0]

    @cached_property
    def families(self) -> tuple[Bilingual, ...]:
        """What is not ruled out, but for minima and halves, best first."""
        trunks = {rule: self.window.trunk(rule) for ranked in self.ranked for rule in ranked.rules}
        tied = dict.fromkeys(trunks[ranked.rules[0]] for ranked in self.tied)
        return tuple(dict.fromkeys(family(rule) for trunk in tied for rule in trunks if trunks[rule] == trunk))

    @property
    def told(self) -> bool:
        """Whether the rule is found, but for minima and halves."""
        return self.fits and len(self.families) == 1


def infer(visible: NDArray[Any], rules: Iterable[Rule] | None = None) -> Inference:
    """Rank the rules by how likely they make the visible counts.

    Args:
        visible: (users,) visible pairs of each; users without any are not looked at, as a training file lacks them.
        rules: those of `candidates` by default.

    Raises:
        DataError: no user has a visible pair.
    """
    counts = np.asarray(visible)[np.asarray(visible) > 0]
    if not len(counts):
        raise DataError("infer-split: no user has a visible pair; there is nothing to infer a rule from")
    lowest = int(counts.min())
    window = Window(lowest, min(lowest + SPAN, int(np.quantile(counts, SHARE, method="higher"))))
    seen = np.bincount(counts, minlength=window.highest + 1)[lowest : window.highest + 1].astype(np.float64)
    curves = SmoothCounts(lowest, window.top)
    fits: dict[tuple[int, ...], Fit] = {}
    alike: dict[tuple[int, ...], list[tuple[Rule, Fit]]] = {}
    for rule in candidates() if rules is None else rules:
        first, second, *rest = window.edges(rule).tolist()
        starts = range(first, min(second, first + STARTS))
        if not starts or any(right == left for left, right in zip([second, *rest], rest, strict=False)):
            continue  # a visible count that the rule never leaves
        keys = [(start, second, *rest) for start in starts]
        for key in keys:
            if key not in fits:
                fits[key] = curves.fit(seen, np.array(key))
        best = max((fits[key] for key in keys), key=lambda fit: fit.evidence)
        alike.setdefault(window.comb(rule), []).append((rule, best))
    return Inference(window, seen, len(counts), _ranked(seen, alike.values()))


def _ranked(seen: DoubleArray, groups: Iterable[list[tuple[Rule, Fit]]]) -> tuple[Ranked, ...]:
    """Best first. Where not even the best explains the scatter, scatter is no evidence against another."""
    ranked = []
    for group in groups:
        fit = max((fit for _, fit in group), key=lambda fit: fit.evidence)
        chi_squared = float(((seen - fit.expected) ** 2 / fit.expected).sum())
        freedom = max(len(seen) - fit.parameters, 1.0)
        ranked.append(Ranked(tuple(rule for rule, _ in group), -fit.evidence, chi_squared, freedom, fit))
    ranked.sort(key=lambda comb: comb.behind)
    best = ranked[0]
    scatter = max(best.chi_squared / best.freedom, 1.0)
    return tuple(replace(comb, behind=(comb.behind - best.behind) / scatter) for comb in ranked)
