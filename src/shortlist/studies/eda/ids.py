"""Do the ids themselves give something away: rows numbered one after the other, or by size?"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import false_discovery_control, rankdata, spearmanr

from shortlist.data.dataset import Dataset, IdIndex
from shortlist.pages.plots import BLUE, ORANGE, canvas, over_chance, svg
from shortlist.studies.eda.finding import SIGNIFICANT, Finding
from shortlist.studies.eda.permutation import Groups, Side

SHARES = (0.001, 0.01, 0.1)
"""How close two ids lie, as a share of all places."""


def id_places(ids: IdIndex) -> NDArray[np.float64]:
    """Place of each row when ordered by the number that its id ends with, else by the id itself; (rows,) from 0."""
    numbers = pd.to_numeric(pd.Series(ids.ids).str.extract(r"(\d+)$")[0], errors="coerce")
    ranked = numbers if numbers.notna().all() else pd.Series(np.arange(len(ids)))
    return rankdata(ranked.to_numpy(dtype=np.float64), method="ordinal") - 1.0


def id_signal(dataset: Dataset, permutations: int, rng: np.random.Generator) -> Finding:
    """Do users or items with near ids meet more than chance, and do counts rise or fall with the id?"""
    sides: tuple[tuple[Side, IdIndex], ...] = (("user", dataset.users), ("item", dataset.items))
    tests, rows, numbers = {}, [], {}
    for side, ids in sides:
        groups = Groups.of(dataset, side, rng)
        places = id_places(ids)
        tests[side] = groups.within(places, np.array(SHARES) * len(ids), permutations, rng)
        constant = np.ptp(groups.counts) == 0 or len(ids) < 3
        numbers[f"rank correlation of {side} id and count"] = (
            0.0 if constant else float(spearmanr(places, groups.counts)[0])
        )
    corrected = false_discovery_control([p for test in tests.values() for p in test.p]).reshape(len(tests), -1)
    for number, (side, test) in enumerate(tests.items()):
        for at, share in enumerate(SHARES):
            rows.append((f"{side}s", f"{share:.1%}", f"{test.observed[at]:.3%}", f"{test.chance[at]:.3%}",
                         f"{test.ratio[at]:.2f}", f"{test.z[at]:.1f}", f"{corrected[number, at]:.3g}"))  # fmt: skip
    telling = [side for number, side in enumerate(tests) if corrected[number].min() <= SIGNIFICANT]
    first = (
        f"Ids carry signal: {' and '.join(telling)} ids that lie close meet more often than chance gives."
        if telling
        else "Ids carry no signal: near ids meet as often as chance gives."
    )
    words = (
        first,
        "Ids are ordered by the number that they end with. Order within a file is not looked at: the dataset is sorted "
        "by id when it is read.",
    )
    header = ("", "ids at most apart", "of two that meet", "by chance", "ratio", "z", "p, corrected")
    figure, (axes,) = canvas(height=2.2)
    for (side, test), colour in zip(tests.items(), (BLUE, ORANGE), strict=True):
        over_chance(axes, [f"{share:.1%}" for share in SHARES], test.ratio, test.band, colour, f"{side}s")
    axes.set_xlabel("ids at most apart, share of all places; shaded: chance")
    axes.legend()
    return Finding("Ids", words, svg(figure), numbers, (header, *rows))
