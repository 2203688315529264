"""What all pages share, in a real browser: the language button, and tables that sort."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from shortlist.common.bilingual import Bilingual, same
from shortlist.pages.content import Section, Words, number, table
from shortlist.pages.rendering import html_page

TEMPLATE = '{% extends "rendering.html" %}\n'
HEADER = (Bilingual("name", "이름"), Bilingual("share", "비율"))
ROWS = [("b", number(0.095, ".1%")), ("a", number(1.2, ".1%")), ("c", number(0.5, ".1%"))]


@pytest.fixture
def page(tmp_path: Path) -> Path:
    template = tmp_path / "document.html"
    template.write_text(TEMPLATE, encoding="utf-8")
    section = Section("numbers", Bilingual("Numbers", "숫자"),
                      (Words(Bilingual("Three rows.", "세 행입니다.")), table(HEADER, ROWS)))  # fmt: skip
    path = tmp_path / "page.html"
    path.write_text(html_page(template, Bilingual("A page", "페이지"), [section]), encoding="utf-8")
    return path


@pytest.fixture
def opened(browser: Browser, page: Path) -> Iterator[Page]:
    context = browser.new_context(locale="en-US")
    tab = context.new_page()
    tab.goto(page.as_uri())
    yield tab
    context.close()


def visible(tab: Page) -> str:
    return str(tab.evaluate("document.body.innerText"))


def test_every_text_changes_its_language(opened: Page) -> None:
    """Words, heads and the title of the window; and all of them come back."""
    english = visible(opened)
    assert opened.title() == "A page"
    assert {"A page", "Numbers", "Three rows.", "한국어"} <= set(english.splitlines())
    opened.locator("#language").click()
    assert opened.title() == "페이지"
    assert {"페이지", "숫자", "세 행입니다.", "English"} <= set(visible(opened).splitlines())
    assert "Three rows." not in visible(opened)
    opened.locator("#language").click()
    assert visible(opened) == english


def test_a_korean_browser_gets_korean(browser: Browser, page: Path) -> None:
    """The title of the window too."""
    tab = browser.new_page(locale="ko-KR")
    tab.goto(page.as_uri())
    assert tab.title() == "페이지"
    tab.close()


@pytest.mark.parametrize(("head", "order"), [("name", "abc"), ("share", "acb")])
def test_a_click_sorts(opened: Page, head: str, order: str) -> None:
    """Names rise and numbers fall first, percentages by their value; a second click turns them."""
    button = opened.locator("th button", has_text=head)
    for rows in (order, order[::-1]):
        button.click()
        assert "".join(opened.locator("tbody td:first-child").all_inner_texts()) == rows


def test_a_name_without_a_language_is_always_there(browser: Browser, tmp_path: Path) -> None:
    """The same text serves both."""
    template, path = tmp_path / "document.html", tmp_path / "page.html"
    template.write_text(TEMPLATE, encoding="utf-8")
    path.write_text(html_page(template, same("two_tower"), []), encoding="utf-8")
    for locale in ("en-US", "ko-KR"):
        tab = browser.new_page(locale=locale)
        tab.goto(path.as_uri())
        assert tab.locator("h1").inner_text() == "two_tower"
        tab.close()
