"""Do the ids themselves give something away: rows numbered one after the other, or by size?"""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import false_discovery_control, rankdata, spearmanr

from shortlist.common.arrays import DoubleArray
from shortlist.common.bilingual import Bilingual, joined
from shortlist.data.dataset import Dataset, IdIndex
from shortlist.pages.content import Cell, Figure, number, table
from shortlist.pages.plots import canvas, over_chance, svg
from shortlist.studies.eda.finding import (
    AGAINST_CHANCE,
    CORRECTED,
    OF_TWO_THAT_MEET,
    SIGNIFICANT,
    Finding,
    against_chance,
)
from shortlist.studies.eda.permutation import PermutationTest, RowGroups
from shortlist.studies.eda.sides import COLOURS, COLOURS_SAID, NAMES, PLURALS, Side

SHARES = (0.001, 0.01, 0.1)
"""How close two ids lie, as a share of all places."""

HEADER = (
    Bilingual("ids of", "대상"),
    Bilingual("ids at most apart", "id 간격(이내)"),
    OF_TWO_THAT_MEET,
    *AGAINST_CHANCE[:-1],
    CORRECTED,
)

CAPTION = Bilingual(
    "How many times as often as by chance two that meet have ids at most so far apart, as a share of all places "
    f"({COLOURS_SAID.en}); shaded: what chance gives in 95 of 100 cases",
    f"만나는 둘의 id 간격이 전체의 그 비율 이내인 일이 우연의 몇 배인지 ({COLOURS_SAID.ko}), 음영은 100번 중 95번 "
    "우연이 내는 범위",
)

ORDER = Bilingual(
    "Ids are ordered by the number that they end with. Order within a file is not looked at: the dataset is sorted by "
    "id when it is read.",
    "id는 끝에 있는 숫자 순으로 놓습니다. 파일 안의 순서는 보지 않습니다. 데이터는 읽을 때 id 순으로 정렬됩니다.",
)


def id_places(ids: IdIndex) -> NDArray[np.float64]:
    """Place of each row when ordered by the number that its id ends with, else by the id itself; (rows,) from 0."""
    numbers = pd.to_numeric(pd.Series(ids.ids).str.extract(r"(\d+)$")[0], errors="coerce")
    ranked = numbers if numbers.notna().all() else pd.Series(np.arange(len(ids)))
    return rankdata(ranked.to_numpy(dtype=np.float64), method="ordinal") - 1.0


def id_signal(dataset: Dataset, permutations: int, rng: np.random.Generator) -> Finding:
    """Do users or items with near ids meet more than chance, and do counts rise or fall with the id?"""
    sides: tuple[tuple[Side, IdIndex], ...] = (("user", dataset.users), ("item", dataset.items))
    tests: dict[Side, PermutationTest] = {}
    numbers: dict[Bilingual, float] = {}
    for side, ids in sides:
        groups = RowGroups.of(dataset, side, rng)
        places = id_places(ids)
        tests[side] = groups.within(places, np.array(SHARES) * len(ids), permutations, rng)
        constant = np.ptp(groups.counts) == 0 or len(ids) < 3
        numbers[Bilingual(f"rank correlation of {side} id and count", f"{NAMES[side].ko} id와 쌍 수의 순위 상관")] = (
            0.0 if constant else float(spearmanr(places, groups.counts)[0])
        )
    corrected: DoubleArray = false_discovery_control([p for test in tests.values() for p in test.p])
    by_side = dict(zip(tests, corrected.reshape(len(tests), -1), strict=True))
    rows: list[tuple[Bilingual | Cell, ...]] = [
        (PLURALS[side], number(share, ".1%"), *against_chance(test, at, ".3%", by_side[side][at]))
        for side, test in tests.items()
        for at, share in enumerate(SHARES)
    ]
    words = (_carried([side for side in tests if by_side[side].min() <= SIGNIFICANT]), ORDER)
    return Finding(
        Bilingual("Ids", "id가 말해 주는 것"), words, Figure(_drawn(tests), CAPTION), numbers, table(HEADER, rows)
    )


def _carried(telling: list[Side]) -> Bilingual:
    """The finding, given the sides whose ids tell something."""
    if not telling:
        return Bilingual(
            "Ids carry no signal: near ids meet as often as chance gives.",
            "id에 신호가 없습니다. 가까운 id끼리는 우연만큼만 만납니다.",
        )
    names = [NAMES[side] for side in telling]
    return Bilingual(
        f"Ids carry signal: {joined(' and ', names).en} ids that lie close meet more often than chance gives.",
        f"id에 신호가 있습니다. 가까운 {joined('와 ', names).ko} id끼리 우연보다 자주 만납니다.",
    )


def _drawn(tests: Mapping[Side, PermutationTest]) -> str:
    axes = canvas(height=2.2)
    for side, test in tests.items():
        labels = [f"{share:.1%}" for share in SHARES]
        over_chance(axes, labels, test.ratio, test.band, COLOURS[side], PLURALS[side].en)
    axes.set_xlabel("ids at most apart, share of all places; shaded: chance")
    axes.legend()
    return svg(axes)
