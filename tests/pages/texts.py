"""What a page says, for the tests of the pages."""

from collections.abc import Iterator, Mapping

from shortlist.common.bilingual import Bilingual
from shortlist.pages.content import Block, Figure, Listing, Numbers, Section, TableBlock, Words


def texts(section: Section) -> list[Bilingual]:
    """Every text of a section that is in both languages."""
    return [section.title, *(text for block in section.blocks for text in texts_of(block))]


def texts_of(block: Block) -> Iterator[Bilingual]:
    """The same of a block."""
    if isinstance(block, Words):
        yield block.text
    elif isinstance(block, Figure):
        yield block.caption
    elif isinstance(block, Numbers):
        yield from (name for name, _ in block.entries)
    elif isinstance(block, TableBlock):
        yield from block.header
        yield from (cell.shown for row in block.rows for cell in row)
        if block.summary:
            yield block.summary
    elif isinstance(block, Listing):
        if isinstance(block.text, Bilingual):
            yield block.text
        if block.summary:
            yield block.summary


def lacks_a_language(text: Bilingual) -> bool:
    """Whether one language is missing, or the Korean is English but for names, numbers and signs."""
    if not text.en.strip() or not text.ko.strip():
        return True
    if text.en == text.ko:
        return len(text.en.split()) > 2
    letters = [letter for letter in text.ko if letter.isalpha()]
    return bool(letters) and not any("가" <= letter <= "힣" for letter in letters)


def english(table: TableBlock | None) -> list[list[str]]:
    """The cells of a table, without its header."""
    return [[cell.shown.en for cell in row] for row in table.rows] if table else []


def by_name(numbers: Mapping[Bilingual, float]) -> dict[str, float]:
    """Main numbers by their English name."""
    return {name.en: value for name, value in numbers.items()}
