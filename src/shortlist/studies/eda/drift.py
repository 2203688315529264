"""Dates: activity over time, and whether rows that meet lie close in date."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from shortlist.common.arrays import DoubleArray, IntArray
from shortlist.common.bilingual import Bilingual, same
from shortlist.data.columns import days
from shortlist.data.dataset import Dataset
from shortlist.pages.content import Figure, number, table
from shortlist.pages.plots import BLUE, ORANGE, canvas, over_chance, svg, twin
from shortlist.studies.eda.finding import AGAINST_CHANCE, OF_TWO_THAT_MEET, SIGNIFICANT, Finding, against_chance
from shortlist.studies.eda.permutation import PermutationTest, RowGroups
from shortlist.studies.eda.sides import NAMES, PLURALS, Side, labelled, opposite, table_of

LIMITS = np.array([0.0, 1.0, 7.0, 30.0, 90.0, 365.0])
"""Days apart."""

WEEK = 2
"""Place of the 7 days among them."""

WINDOWS = 24
"""Windows of equal length that the times of the pairs are counted in."""

CLOSENESS_HEADER = (Bilingual("days apart at most", "날짜 차이(일, 이내)"), OF_TWO_THAT_MEET, *AGAINST_CHANCE)

CLOSENESS_CAPTION = Bilingual(
    "First: rows by month, and in orange how many pairs a row has. Second: how many times as often as by chance two "
    "that meet are at most so many days apart; shaded: what chance gives in 95 of 100 cases",
    "첫째: 달마다의 행, 주황색은 행마다 쌍 수. 둘째: 만나는 둘의 날짜 차이가 그 일수 이내인 일이 우연의 몇 배인지, "
    "음영은 100번 중 95번 우연이 내는 범위",
)

TIMES_CAPTION = Bilingual(
    f"Pairs in {WINDOWS} windows of equal length; in orange the new users (solid) and new items (dashed) a pair",
    f"길이가 같은 {WINDOWS}개 구간의 쌍. 주황색은 쌍마다 새 사용자(실선)와 새 아이템(점선)",
)


def date_columns(table: pd.DataFrame) -> list[str]:
    """Names of the columns with dates."""
    return [str(name) for name in table.columns if pd.api.types.is_datetime64_any_dtype(table[name])]


def closeness(dataset: Dataset, side: Side, name: str, permutations: int, rng: np.random.Generator) -> Finding:
    """Activity by month of a date column, and whether two rows that meet were dated closer than chance."""
    dates = table_of(dataset, side)[name]
    groups = RowGroups.of(dataset, side, rng)
    test = groups.within(days(dates), LIMITS, permutations, rng)
    rows = [(number(limit, "g"), *against_chance(test, at, ".3%")) for at, limit in enumerate(LIMITS)]
    months = _months(dates, groups.counts)
    label = labelled(name, side)
    title = Bilingual(f"Drift: {label.en}", f"날짜 변화: {label.ko}")
    numbers = {
        Bilingual("within 7 days, over chance", "7일 이내, 우연의 몇 배"): float(test.ratio[WEEK]),
        same("z"): float(test.z[WEEK]),
    }
    words = (_nearness(side, name, test), _span(dates, months))
    figure = Figure(_drawn(months, test), CLOSENESS_CAPTION)
    return Finding(title, words, figure, numbers, table(CLOSENESS_HEADER, rows))


def _nearness(side: Side, name: str, test: PermutationTest) -> Bilingual:
    # The six limits are one question: Bonferroni keeps the answer's error at 5 %.
    near = test.p.min() * len(LIMITS) <= SIGNIFICANT
    at, ratio = NAMES[opposite(side)], f"{test.ratio[WEEK]:.2f}"
    closer = Bilingual("closer than", "가깝습니다") if near else Bilingual("no closer than", "가깝지 않습니다")
    return Bilingual(
        f"Two {PLURALS[side].en} of the same {at.en} lie {closer.en} chance in {name}: "
        f"within 7 days of each other {ratio} times as often.",
        f"같은 {at.ko}의 두 {NAMES[side].ko} 사이에서 {name} 날짜는 우연보다 {closer.ko}. "
        f"7일 이내인 일이 우연의 {ratio}배입니다.",
    )


def _span(dates: pd.Series, months: pd.DataFrame) -> Bilingual:
    if not len(months):
        return Bilingual("No row has a date.", "날짜가 있는 행이 없습니다.")
    first, last, busiest = f"{dates.min():%Y-%m-%d}", f"{dates.max():%Y-%m-%d}", months["rows"].idxmax()
    return Bilingual(
        f"The dates span {first} to {last}; most fall into {busiest}.",
        f"날짜는 {first}부터 {last}까지이고, {busiest}에 가장 많습니다.",
    )


def _months(dates: pd.Series, counts: NDArray[np.int64]) -> pd.DataFrame:
    """Rows and pairs by month: index the month as a string, columns `rows` and `pairs` (mean of a row)."""
    month = dates.reset_index(drop=True).dt.to_period("M")
    activity = pd.Series(counts).groupby(month).agg(["size", "mean"]).set_axis(["rows", "pairs"], axis=1)
    if len(activity):
        activity = activity.reindex(pd.period_range(activity.index.min(), activity.index.max(), freq="M"))
    return activity.set_axis(activity.index.astype(str))


def _drawn(months: pd.DataFrame, test: PermutationTest) -> str:
    left, right = canvas(), canvas()
    places = np.arange(len(months))
    left.bar(places, months["rows"].fillna(0), color=BLUE, width=1)
    ticks = np.unique(np.linspace(0, max(len(months) - 1, 0), 3).astype(int)) if len(months) else places
    left.set_xticks(ticks, months.index[ticks].to_list())
    left.set(ylabel="rows", xlabel="month")
    if months["pairs"].notna().any():
        above = twin(left)
        above.plot(places, months["pairs"], color=ORANGE, linewidth=1)
        above.set(ylim=(0, None))
        above.set_ylabel("pairs a row", color=ORANGE)
    over_chance(right, [f"{limit:g}" for limit in LIMITS], test.ratio, test.band, BLUE, "pairs")
    right.set_xlabel("days apart at most; shaded: chance")
    return svg(left, right)


def pair_times(dataset: Dataset) -> Finding:
    """How many pairs there are over time, and how many of their users and items are new; needs times."""
    title = Bilingual("Times of the pairs", "쌍의 시각")
    order = dataset.last
    if order is None or not len(order):
        nothing = Bilingual(
            "The pairs have no times: nothing here says which came first.",
            "쌍에 시각이 없어, 무엇이 먼저였는지 알 수 없습니다.",
        )
        return Finding(title, (nothing,))
    window = np.minimum(((order - order.min()) / (np.ptp(order) or 1.0) * WINDOWS).astype(int), WINDOWS - 1)
    pairs = np.bincount(window, minlength=WINDOWS)
    sides: tuple[tuple[Side, IntArray], ...] = (("user", dataset.pairs[:, 0]), ("item", dataset.pairs[:, 1]))
    new = {side: _new(codes, window) / np.maximum(pairs, 1) for side, codes in sides}
    numbers = {
        Bilingual(
            f"new {PLURALS[side].en} a pair in the last window", f"마지막 구간에서 쌍마다 새 {NAMES[side].ko}"
        ): float(share[-1])
        for side, share in new.items()
    }
    last = f"{pairs[-WINDOWS // 4 :].sum() / len(order):.0%}"
    words = (
        Bilingual(
            f"The last quarter of the time holds {last} of the pairs.",
            f"기간의 마지막 4분의 1에 쌍의 {last}가 있습니다.",
        ),
        Bilingual(
            "Where new users or items keep coming, the scheme `timeline` tells more than `holdout`.",
            "새 사용자나 아이템이 계속 들어오면 방식 `timeline`이 `holdout`보다 많은 것을 알려 줍니다.",
        ),
    )
    return Finding(title, words, Figure(_times_drawn(pairs, new), TIMES_CAPTION), numbers)


def _new(codes: IntArray, window: NDArray[np.intp]) -> NDArray[np.intp]:
    """How many users or items come for the first time in each window, (WINDOWS,).

    Args:
        codes: (pairs,) of the users or items.
        window: (pairs,) 0 ... WINDOWS - 1.
    """
    first = np.full(codes.max() + 1, WINDOWS)
    np.minimum.at(first, codes, window)
    return np.bincount(first[first < WINDOWS], minlength=WINDOWS)


def _times_drawn(pairs: NDArray[np.intp], new: Mapping[Side, DoubleArray]) -> str:
    axes = canvas()
    axes.bar(range(WINDOWS), pairs, color=BLUE)
    axes.set(xlabel=f"time of the pairs, in {WINDOWS} windows of equal length", ylabel="pairs")
    above = twin(axes)
    for (side, share), style in zip(new.items(), ("-", "--"), strict=True):
        above.plot(range(WINDOWS), share, style, color=ORANGE, label=f"new {PLURALS[side].en}")
    above.set(ylim=(0, None), ylabel="new ones a pair")
    above.legend()
    return svg(axes)
