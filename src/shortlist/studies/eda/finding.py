"""What every module of this package gives: something worth knowing, in words, numbers and a picture."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from shortlist.common.bilingual import Bilingual, same
from shortlist.pages.content import Block, Cell, Figure, Section, TableBlock, Words, number, numbers
from shortlist.studies.eda.permutation import PermutationTest

SIGNIFICANT = 0.05
"""Level of all tests, after correction where there are several."""

ALL_FIGURES = Bilingual("All figures", "모든 수치")

OF_TWO_THAT_MEET = Bilingual("of two that meet", "만나는 둘 중 비율")

AGAINST_CHANCE = (Bilingual("by chance", "우연"), Bilingual("ratio", "우연의 몇 배"), same("z"), same("p"))
"""Heads of what `against_chance` gives, after that of the observed."""

CORRECTED = Bilingual("p, corrected", "보정한 p")


@dataclass(frozen=True)
class Finding:
    """One section of the page.

    Attributes:
        title: a few words.
        words: sentences; the first is the finding itself and stands alone at the top of the page.
        figure: a picture; None where there is nothing to draw.
        numbers: the main figures by what they are; counts, shares or what their name says.
        table: further figures.
    """

    title: Bilingual
    words: tuple[Bilingual, ...]
    figure: Figure | None = None
    numbers: Mapping[Bilingual, float] = field(default_factory=dict)
    table: TableBlock | None = None

    def section(self, name: str) -> Section:
        """The finding as a part of the page, its table folded."""
        blocks: list[Block] = [Words(text) for text in self.words]
        if self.figure:
            blocks.append(self.figure)
        if self.numbers:
            blocks.append(numbers(self.numbers))
        if self.table:
            blocks.append(replace(self.table, summary=ALL_FIGURES))
        return Section(name, self.title, tuple(blocks))


def against_chance(test: PermutationTest, place: int, form: str, corrected: float | None = None) -> tuple[Cell, ...]:
    """Observed, by chance, ratio, z and p of one count as cells.

    Args:
        test: of C counts.
        place: the count's, 0 ... C-1.
        form: of observed and chance, such as ".3%".
        corrected: p after correction, instead of the test's own.
    """
    p = test.p[place] if corrected is None else corrected
    return (
        number(test.observed[place], form), number(test.chance[place], form), number(test.ratio[place], ".2f"),
        number(test.z[place], ".1f"), number(p, ".3g"),
    )  # fmt: skip
