"""What a card is made of; `document.html` says it in HTML."""

from dataclasses import dataclass
from typing import Literal

from shortlist.common.bilingual import Bilingual, joined, same
from shortlist.validation.metrics import Difference

Mood = Literal["plain", "good", "doubtful", "bad"]
"""How a reader should take it: the page says it by colour, beside the words."""


@dataclass(frozen=True)
class Fact:
    """One line: what it is about, the figure, and what the figure rests on.

    Attributes:
        name: a few words.
        value: a figure or a few words.
        note: a sentence in small print.
        mood: of the value.
    """

    name: Bilingual
    value: Bilingual
    note: Bilingual | None = None
    mood: Mood = "plain"


@dataclass(frozen=True)
class Card:
    """The answer to one question.

    Attributes:
        name: of its place in the page's address.
        title: the question.
        lead: the answer in short.
        under: what the answer is of.
        facts: what it rests on.
        mood: of the answer.
        sections: names of those that say more.
        numbered: whether the facts are a list in order of weight.
    """

    name: str
    title: Bilingual
    lead: Bilingual
    under: Bilingual
    facts: tuple[Fact, ...]
    mood: Mood = "plain"
    sections: tuple[str, ...] = ()
    numbered: bool = False


def ahead(name: Bilingual, difference: Difference, note: Bilingual) -> Fact:
    """How far something is ahead, with the interval in the note; good only if that leaves zero out."""
    mood: Mood = "doubtful" if not difference.significant else "good" if difference.low > 0 else "bad"
    within = interval(f"{difference.low:+.4f}", f"{difference.high:+.4f}")
    return Fact(name, same(f"{difference.mean:+.4f}"), joined(", ", (within, note)), mood)


def interval(low: str, high: str) -> Bilingual:
    """The ends of a 95 % interval, in words."""
    return Bilingual(f"95 % within {low} to {high}", f"95 % 구간 {low} ~ {high}")
