"""Hot and cold: how the pairs are spread over users and items."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shortlist.common.bilingual import Bilingual
from shortlist.data.dataset import Dataset
from shortlist.pages.content import Cell, Figure, number, table
from shortlist.pages.plots import canvas, svg
from shortlist.studies.eda.finding import Finding
from shortlist.studies.eda.sides import COLOURS, COLOURS_SAID, NAMES, PLURALS, Side
from shortlist.validation.metrics import gini

Counts = NDArray[np.integer]

COLD = 3
"""A user or item with this many pairs or fewer."""

HEADER = (
    Bilingual("pairs of a", "쌍 수"),
    Bilingual("fewest", "최소"),
    Bilingual("median", "중앙값"),
    Bilingual("mean", "평균"),
    Bilingual("most", "최대"),
    Bilingual("none", "쌍 없음"),
    Bilingual(f"1 to {COLD}", f"1~{COLD}개"),
    Bilingual("hottest tenth has", "상위 10분의 1의 몫"),
)

CAPTION = Bilingual(
    "First: how many users or items have so many pairs. Second: share of the pairs that the coldest users or items "
    f"have together; dotted: all have equally many ({COLOURS_SAID.en})",
    "첫째: 쌍의 수에 따른 사용자와 아이템의 수. 둘째: 쌍이 적은 쪽부터 더한 쌍의 비율, 점선은 모두 똑같이 가진 경우 "
    f"({COLOURS_SAID.ko})",
)


@dataclass(frozen=True)
class Spread:
    """How many pairs the users or the items have.

    Attributes:
        counts: (n,) pairs of each row, n > 0.
    """

    counts: Counts

    @property
    def none(self) -> int:
        """Rows without a pair."""
        return int((self.counts == 0).sum())

    @property
    def cold(self) -> int:
        """Rows with 1 ... COLD pairs."""
        return int(((self.counts > 0) & (self.counts <= COLD)).sum())

    @property
    def hottest(self) -> float:
        """Share of the pairs that the tenth of the rows with the most pairs has."""
        n = len(self.counts)
        return float(1 - lorenz(self.counts)[n - -(-n // 10)])

    def cells(self, name: Bilingual) -> tuple[Bilingual | Cell, ...]:
        """The row under `HEADER`."""
        counts, hottest = self.counts, f"{self.hottest:.0%}"
        return (
            name, number(counts.min(), ","), number(float(np.median(counts)), "g"), number(counts.mean(), ".2f"),
            number(counts.max(), ","), number(self.none, ","), number(self.cold, ","),
            Cell(Bilingual(f"{hottest} of pairs", f"쌍의 {hottest}"), self.hottest),
        )  # fmt: skip


def lorenz(counts: Counts) -> NDArray[np.float64]:
    """Share of the pairs that the coldest 0, 1, ... n rows have together, (n + 1,)."""
    total = max(int(counts.sum()), 1)
    return np.concatenate([[0.0], np.cumsum(np.sort(counts)) / total])


def tails(dataset: Dataset) -> Finding:
    """Counts per user and item, how unequal they are, and how many are cold."""
    sides: dict[Side, Spread] = {
        "user": Spread(np.bincount(dataset.pairs[:, 0], minlength=len(dataset.users))),
        "item": Spread(np.bincount(dataset.pairs[:, 1], minlength=len(dataset.items))),
    }
    numbers: dict[Bilingual, float] = {
        Bilingual(f"Gini of {PLURALS[side].en}", f"{NAMES[side].ko}의 지니 계수"): gini(spread.counts)
        for side, spread in sides.items()
    }
    possible = max(len(dataset.users) * len(dataset.items), 1)
    numbers[Bilingual("share of all possible pairs", "가능한 모든 쌍 중 비율")] = len(dataset.pairs) / possible
    rows = [spread.cells(NAMES[side]) for side, spread in sides.items()]
    words = _words(sides["user"], sides["item"])
    title = Bilingual("Hot and cold", "쌍의 쏠림")
    return Finding(title, words, Figure(_drawn(sides), CAPTION), numbers, table(HEADER, rows))


def _words(users: Spread, items: Spread) -> tuple[Bilingual, ...]:
    item_mean, item_most = f"{items.counts.mean():.2f}", f"{items.counts.max():,}"
    user_mean, user_most = f"{users.counts.mean():.2f}", f"{users.counts.max():,}"
    hottest, unequal = f"{items.hottest:.0%}", f"{gini(items.counts):.2f}"
    return (
        Bilingual(
            f"An item has {item_mean} pairs on average and {item_most} at most, a user {user_mean} and {user_most}; "
            f"the hottest tenth of the items has {hottest} of pairs (Gini {unequal}).",
            f"쌍은 아이템마다 평균 {item_mean}개, 최대 {item_most}개이고 사용자마다 평균 {user_mean}개, 최대 "
            f"{user_most}개입니다. 쌍이 가장 많은 아이템 10분의 1에 전체 쌍의 {hottest}가 있습니다"
            f"(지니 계수 {unequal}).",
        ),
        Bilingual(
            f"{users.cold:,} users and {items.cold:,} items have 1 to {COLD} visible pairs, {users.none:,} and "
            f"{items.none:,} none: what the models can say about those comes from their attributes.",
            f"보이는 쌍이 1~{COLD}개인 사용자는 {users.cold:,}명, 아이템은 {items.cold:,}개이고, 하나도 없는 사용자는 "
            f"{users.none:,}명, 아이템은 {items.none:,}개입니다. 모델이 이들에 대해 할 수 있는 말은 속성에서 나옵니다.",
        ),
    )


def _drawn(sides: Mapping[Side, Spread]) -> str:
    left, right = canvas(), canvas()
    for side, spread in sides.items():
        counts, colour, name = spread.counts, COLOURS[side], PLURALS[side].en
        having = np.bincount(counts)
        places = np.flatnonzero(having)
        left.plot(places, having[places], ".", color=colour, label=name)
        curve = lorenz(counts)
        # Two hundred points draw the curve of any number of rows.
        points = np.unique(np.linspace(0, len(counts), 200).astype(int))
        right.plot(points / max(len(counts), 1), curve[points], color=colour, label=name)
    left.set(xscale="symlog", yscale="log", xlabel="pairs", ylabel="users or items with so many")
    right.plot([0, 1], [0, 1], ":", color="black")
    right.set(xlabel="share of users or items, coldest first", ylabel="share of the pairs")
    left.legend()
    right.legend()
    return svg(left, right)
