"""What was left open: missing values by column, columns that are missing together, and what it goes with."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
import scipy.sparse as sp

from shortlist.common.bilingual import Bilingual, joined, same
from shortlist.data.dataset import Dataset
from shortlist.pages.content import Cell, Figure, number, table
from shortlist.pages.plots import bars
from shortlist.studies.eda.finding import Finding
from shortlist.studies.eda.permutation import RowGroups
from shortlist.studies.eda.sides import NAMES, PLURALS, SIDES, Side, labelled, table_of

NAMED = 3
"""Columns among the main numbers."""

HEADER = (
    Bilingual("columns", "열"),
    Bilingual("missing", "빠진 비율"),
    Bilingual("pairs a row: missing", "빠진 행의 평균 쌍 수"),
    Bilingual("pairs a row: there", "있는 행의 평균 쌍 수"),
    Bilingual("two missing together, over chance", "빠진 둘이 함께, 우연의 몇 배"),
    same("z"),
    same("p"),
)

CAPTION = Bilingual("Share of the rows in which the columns are missing, in percent", "열마다 값이 빠진 행의 비율(%)")

MEANING = Bilingual(
    "Columns that are missing in exactly the same rows stand on one line: such rows lack a whole file's entry. Where "
    "the ratio is above 1, rows that lack the field meet at the same items or users more than chance gives, and the "
    "gap is a feature of its own.",
    "정확히 같은 행들에서 빠진 열은 한 줄에 적었습니다. 그런 행은 한 파일의 항목이 통째로 없는 것입니다. 우연의 몇 "
    "배인지가 1보다 크면, 값이 빠진 행들이 같은 아이템이나 사용자에서 우연보다 자주 만난다는 뜻이고, 빠졌다는 사실도 "
    "특성이 됩니다.",
)


@dataclass(frozen=True)
class Gap:
    """Columns of one side that are missing in the same rows.

    Attributes:
        label: their names, and the side.
        share: of the rows.
        lacking, having: mean number of pairs of the rows without and with the columns; 0 where there are none.
        ratio, z, p: of how often two rows without them meet, against chance.
    """

    label: Bilingual
    share: float
    lacking: float
    having: float
    ratio: float
    z: float
    p: float

    def cells(self) -> tuple[Bilingual | Cell, ...]:
        """The row under `HEADER`."""
        return (
            self.label, number(self.share, ".1%"), number(self.lacking, ".2f"), number(self.having, ".2f"),
            number(self.ratio, ".3f"), number(self.z, ".1f"), number(self.p, ".3g"),
        )  # fmt: skip


def absent_together(table: pd.DataFrame) -> dict[tuple[str, ...], float]:
    """Columns that are missing in exactly the same rows, and in which share of the rows; no column without gaps.

    Two or more of them are the mark of rows that a file about only some users or items did not have.
    """
    gaps = table.isna()
    blocks: dict[bytes, list[str]] = {}
    for name in gaps.columns[gaps.any()]:
        blocks.setdefault(gaps[name].to_numpy().tobytes(), []).append(str(name))
    return {tuple(names): float(gaps[names[0]].mean()) for names in blocks.values()}


def missing(dataset: Dataset, permutations: int, rng: np.random.Generator) -> Finding:
    """Share missing by column, whether such rows have more or fewer pairs, and whether they meet more than chance."""
    title = Bilingual("What is missing", "빠진 값")
    gaps = [gap for side in SIDES for gap in _gaps(dataset, side, permutations, rng)]
    if not gaps:
        return Finding(title, (Bilingual("No attribute is missing.", "빠진 속성이 없습니다."),))
    gaps.sort(key=lambda gap: (-gap.share, gap.label.en))
    first = gaps[0]
    together = list(_together(dataset))
    said = (
        Bilingual(f"{joined('; ', together).en}.", f"{joined('. ', together).ko}.")
        if together
        else Bilingual(
            f"Most often missing: {first.label.en}, {first.share:.0%} of the rows.",
            f"가장 많이 빠진 열은 {first.label.ko}이고, 행의 {first.share:.0%}에서 빠져 있습니다.",
        )
    )
    numbers = {Bilingual(f"missing: {gap.label.en}", f"빠짐: {gap.label.ko}"): gap.share for gap in gaps[:NAMED]}
    drawn = bars([gap.label.en for gap in gaps], [100 * gap.share for gap in gaps], "missing, % of the rows")
    rows = [gap.cells() for gap in gaps]
    return Finding(title, (said, MEANING), Figure(drawn, CAPTION), numbers, table(HEADER, rows))


def _together(dataset: Dataset) -> Iterator[Bilingual]:
    """A sentence, without a full stop, for all columns that are missing in the same rows."""
    for side in SIDES:
        for names, share in absent_together(table_of(dataset, side)).items():
            if len(names) > 1:
                listed = ", ".join(names)
                yield Bilingual(
                    f"{share:.0%} of the {PLURALS[side].en} lack {listed}, always together",
                    f"{NAMES[side].ko}의 {share:.0%}에서 {listed} 값이 늘 함께 빠져 있습니다",
                )


def _gaps(dataset: Dataset, side: Side, permutations: int, rng: np.random.Generator) -> Iterator[Gap]:
    attributes = table_of(dataset, side)
    blocks = absent_together(attributes)
    if not blocks:
        return
    gaps = np.column_stack([attributes[names[0]].isna().to_numpy() for names in blocks])
    groups = RowGroups.of(dataset, side, rng)
    test = groups.share(sp.csr_matrix(gaps.astype(np.float32)), permutations, rng)
    for place, (names, share) in enumerate(blocks.items()):
        lacking = gaps[:, place]
        having = float(groups.counts[~lacking].mean()) if not lacking.all() else 0.0
        yield Gap(
            labelled(", ".join(names), side), share, float(groups.counts[lacking].mean()), having,
            float(test.ratio[place]), float(test.z[place]), float(test.p[place]),
        )  # fmt: skip
