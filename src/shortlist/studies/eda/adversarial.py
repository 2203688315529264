"""Adversarial validation: can the hidden pairs of one fold be told from those of another by their attributes?

If they can, the folds differ in more than luck, and a model is asked about other rows than it learnt from.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import lightgbm as lgb
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import rankdata
from sklearn.model_selection import GroupKFold

from shortlist.common.arrays import DoubleArray, IntArray
from shortlist.data.columns import days
from shortlist.data.dataset import Dataset
from shortlist.pages.plots import BLUE, canvas, svg
from shortlist.studies.eda.finding import Finding
from shortlist.validation.splits import Splitter

PARTS = 3
"""Of the pairs, by user: each part is judged by trees that saw none of its users."""

ROUNDS, RESAMPLES = 40, 200

MAX_PAIRS = 20_000
"""Pairs that the trees look at, drawn at random from more."""

TREES = {
    "objective": "binary", "learning_rate": 0.1, "num_leaves": 15, "min_data_in_leaf": 20, "num_threads": 1,
    "deterministic": True, "force_row_wise": True, "verbosity": -1,
}  # fmt: skip


@dataclass(frozen=True)
class Separation:
    """How well two folds are told apart.

    Attributes:
        auc: area under the ROC curve, on users that the trees did not see; 0.5: not at all.
        low, high: 95 % bootstrap interval over users.
        column: what the trees leant on most.
    """

    auc: float
    low: float
    high: float
    column: str


def attributes(dataset: Dataset, pairs: IntArray, *, dates: bool = True) -> pd.DataFrame:
    """What a row of `pairs` is known by: the columns of its user and its item but for words, one row a pair.

    Dates are days, categories codes (-1: missing) marked as such for LightGBM.
    """
    columns: dict[str, pd.Series] = {}
    for side, table, codes in (("user", dataset.user_table, pairs[:, 0]), ("item", dataset.item_table, pairs[:, 1])):
        for name in table:
            column = table[name].reset_index(drop=True)
            if pd.api.types.is_datetime64_any_dtype(column):
                if not dates:
                    continue
                values: pd.Series = pd.Series(days(column))
            elif isinstance(column.dtype, pd.CategoricalDtype):
                values = column.cat.codes.astype("category")
            elif pd.api.types.is_numeric_dtype(column):
                values = column.astype(float)
            else:
                continue
            columns[f"{name} ({side})"] = values.take(codes).reset_index(drop=True)
    return pd.DataFrame(columns, index=pd.RangeIndex(len(pairs)))


def auc(label: NDArray[np.bool_], score: DoubleArray) -> float:
    """Area under the ROC curve by ranks, ties halved; NaN if one label is missing."""
    positive = int(label.sum())
    negative = len(label) - positive
    if not positive or not negative:
        return float("nan")
    return float((rankdata(score)[label].sum() - positive * (positive + 1) / 2) / (positive * negative))


def separate(rows: pd.DataFrame, label: NDArray[np.bool_], users: IntArray, seed: int) -> Separation:
    """Tell `label` from the attributes.

    Args:
        rows: (n, columns) see `attributes`.
        label: (n,) True for the second fold.
        users: (n,) int32, whose pair each row is.
        seed: of the parts, the trees and the bootstrap.
    """
    parts = min(PARTS, len(np.unique(users)))
    if rows.shape[1] == 0 or parts < 2 or label.all() or not label.any():
        return Separation(0.5, 0.0, 1.0, "nothing")
    # LightGBM refuses some signs in names.
    named = rows.set_axis([f"f{place}" for place in range(rows.shape[1])], axis=1)
    score, gain = np.zeros(len(label)), np.zeros(rows.shape[1])
    for train, test in GroupKFold(parts, shuffle=True, random_state=seed).split(named, label, users):
        data = lgb.Dataset(named.iloc[train], label[train].astype(int), params={"verbosity": -1})
        trees = lgb.train({**TREES, "seed": seed}, data, ROUNDS)
        score[test] = np.asarray(trees.predict(named.iloc[test], num_threads=1))
        gain += trees.feature_importance("gain")
    low, high = _interval(label, score, users, np.random.default_rng(seed))
    leant_on = str(rows.columns[int(np.argmax(gain))]) if gain.any() else "nothing"
    return Separation(auc(label, score), low, high, leant_on)


def _interval(
    label: NDArray[np.bool_], score: DoubleArray, users: IntArray, rng: np.random.Generator
) -> tuple[float, float]:
    """95 % bootstrap interval of the AUC: users are drawn, so that the pairs of one user stay together."""
    by_user = np.argsort(users, kind="stable")
    _, starts, sizes = np.unique(users[by_user], return_index=True, return_counts=True)
    found = []
    for _ in range(RESAMPLES):
        drawn = rng.integers(len(starts), size=len(starts))
        ends = np.cumsum(sizes[drawn])
        within = np.arange(ends[-1]) - np.repeat(ends - sizes[drawn], sizes[drawn])
        rows = by_user[np.repeat(starts[drawn], sizes[drawn]) + within]
        found.append(auc(label[rows], score[rows]))
    low, high = np.nanquantile(found, [0.025, 0.975])
    return float(low), float(high)


def adversarial(dataset: Dataset, splitters: Mapping[str, Splitter], seed: int) -> Finding:
    """Fold 1 against fold 2 of every scheme, with all columns and without the dates."""
    results: dict[tuple[str, str], Separation] = {}
    for name, splitter in splitters.items():
        folds = [fold for fold in splitter.split(dataset) if fold.number in (1, 2)]
        if len(folds) < 2:
            continue
        rng = np.random.default_rng(seed)
        # A pair that both folds hide belongs to neither.
        hidden = np.setxor1d(folds[0].test, folds[1].test)
        hidden = np.sort(rng.permutation(hidden)[:MAX_PAIRS])
        label = np.isin(hidden, folds[1].test)
        pairs = dataset.pairs[hidden]
        for columns, dates in (("all columns", True), ("without dates", False)):
            results[name, columns] = separate(attributes(dataset, pairs, dates=dates), label, pairs[:, 0], seed)
    if not results:
        return Finding("Fold against fold", ("No scheme has two folds to compare.",))
    first = [f"{name} {'can' if one.low > 0.5 else 'cannot'} be told apart (AUC {one.auc:.3f})"
             for (name, columns), one in results.items() if columns == "all columns"]  # fmt: skip
    words = (
        f"The hidden pairs of folds 1 and 2: {'; '.join(first)}.",
        "LightGBM sees the attributes of a pair's user and item and judges users that it has not seen; 0.5 is a coin's "
        "guess. Folds that rotate at random should not be told apart; windows of time can be, by their dates alone. If "
        "they still can without the dates, other attributes drift along, and a model must hold for other users.",
    )
    header = ("scheme", "seen by", "AUC", "95 % interval", "leant on most")
    rows = [
        (name, columns, f"{one.auc:.3f}", f"{one.low:.3f} to {one.high:.3f}", one.column)
        for (name, columns), one in results.items()
    ]
    numbers = {f"AUC, {name}, {columns}": one.auc for (name, columns), one in results.items()}
    return Finding("Fold against fold", words, _drawn(results), numbers, (header, *rows))


def _drawn(results: dict[tuple[str, str], Separation]) -> str:
    figure, (axes,) = canvas(height=0.8 + 0.3 * len(results))
    for place, one in enumerate(results.values()):
        axes.plot([one.low, one.high], [place, place], color=BLUE)
        axes.plot([one.auc], [place], "o", color=BLUE)
    axes.set_yticks(range(len(results)), [", ".join(name) for name in results])
    axes.invert_yaxis()
    axes.axvline(0.5, color="black", linewidth=0.8)
    axes.set(xlabel="AUC, fold 1 against fold 2", xlim=(0.4, 1.02))
    return svg(figure)
