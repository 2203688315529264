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

from shortlist.common.arrays import DoubleArray, IntArray
from shortlist.common.bilingual import Bilingual, same
from shortlist.data.columns import days
from shortlist.data.dataset import Dataset
from shortlist.pages.content import Cell, Figure, number, table
from shortlist.pages.plots import BLUE, canvas, svg
from shortlist.studies.eda.finding import Finding
from shortlist.studies.eda.sides import SIDES, labelled, table_of
from shortlist.validation.splitters.base import Splitter

PARTS = 3
"""Of the pairs, by user: each part is judged by trees that saw none of its users."""

ROUNDS, RESAMPLES = 40, 200

MAX_PAIRS = 20_000
"""Pairs that the trees look at, drawn at random from more."""

TREES = {
    "objective": "binary", "learning_rate": 0.1, "num_leaves": 15, "min_data_in_leaf": 20, "num_threads": 1,
    "deterministic": True, "force_row_wise": True, "verbosity": -1,
}  # fmt: skip

NOTHING = Bilingual("nothing", "없음")

ALL_COLUMNS, WITHOUT_DATES = Bilingual("all columns", "모든 열"), Bilingual("without dates", "날짜 제외")

TITLE = Bilingual("Fold against fold", "fold끼리 비교")

HEADER = (
    Bilingual("scheme", "방식"),
    Bilingual("seen by", "본 열"),
    same("AUC"),
    Bilingual("95 % interval", "95 % 구간"),
    Bilingual("leant on most", "가장 기댄 열"),
)

CAPTION = Bilingual(
    "AUC of every scheme with its 95 % interval; the line at 0.5 is a coin's guess",
    "방식마다의 AUC와 95 % 구간. 0.5의 선은 동전 던지기",
)

MEANING = Bilingual(
    "LightGBM sees the attributes of a pair's user and item and judges users that it has not seen; 0.5 is a coin's "
    "guess. Folds that rotate at random should not be told apart; windows of time can be, by their dates alone. If "
    "they still can without the dates, other attributes drift along, and a model must hold for other users.",
    "LightGBM은 쌍의 사용자와 아이템의 속성을 보고, 배울 때 보지 못한 사용자를 판별합니다. 0.5는 동전 던지기와 "
    "같습니다. 무작위로 돌아가는 fold는 구별되지 않아야 하고, 시간 구간은 날짜만으로 구별될 수 있습니다. 날짜 없이도 "
    "구별된다면 다른 속성도 함께 변하는 것이며, 모델은 다른 사용자에게도 통해야 합니다.",
)


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
    column: Bilingual

    def cells(self) -> tuple[Bilingual | Cell, ...]:
        """The end of the row under `HEADER`."""
        low, high = f"{self.low:.3f}", f"{self.high:.3f}"
        interval = Cell(Bilingual(f"{low} to {high}", f"{low}~{high}"), self.low)
        return (number(self.auc, ".3f"), interval, self.column)


def attributes(dataset: Dataset, pairs: IntArray, *, dates: bool = True) -> dict[Bilingual, pd.Series]:
    """What a row of `pairs` is known by: the columns of its user and its item but for words, by label.

    Dates are days, categories codes (-1: missing) marked as such for LightGBM. Each column is (pairs,).
    """
    columns: dict[Bilingual, pd.Series] = {}
    for side, codes in zip(SIDES, pairs.T, strict=True):
        of_side = table_of(dataset, side)
        for name in of_side:
            column = of_side[name].reset_index(drop=True)
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
            columns[labelled(str(name), side)] = values.take(codes).reset_index(drop=True)
    return columns


def auc(label: NDArray[np.bool_], score: DoubleArray) -> float:
    """Area under the ROC curve by ranks, ties halved; NaN if one label is missing."""
    positive = int(label.sum())
    negative = len(label) - positive
    if not positive or not negative:
        return float("nan")
    return float((rankdata(score)[label].sum() - positive * (positive + 1) / 2) / (positive * negative))


def separate(
    columns: Mapping[Bilingual, pd.Series], label: NDArray[np.bool_], users: IntArray, seed: int
) -> Separation:
    """Tell `label` from the attributes.

    Args:
        columns: (n,) each, see `attributes`.
        label: (n,) True for the second fold.
        users: (n,) int32, whose pair each row is.
        seed: of the parts, the trees and the bootstrap.
    """
    from sklearn.model_selection import GroupKFold  # takes a second, which a look at the settings need not pay

    parts = min(PARTS, len(np.unique(users)))
    if not columns or parts < 2 or label.all() or not label.any():
        return Separation(0.5, 0.0, 1.0, NOTHING)
    # LightGBM refuses some signs in names.
    rows = pd.DataFrame({f"f{place}": column for place, column in enumerate(columns.values())})
    score, gain = np.zeros(len(label)), np.zeros(len(columns))
    for train, test in GroupKFold(parts, shuffle=True, random_state=seed).split(rows, label, users):
        data = lgb.Dataset(rows.iloc[train], label[train].astype(int), params={"verbosity": -1})
        trees = lgb.train({**TREES, "seed": seed}, data, ROUNDS)
        score[test] = np.asarray(trees.predict(rows.iloc[test], num_threads=1))
        gain += trees.feature_importance("gain")
    low, high = _interval(label, score, users, np.random.default_rng(seed))
    leant_on = list(columns)[int(np.argmax(gain))] if gain.any() else NOTHING
    return Separation(auc(label, score), low, high, leant_on)


def _interval(
    label: NDArray[np.bool_], score: DoubleArray, users: IntArray, rng: np.random.Generator
) -> tuple[float, float]:
    """95 % bootstrap interval of the AUC: users are drawn, so that the pairs of one user stay together."""
    by_user = np.argsort(users, kind="stable")
    _, starts, sizes = np.unique(users[by_user], return_index=True, return_counts=True)
    resampled = []
    for _ in range(RESAMPLES):
        drawn = rng.integers(len(starts), size=len(starts))
        ends = np.cumsum(sizes[drawn])
        within = np.arange(ends[-1]) - np.repeat(ends - sizes[drawn], sizes[drawn])
        rows = by_user[np.repeat(starts[drawn], sizes[drawn]) + within]
        resampled.append(auc(label[rows], score[rows]))
    low, high = np.nanquantile(resampled, [0.025, 0.975])
    return float(low), float(high)


def adversarial(dataset: Dataset, splitters: Mapping[str, Splitter], seed: int, repeats: bool = False) -> Finding:
    """Fold 1 against fold 2 of every scheme, with all columns and without the dates."""
    separations: dict[tuple[str, Bilingual], Separation] = {}
    for name, splitter in splitters.items():
        folds = [fold for fold in splitter.split(dataset, repeats) if fold.number in (1, 2)]
        if len(folds) < 2:
            continue
        rng = np.random.default_rng(seed)
        # A pair that both folds hide belongs to neither.
        hidden = np.setxor1d(folds[0].test, folds[1].test)
        hidden = np.sort(rng.permutation(hidden)[:MAX_PAIRS])
        label = np.isin(hidden, folds[1].test)
        pairs = np.column_stack([dataset.events.user[hidden], dataset.events.item[hidden]])
        for columns, dates in ((ALL_COLUMNS, True), (WITHOUT_DATES, False)):
            separations[name, columns] = separate(attributes(dataset, pairs, dates=dates), label, pairs[:, 0], seed)
    if not separations:
        nothing = Bilingual("No scheme has two folds to compare.", "비교할 fold가 두 개인 방식이 없습니다.")
        return Finding(TITLE, (nothing,))
    rows = [(same(name), columns, *separation.cells()) for (name, columns), separation in separations.items()]
    numbers = {
        Bilingual(f"AUC, {name}, {columns.en}", f"AUC, {name}, {columns.ko}"): separation.auc
        for (name, columns), separation in separations.items()
    }
    words = (_told_apart({name: separations[name, ALL_COLUMNS] for name, _ in separations}), MEANING)
    return Finding(TITLE, words, Figure(_drawn(separations), CAPTION), numbers, table(HEADER, rows))


def _told_apart(separations: Mapping[str, Separation]) -> Bilingual:
    en, ko = [], []
    for name, separation in separations.items():
        can, auc_ = separation.low > 0.5, f"AUC {separation.auc:.3f}"
        en.append(f"{name} {'can' if can else 'cannot'} be told apart ({auc_})")
        ko.append(f"{name}: {'예' if can else '아니요'}({auc_})")
    return Bilingual(
        f"The hidden pairs of folds 1 and 2: {'; '.join(en)}.",
        f"fold 1과 2의 숨긴 쌍을 구별할 수 있습니까? {', '.join(ko)}.",
    )


def _drawn(separations: Mapping[tuple[str, Bilingual], Separation]) -> str:
    axes = canvas(height=0.8 + 0.3 * len(separations))
    for place, separation in enumerate(separations.values()):
        axes.hlines(place, separation.low, separation.high, color=BLUE)
        axes.plot([separation.auc], [place], "o", color=BLUE)
    axes.set_yticks(range(len(separations)), [f"{name}, {columns.en}" for name, columns in separations])
    axes.invert_yaxis()
    axes.axvline(0.5, color="black", linewidth=0.8)
    axes.set(xlabel="AUC, fold 1 against fold 2", xlim=(0.4, 1.02))
    return svg(axes)
