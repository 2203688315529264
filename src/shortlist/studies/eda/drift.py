"""Dates: activity over time, and whether rows that meet lie close in date."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from shortlist.data.columns import days
from shortlist.data.dataset import Dataset
from shortlist.pages.plots import BLUE, ORANGE, canvas, over_chance, svg
from shortlist.studies.eda.finding import SIGNIFICANT, Finding
from shortlist.studies.eda.permutation import Groups, PermutationTest, Side, table_of

LIMITS = np.array([0.0, 1.0, 7.0, 30.0, 90.0, 365.0])
"""Days apart."""

WINDOWS = 24
"""Windows of equal length that the times of the pairs are counted in."""


def date_columns(table: pd.DataFrame) -> list[str]:
    """Names of the columns with dates."""
    return [str(name) for name in table.columns if pd.api.types.is_datetime64_any_dtype(table[name])]


def closeness(dataset: Dataset, side: Side, name: str, permutations: int, rng: np.random.Generator) -> Finding:
    """Activity by month of a date column, and whether two rows that meet were dated closer than chance."""
    dates = table_of(dataset, side)[name]
    groups = Groups.of(dataset, side, rng)
    test = groups.within(days(dates), LIMITS, permutations, rng)
    header = ("days apart at most", "of two that meet", "by chance", "ratio", "z", "p")
    rows = [
        (f"{limit:g}", f"{test.observed[at]:.3%}", f"{test.chance[at]:.3%}", f"{test.ratio[at]:.2f}",
         f"{test.z[at]:.1f}", f"{test.p[at]:.3g}")
        for at, limit in enumerate(LIMITS)
    ]  # fmt: skip
    week = int(np.flatnonzero(LIMITS == 7)[0])
    # The six limits are one question: Bonferroni keeps the answer's error at 5 %.
    near = "closer than" if test.p.min() * len(LIMITS) <= SIGNIFICANT else "no closer than"
    other = "item" if side == "user" else "user"
    months = _months(dates, groups.counts)
    busiest = months["rows"].idxmax() if len(months) else "none"
    words = (
        f"Two {side}s of the same {other} lie {near} chance in {name}: within 7 days of each other "
        f"{test.ratio[week]:.2f} times as often.",
        f"The dates span {dates.min():%Y-%m-%d} to {dates.max():%Y-%m-%d}; most fall into {busiest}." if len(months)
        else "No row has a date.",
    )  # fmt: skip
    numbers = {"within 7 days, over chance": float(test.ratio[week]), "z": float(test.z[week])}
    return Finding(f"Drift: {name} ({side})", words, _drawn(months, test), numbers, (header, *rows))


def _months(dates: pd.Series, counts: NDArray[np.int64]) -> pd.DataFrame:
    """Rows and pairs by month: index the month as a string, columns `rows` and `pairs` (mean of a row)."""
    month = dates.reset_index(drop=True).dt.to_period("M")
    found = pd.Series(counts).groupby(month).agg(["size", "mean"]).set_axis(["rows", "pairs"], axis=1)
    if len(found):
        found = found.reindex(pd.period_range(found.index.min(), found.index.max(), freq="M"))
    return found.set_axis(found.index.astype(str))


def _drawn(months: pd.DataFrame, test: PermutationTest) -> str:
    figure, (left, right) = canvas(2)
    places = np.arange(len(months))
    left.bar(places, months["rows"].fillna(0), color=BLUE, width=1)
    ticks = np.unique(np.linspace(0, max(len(months) - 1, 0), 3).astype(int)) if len(months) else places
    left.set_xticks(ticks, months.index[ticks].to_list())
    left.set(ylabel="rows", xlabel="month")
    if months["pairs"].notna().any():
        above = left.twinx()
        above.plot(places, months["pairs"], color=ORANGE, linewidth=1)
        above.set(ylim=(0, None))
        above.set_ylabel("pairs a row", color=ORANGE)
    over_chance(right, [f"{limit:g}" for limit in LIMITS], test.ratio, test.band, BLUE, "pairs")
    right.set_xlabel("days apart at most; shaded: chance")
    return svg(figure)


def pair_times(dataset: Dataset) -> Finding:
    """How many pairs there are over time, and how many of their users and items are new; needs `dataset.order`."""
    order = dataset.order
    if order is None or not len(order):
        return Finding("Times of the pairs", ("The pairs have no times: nothing here says which came first.",))
    window = np.minimum(((order - order.min()) / (np.ptp(order) or 1.0) * WINDOWS).astype(int), WINDOWS - 1)
    pairs = np.bincount(window, minlength=WINDOWS)
    figure, (axes,) = canvas()
    axes.bar(range(WINDOWS), pairs, color=BLUE)
    axes.set(xlabel=f"time of the pairs, in {WINDOWS} windows of equal length", ylabel="pairs")
    above = axes.twinx()
    numbers = {}
    for side, codes, style in (("users", dataset.pairs[:, 0], "-"), ("items", dataset.pairs[:, 1], "--")):
        first = np.full(codes.max() + 1, WINDOWS)
        np.minimum.at(first, codes, window)
        new = np.bincount(first[first < WINDOWS], minlength=WINDOWS) / np.maximum(pairs, 1)
        above.plot(range(WINDOWS), new, style, color=ORANGE, label=f"new {side}")
        numbers[f"new {side} a pair in the last window"] = float(new[-1])
    above.set(ylim=(0, None), ylabel="new ones a pair")
    above.legend()
    last = pairs[-WINDOWS // 4 :].sum() / len(order)
    words = (f"The last quarter of the time holds {last:.0%} of the pairs.",
             "Where new users or items keep coming, the scheme `timeline` tells more than `holdout`.")  # fmt: skip
    return Finding("Times of the pairs", words, svg(figure), numbers)
