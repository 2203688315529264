"""One text in the two languages of the people who read it."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Bilingual:
    """The same in English and in Korean, side by side, so that neither is changed alone."""

    en: str
    ko: str

    def __str__(self) -> str:
        """Both in one line, for the terminal."""
        return self.en if self.en == self.ko else f"{self.en} / {self.ko}"


def same(text: str) -> Bilingual:
    """A name or a number, which has no language."""
    return Bilingual(text, text)


def joined(separator: str, texts: Iterable[Bilingual]) -> Bilingual:
    """Texts one after the other, in each language."""
    known = tuple(texts)
    return Bilingual(separator.join(text.en for text in known), separator.join(text.ko for text in known))
