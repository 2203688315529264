"""Were items with few pairs dropped before the organiser hid a part? What the visible counts still tell.

The visible count of an item is its original count, thinned: each pair stays visible with probability 1 - hidden. The
distribution of the original counts is estimated without assuming a form (the non-parametric maximum-likelihood estimate
of a mixing distribution: Laird 1978, by EM), once freely and once for each lowest original count m.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom

from shortlist.common.arrays import DoubleArray
from shortlist.common.bilingual import Bilingual
from shortlist.data.dataset import Dataset
from shortlist.pages.content import Figure, number, table
from shortlist.pages.plots import BLUE, GREY, ORANGE, canvas, svg
from shortlist.studies.eda.finding import Finding

CAP = 80
"""Visible counts from here on are one class: what lies below decides about a truncation."""

ROUNDS = 1500
"""Of EM; ten times as many change the log-likelihood by about 1 and an expected number of hidden pairs by 0.1."""

LOSS = 1.92
"""Log-likelihood that a lowest count may cost: half the 95 % point of chi-squared with one degree of freedom."""

CLEAR_LOSS = 20.0
"""Log-likelihood that a steady long tail must cost before we say that rare items are missing.

A free fit gains about 5 on thousands of items drawn from a long tail; a real cut costs hundreds.
"""

SHOWN = 12
"""Visible counts 0 ... 12 are shown."""

HEADER = (
    Bilingual("visible pairs", "보이는 쌍"),
    Bilingual("items", "아이템"),
    Bilingual("hidden pairs expected", "예상되는 숨긴 쌍"),
    Bilingual("in proportion", "비례한다면"),
)

CAPTION = Bilingual(
    "First: share of the items with so many pairs, grey the visible counts, blue the original ones as fitted. Second: "
    "hidden pairs of an item by its visible ones, blue as expected, dashed in proportion",
    "첫째: 쌍의 수에 따른 아이템의 비율, 회색은 보이는 개수, 파란색은 추정한 원래 개수. 둘째: 아이템의 보이는 쌍에 "
    "따른 숨긴 쌍, 파란색은 예상, 점선은 비례한다면",
)


@dataclass(frozen=True)
class Original:
    """Fitted original counts.

    Attributes:
        share: (N,) of the items by original count 0 ... N-1.
        hidden: (CAP + 1,) expected number of hidden pairs by visible count.
        lowest: the largest m that the visible counts allow: no item need have had fewer than m pairs.
        tail_loss: log-likelihood that is lost if the shares may only fall from 1 on, as in a long tail
            from which nothing was taken.
    """

    share: DoubleArray
    hidden: DoubleArray
    lowest: int
    tail_loss: float

    @property
    def truncated(self) -> bool:
        """Whether rare items are missing."""
        return self.tail_loss > CLEAR_LOSS

    def at_least(self, part: float) -> int:
        """The largest original count that this part of the items reaches."""
        return int(np.searchsorted(np.cumsum(self.share), 1 - part, side="right"))


def fit_original(visible: NDArray[np.integer], hidden: float) -> Original:
    """Estimate the original counts from visible ones.

    Args:
        visible: (n,) counts. Without a zero among them, items with none are taken to be unlisted, and the fit allows
            for them.
        hidden: probability that a pair is hidden, 0 < hidden < 1.
    """
    seen = np.bincount(np.minimum(visible, CAP), minlength=CAP + 1).astype(np.float64)
    top = int(CAP / (1 - hidden) + 4 * np.sqrt(CAP))
    original = np.arange(top + 1)
    likelihood: DoubleArray = np.asarray(binom.pmf(np.arange(CAP + 1)[:, None], original, 1 - hidden))
    likelihood[CAP] = binom.sf(CAP - 1, original, 1 - hidden)
    lowest = 0 if seen[0] else 1
    share, best = _em(seen, likelihood, lowest)
    m = lowest
    while m < top and best - _em(seen, likelihood, m + 1)[1] <= LOSS:
        m += 1
    # Shares that only fall are a mixture of the uniform distributions on 1 ... k; items without any pair are apart.
    falling = np.triu(np.ones((top + 1, top + 1))) / np.maximum(original, 1)
    falling[0, 1:] = 0
    steady = _em(seen, likelihood @ falling, lowest)[1]
    joint = likelihood * share
    kept = joint.sum(axis=1)
    mean = np.divide(joint @ original, kept, out=np.zeros(CAP + 1), where=kept > 0)
    return Original(share, mean - np.arange(CAP + 1), m, best - steady)


def _em(seen: DoubleArray, likelihood: DoubleArray, lowest: int) -> tuple[DoubleArray, float]:
    """Shares of the original counts from `lowest` on that make `seen` most likely, and its log-likelihood."""
    share = np.zeros(likelihood.shape[1])
    share[lowest:] = 1 / (len(share) - lowest)
    counted = seen.copy()
    for _ in range(ROUNDS):
        chance = np.maximum(likelihood @ share, 1e-300)
        if not seen[0]:  # as many items without a visible pair as the fit itself expects
            counted[0] = seen.sum() * chance[0] / (1 - chance[0])
        share = share * (likelihood.T @ (counted / chance)) / counted.sum()
    chance = np.maximum(likelihood @ share, 1e-300)
    listed = 1.0 if seen[0] else 1 - chance[0]
    return share, float(seen @ np.log(chance / listed))


def truncation(dataset: Dataset, hidden: float) -> Finding:
    """Whether rare items were dropped, and how many hidden pairs an item has, given the visible ones.

    Args:
        hidden: share of the pairs that the organiser hid, as the scheme `holdout` states it.
    """
    visible = np.bincount(dataset.pairs[:, 1], minlength=len(dataset.items))
    twice = 1 - (1 - hidden) ** 2
    once, again = fit_original(visible, hidden), fit_original(visible, twice)
    naive = hidden / (1 - hidden)
    numbers: dict[Bilingual, float] = {
        Bilingual("hidden share assumed", "숨겼다고 가정한 비율"): hidden,
        Bilingual("lowest original count", "원래 개수의 하한"): once.lowest,
        Bilingual("9 of 10 had at least", "10개 중 9개는 적어도"): once.at_least(0.9),
        Bilingual("cost of a steady long tail", "꾸준한 긴 꼬리의 손실"): once.tail_loss,
        Bilingual("lowest, thinned twice", "두 번 솎았다면 하한"): again.lowest,
    }
    counted = np.bincount(np.minimum(visible, CAP), minlength=CAP + 1)
    rows = [
        (number(v, ","), number(counted[v], ","), number(once.hidden[v], ".2f"), number(naive * v, ".2f"))
        for v in range(SHOWN + 1)
    ]
    words = (_missing(once, hidden), _hidden_pairs(once, naive), _lowest(once, again, twice))
    title = Bilingual("Counts before the split", "분할 전의 쌍 수")
    return Finding(title, words, Figure(_drawn(counted, once, naive), CAPTION), numbers, table(HEADER, rows))


def _missing(once: Original, hidden: float) -> Bilingual:
    if not once.truncated:
        return Bilingual(
            "Rare items are not missing: the visible counts fit a long tail from which nothing was taken.",
            "드문 아이템은 빠지지 않았습니다. 보이는 개수는 아무것도 잘라 내지 않은 긴 꼬리와 맞습니다.",
        )
    most = once.at_least(0.9)
    return Bilingual(
        f"Rare items are missing: 9 of 10 items had {most} pairs or more before {hidden:.0%} were hidden, so an item "
        "with few visible pairs has about as many hidden ones as another.",
        f"드문 아이템이 빠져 있습니다. {hidden:.0%}를 숨기기 전에 아이템 10개 중 9개는 쌍이 {most}개 이상이었으므로, "
        "보이는 쌍이 적은 아이템에도 숨긴 쌍은 다른 아이템과 비슷하게 있습니다.",
    )


def _hidden_pairs(once: Original, naive: float) -> Bilingual:
    listed = ", ".join(f"{value:.1f}" for value in once.hidden[:8])
    return Bilingual(
        f"Expected hidden pairs of an item seen 0, 1, ... 7 times: {listed}. In proportion it would be {naive:.2f} "
        "for each visible one.",
        f"보이는 쌍이 0, 1, ... 7개인 아이템에 예상되는 숨긴 쌍은 차례로 {listed}개입니다. 비례한다면 보이는 쌍 "
        f"하나마다 {naive:.2f}개입니다.",
    )


def _lowest(once: Original, again: Original, twice: float) -> Bilingual:
    return Bilingual(
        f"A steadily falling distribution of the original counts costs {once.tail_loss:.1f} in log-likelihood against "
        f"a free one. The lowest original count that the visible ones allow for every item is {once.lowest}; if the "
        f"file was thinned twice ({twice:.0%} hidden in all), it is {again.lowest}, and 9 of 10 items had "
        f"{again.at_least(0.9)} or more.",
        f"원래 개수의 분포가 꾸준히 줄어든다고 하면 자유로운 분포보다 로그 가능도가 {once.tail_loss:.1f} 낮습니다. "
        f"보이는 개수가 모든 아이템에 허용하는 원래 개수의 하한은 {once.lowest}개입니다. 파일을 두 번 솎아 냈다면(모두 "
        f"{twice:.0%} 숨김) 하한은 {again.lowest}개이고, 아이템 10개 중 9개는 {again.at_least(0.9)}개 이상이었습니다.",
    )


def _drawn(counted: NDArray[np.integer], fit: Original, naive: float) -> str:
    left, right = canvas(), canvas()
    at = np.arange(2 * SHOWN)
    left.bar(at, counted[: len(at)] / max(int(counted.sum()), 1), color=GREY, label="visible")
    left.step(at, fit.share[: len(at)], where="mid", color=BLUE, label="original, fitted")
    left.set(xlabel="pairs of an item", ylabel="share of the items")
    left.legend()
    places = np.arange(SHOWN + 1)
    right.plot(places, fit.hidden[: SHOWN + 1], "o-", color=BLUE, label="expected")
    right.plot(places, naive * places, "--", color=ORANGE, label="in proportion")
    right.set(xlabel="visible pairs of an item", ylabel="hidden pairs")
    right.set_ylim(bottom=0)
    right.legend()
    return svg(left, right)
