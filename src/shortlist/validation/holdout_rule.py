"""How many of a user's pairs an organiser hides: the rule that splitters imitate and `infer-split` looks for."""

from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import AfterValidator, ConfigDict, Field
from pydantic.dataclasses import dataclass as checked_dataclass

from shortlist.common.bilingual import Bilingual, same
from shortlist.common.parameters import MOST, Count, CountOrNone, no_trifle

Counts = NDArray[np.int64]
Rounding = Literal["half_even", "half_up", "half_down", "kept_half_even", "floor", "ceil"]

HALVES = {
    "half_even": same(""),
    "half_up": Bilingual(" with halves up", ", 절반은 올림"),
    "half_down": Bilingual(" with halves down", ", 절반은 내림"),
    "kept_half_even": Bilingual(" with the kept half to even", ", 남는 쪽의 절반은 짝수로"),
}
"""The roundings to the nearest, and what they say of halves; Python's and NumPy's own needs no words."""

DIGITS = 9
"""Of share * n before it is rounded: 0.1 * 3 is 0.30000000000000004, which is no more than 0.3 to an organiser."""


def share_or_number(hidden: float) -> float:
    """Pass a share below 1 or a whole number.

    Raises:
        ValueError: it is neither.
    """
    if hidden >= 1 and hidden != int(hidden):
        raise ValueError("must be a share below 1 or a whole number of pairs")
    return hidden


ShareOrNumber = Annotated[
    float, Field(strict=True, gt=0, le=MOST), AfterValidator(no_trifle), AfterValidator(share_or_number)
]


@checked_dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
class Hiding:
    """How many of a user's n pairs are hidden; never all of them.

    Args:
        hidden: the share of the pairs if below 1, else their number: 1 is leave-one-out.
        rounding: of share * n. `half_even` is what Python, NumPy and `DataFrame.sample(frac=share)` do, `ceil` what
            scikit-learn's train_test_split does, `kept_half_even` what comes of sampling the kept part.
        at_least: hide so many of every user that has enough pairs.
        keep: leave so many of every user, before all else.
    """

    hidden: ShareOrNumber = 0.3
    rounding: Rounding = "half_even"
    at_least: CountOrNone = 0
    keep: Count = 1

    def quota(self, n: Counts) -> Counts:
        """How many of n are hidden, for each entry; of at most `keep` none."""
        wanted = np.maximum(self._rounded(n), self.at_least)
        return np.clip(wanted, 0, np.maximum(n - self.keep, 0))

    def visible(self, n: Counts) -> Counts:
        """How many of n stay; never fewer for a larger n."""
        return n - self.quota(n)

    def _rounded(self, n: Counts) -> Counts:
        if self.hidden >= 1:
            return np.full_like(n, int(self.hidden))
        exact = np.round(self.hidden * n, DIGITS)
        whole: dict[str, NDArray[np.float64]] = {
            "half_even": np.rint(exact),
            "half_up": np.floor(exact + 0.5),
            "half_down": np.ceil(exact - 0.5),
            "kept_half_even": n.astype(np.float64) - np.rint(n - exact),
            "floor": np.floor(exact),
            "ceil": np.ceil(exact),
        }
        return whole[self.rounding].astype(np.int64)

    @property
    def formula(self) -> Bilingual:
        """How many of n are hidden, in short: "round(0.3 n)"."""
        minima = self.minima
        if self.hidden >= 1:
            return Bilingual(f"{self.hidden:g}{minima.en}", f"{self.hidden:g}{minima.ko}")
        function = "round" if self.rounding in HALVES else self.rounding
        share, halves = f"{function}({self.hidden:g} n)", HALVES.get(self.rounding, same(""))
        return Bilingual(f"{share}{halves.en}{minima.en}", f"{share}{halves.ko}{minima.ko}")

    @property
    def minima(self) -> Bilingual:
        """The end of `formula`: what is hidden and kept at least, where that is not the default."""
        hidden = Bilingual(f", at least {self.at_least}", f", 최소 {self.at_least}") if self.at_least else same("")
        kept = Bilingual(f", {self.keep} kept", f", {self.keep} 남김") if self.keep > 1 else same("")
        return Bilingual(hidden.en + kept.en, hidden.ko + kept.ko)
