"""Texts in two languages: side by side on a page, in one line in a terminal."""

from shortlist.common.bilingual import Bilingual, joined, same


def test_a_terminal_shows_both_and_a_name_once() -> None:
    """English first; what is the same in both is not said twice."""
    assert str(Bilingual("wait", "기다리세요")) == "wait / 기다리세요"
    assert f"{same('two_tower')}" == "two_tower"


def test_joined_texts_stay_in_their_language() -> None:
    """One after the other; nothing gives nothing."""
    texts = (Bilingual("users", "사용자"), same("5"))
    assert joined(": ", texts) == Bilingual("users: 5", "사용자: 5")
    assert joined(", ", ()) == same("")
