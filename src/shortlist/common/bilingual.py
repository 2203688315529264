"""One text in the two languages of the people who read it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Text:
    """The same in English and in Korean, side by side, so that neither is changed alone."""

    en: str
    ko: str


def same(text: str) -> Text:
    """A name or a number, which has no language."""
    return Text(text, text)
