"""What the submission shows: how many items, and how popular ones."""

import numpy as np

from shortlist.common.bilingual import Bilingual, same
from shortlist.pages.content import Cell, Figure, Section, Words, number, table
from shortlist.pages.plots import BLUE, GREY, canvas, svg
from shortlist.report.material import Material
from shortlist.report.slices import count_group, count_names
from shortlist.submission.check import read_entries
from shortlist.validation.metrics import gini


def section(material: Material) -> Section | None:
    """The submitted items beside the items of the visible pairs."""
    if material.submission is None:
        return None
    entries = read_entries(material.submission.csv, material.answer)
    items = material.dataset.items.codes(entries["item"])
    total = len(material.dataset.items)
    seen, shown = (np.bincount(codes, minlength=total) for codes in (material.dataset.pairs[:, 1], items))
    top = max(1, total // 100)
    sides = (seen, shown)
    rows: list[tuple[Bilingual | Cell, ...]] = [
        (Bilingual("items that are there", "나오는 아이템"), *(number((counts > 0).sum(), ",") for counts in sides)),
        (Bilingual("coverage: their share of all items", "coverage: 전체 아이템 중 비율"),
         *(number((counts > 0).mean(), ".3f") for counts in sides)),
        (Bilingual("share of the most frequent 1 %", "가장 잦은 1 %의 비중"),
         *(number(_share(counts, top), ".3f") for counts in sides)),
        (Bilingual("Gini coefficient", "지니 계수"), *(number(gini(counts), ".3f") for counts in sides)),
        (Bilingual("mean visible pairs of the item", "아이템의 평균 보이는 쌍"),
         *(number(_mean(seen, counts), ".1f") for counts in sides)),
    ]  # fmt: skip
    words = Bilingual(
        "A list that shows popular items far more often than the visible pairs have them leans on popularity.",
        "보이는 쌍보다 인기 아이템을 훨씬 자주 보이는 목록은 인기에 기대고 있는 것입니다.",
    )
    caption = Bilingual(
        "Share of the pairs by the item's visible pairs: grey all visible pairs, blue the submission",
        "아이템의 보이는 쌍 수에 따른 쌍의 비율: 회색은 보이는 쌍 전부, 파란색은 제출",
    )
    header = (same(""), Bilingual("visible pairs", "보이는 쌍"), Bilingual("submission", "제출"))
    blocks = (Words(words), table(header, rows), Figure(_drawn(seen, shown), caption))
    return Section("shown", Bilingual("What the submission shows", "제출이 보이는 것"), blocks)


def _share(counts: np.ndarray, top: int) -> float:
    return float(np.sort(counts)[::-1][:top].sum() / counts.sum())


def _mean(popularity: np.ndarray, weight: np.ndarray) -> float:
    return float(popularity @ weight / weight.sum())


def _drawn(seen: np.ndarray, shown: np.ndarray) -> str:
    names = count_names()
    group = count_group(seen)
    axes = canvas()
    for counts, colour, shift in ((seen, GREY, -0.2), (shown, BLUE, 0.2)):
        share = np.bincount(group, weights=counts, minlength=len(names)) / counts.sum()
        axes.bar(np.arange(len(names)) + shift, share, 0.4, color=colour)
    axes.set_xticks(range(len(names)), names)
    return svg(axes)
