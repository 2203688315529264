"""The blocks of a page: what they are made of, and how they look in HTML."""

import pytest

from shortlist.common.bilingual import Bilingual, joined, same
from shortlist.pages.content import Block, Cell, Figure, Html, Listing, Words, estimated, number, numbers, ranged, table
from shortlist.pages.rendering import PAGES, environment

BOTH = '<span lang="en">pair</span><span lang="ko">쌍</span>'
PAIR = Bilingual("pair", "쌍")


def html_of(block: Block) -> str:
    return str(environment(PAGES).get_template("content.html").module.show(block))  # type: ignore[attr-defined]


@pytest.mark.parametrize("block", [
    Words(PAIR), Figure("<svg></svg>", PAIR), numbers({PAIR: 1}), table([PAIR], []), table([same("z")], [[PAIR]]),
    table([same("z")], [["1"]], PAIR), Listing(PAIR), Listing("as it is", PAIR),
], ids=lambda block: block.kind)  # fmt: skip
def test_every_text_is_there_in_both_languages(block: Block) -> None:
    """Wherever a block has a text, each language has an element of its own."""
    assert BOTH in html_of(block)


def test_what_has_no_language_is_there_once() -> None:
    """A name or a number is shown in both languages."""
    assert html_of(Words(same("two_tower"))) == "<p>two_tower</p>\n"


def test_text_is_escaped_and_a_picture_is_not() -> None:
    """What comes from the files is text; what we draw is markup."""
    assert "a &lt; b" in html_of(Words(same("a < b")))
    assert "<svg></svg>" in html_of(Figure("<svg></svg>", PAIR))
    assert "<b>bold</b>" in html_of(Html("<b>bold</b>"))


def test_a_summary_folds() -> None:
    """A table or listing without a summary is open."""
    for block in (table([PAIR], [], same("all")), Listing("text", same("all"))):
        assert html_of(block).startswith("<details><summary>all</summary>")
    for block in (table([PAIR], []), Listing("text")):
        assert "<details>" not in html_of(block)


def test_cells_are_sorted_by_what_they_mean() -> None:
    """A percentage, a mean with its error and one with its interval by their value, however it is written."""
    assert number(0.123, ".0%") == Cell(same("12%"), 0.123)
    assert estimated(0.5, 0.1) == Cell(same("0.5000 ± 0.1000"), 0.5)
    assert ranged(0.5, 0.4, 0.6, ".1f") == Cell(same("0.5 [0.4, 0.6]"), 0.5)
    assert 'data-order="0.123"' in html_of(table([PAIR], [[number(0.123, ".0%")]]))


def test_counts_are_in_full_and_other_numbers_short() -> None:
    """Main numbers, with a comma between the thousands."""
    assert numbers({PAIR: 12345, same("z"): 1234.5678}).entries == ((PAIR, "12,345"), (same("z"), "1,235"))


def test_texts_are_joined_in_each_language() -> None:
    """The separator is the same."""
    assert joined(", ", [PAIR, same("z")]) == Bilingual("pair, z", "쌍, z")
