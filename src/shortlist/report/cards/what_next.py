"""What to do next: the most worthwhile of what the run's own figures suggest."""

from shortlist.common.bilingual import Bilingual
from shortlist.report.cards.card import Card, Fact
from shortlist.report.material import Material
from shortlist.report.suggestions import suggestions

TITLE = Bilingual("What to do next?", "다음에 무엇을 할까요?")

SHOWN = 3
"""Suggestions on the card; the section has all."""


def card(material: Material) -> Card:
    """The first suggestions, in the order of what each may be worth."""
    known = material.once(suggestions)
    facts = tuple(Fact(each.do, each.value(material.scores.headline), each.because) for each in known[:SHOWN])
    lead = Bilingual(f"{len(facts)} changes", f"바꿀 것 {len(facts)}가지") if facts else Bilingual("Nothing", "없음")
    under = Bilingual("by what each may add, from this run's figures", "이 실행의 수치로 본, 더할 수 있는 크기순")
    return Card("what-next", TITLE, lead, under, facts, sections=("suggestions",), numbered=True)
