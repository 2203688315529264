"""What was left open: missing values by column, columns that are missing together, and what it goes with."""

import numpy as np
import pandas as pd
import scipy.sparse as sp

from shortlist.data.dataset import Dataset
from shortlist.pages.plots import bars
from shortlist.studies.eda.finding import Finding
from shortlist.studies.eda.permutation import SIDES, Groups, Side, table_of


def absent_together(table: pd.DataFrame) -> dict[tuple[str, ...], float]:
    """Columns that are missing in exactly the same rows, and in which share of the rows; columns without gaps left out.

    Two or more of them are the mark of rows that a file about only some users or items did not have.
    """
    gaps = table.isna()
    blocks: dict[bytes, list[str]] = {}
    for name in gaps.columns[gaps.any()]:
        blocks.setdefault(gaps[name].to_numpy().tobytes(), []).append(str(name))
    return {tuple(names): float(gaps[names[0]].mean()) for names in blocks.values()}


def missing(dataset: Dataset, permutations: int, rng: np.random.Generator) -> Finding:
    """Share missing by column, whether such rows have more or fewer pairs, and whether they meet more than chance."""
    found = [row for side in SIDES for row in _of(dataset, side, permutations, rng)]
    if not found:
        return Finding("What is missing", ("No attribute is missing.",))
    found.sort(key=lambda row: (-row[1], row[0]))
    files = [f"{share:.0%} of the {side}s lack {', '.join(names)}, always together"
             for side in SIDES for names, share in absent_together(table_of(dataset, side)).items()
             if len(names) > 1]  # fmt: skip
    header = ("columns", "missing", "pairs a row: missing", "there", "two missing together, over chance", "z", "p")
    rows = [
        (label, f"{share:.1%}", f"{lacking:.2f}", f"{having:.2f}", f"{ratio:.3f}", f"{z:.1f}", f"{p:.3g}")
        for label, share, lacking, having, ratio, z, p in found
    ]
    words = (
        "; ".join(files) + "." if files else f"Most often missing: {found[0][0]}, {found[0][1]:.0%} of the rows.",
        "Columns that are missing in exactly the same rows stand on one line: such rows lack a whole file's entry. "
        "Where the ratio is above 1, rows that lack the field meet at the same items or users more than chance gives, "
        "and the gap is a feature of its own.",
    )
    numbers = {f"missing: {label}": share for label, share, *_ in found[:3]}
    figure = bars([row[0] for row in found], [100 * row[1] for row in found], "missing, % of the rows")
    return Finding("What is missing", words, figure, numbers, (header, *rows))


Row = tuple[str, float, float, float, float, float, float]


def _of(dataset: Dataset, side: Side, permutations: int, rng: np.random.Generator) -> list[Row]:
    table = table_of(dataset, side)
    blocks = absent_together(table)
    if not blocks:
        return []
    gaps = np.column_stack([table[names[0]].isna().to_numpy() for names in blocks])
    groups = Groups.of(dataset, side, rng)
    test = groups.share(sp.csr_matrix(gaps.astype(np.float32)), permutations, rng)
    rows = []
    for place, (names, share) in enumerate(blocks.items()):
        lacking = gaps[:, place]
        there = float(groups.counts[~lacking].mean()) if not lacking.all() else 0.0
        label = f"{', '.join(names)} ({side})"
        rows.append((label, share, float(groups.counts[lacking].mean()), there,
                     float(test.ratio[place]), float(test.z[place]), float(test.p[place])))  # fmt: skip
    return rows
