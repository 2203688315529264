"""The report in a real browser: it sorts, switches its language, fits a phone, and asks nothing of the network."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page


@pytest.fixture
def opened(browser: Browser, page: Path) -> Iterator[Page]:
    """The report on a desktop with an English browser; fails on anything in the console or asked of the network."""
    context = browser.new_context(viewport={"width": 1000, "height": 800}, locale="en-US")
    tab = context.new_page()
    complaints: list[str] = []
    tab.on("console", lambda message: complaints.append(message.text))
    tab.on("pageerror", lambda error: complaints.append(str(error)))
    tab.on("request", lambda request: complaints.append(request.url) if request.url != page.as_uri() else None)
    tab.goto(page.as_uri())
    yield tab
    context.close()
    assert complaints == []


def visible(tab: Page) -> str:
    return str(tab.evaluate("document.body.innerText"))


def test_it_shows_everything(opened: Page) -> None:
    """The title, each section with a heading, and pictures that have a size."""
    assert opened.title() == "A <synthetic> competition"
    assert opened.locator("section h2").count() == opened.locator("nav a").count() >= 9
    sizes = opened.locator("svg").evaluate_all("all => all.map(one => [one.clientWidth, one.clientHeight])")
    assert len(sizes) >= 8
    assert all(width > 300 and height > 60 for width, height in sizes)


def test_its_links_lead_to_sections(opened: Page) -> None:
    """A click on the contents brings the section into view."""
    opened.locator("nav a").last.click()
    assert opened.locator("section").last.bounding_box()["y"] < 800  # type: ignore[index]


def test_the_language_switches_and_is_remembered(opened: Page) -> None:
    """English first; after a click everything is Korean, also when the page is opened again; and back."""
    assert opened.evaluate("document.documentElement.lang") == "en"
    english = visible(opened)
    assert "Methods compared" in english
    assert "방법 비교" not in english
    opened.locator("#language").click()
    korean = visible(opened)
    assert "방법 비교" in korean
    assert "Methods compared" not in korean
    titles = opened.locator("h2").all_inner_texts()
    assert all(any("가" <= letter <= "힣" for letter in title) for title in titles)
    sentences = [text for text in opened.locator("p").all_inner_texts() if text and not text.endswith(".csv")]
    assert all(any("가" <= letter <= "힣" for letter in text) for text in sentences)
    opened.wait_for_function("localStorage.getItem('language') === 'ko'")
    opened.reload()
    assert opened.evaluate("document.documentElement.lang") == "ko"
    opened.locator("#language").click()
    assert visible(opened) == english


def test_no_english_is_left_in_korean(opened: Page) -> None:
    """Heads, captions and summaries are Korean, or one name or metric of which English and Korean are the same."""
    opened.evaluate("document.documentElement.lang = 'ko'")
    for part in ("th", "figcaption", "summary"):
        shown = [text.strip() for text in opened.locator(part).all_inner_texts()]
        english = [text for text in shown if text and not any("가" <= letter <= "힣" for letter in text)]
        assert all(len(text.split()) <= 2 for text in english), english


def test_text_in_pictures_can_be_read_on_a_phone(browser: Browser, page: Path) -> None:
    """No letter of a picture is lower than 7 pixels, and those with one part fit the screen without scrolling."""
    tab = browser.new_page(viewport={"width": 360, "height": 740})
    tab.goto(page.as_uri())
    heights = tab.locator("figure svg text").evaluate_all(
        "all => all.filter(one => one.textContent).map(one => Math.max(one.getBoundingClientRect().height, "
        "one.getBoundingClientRect().width))"
    )
    assert min(heights) >= 7
    scrolls = tab.locator("figure").evaluate_all("all => all.filter(one => one.scrollWidth > one.clientWidth).length")
    assert scrolls == 0
    tab.close()


def test_a_korean_browser_gets_korean(browser: Browser, page: Path) -> None:
    """Without a choice made before, the browser's language decides."""
    tab = browser.new_page(locale="ko-KR")
    tab.goto(page.as_uri())
    assert tab.evaluate("document.documentElement.lang") == "ko"
    tab.close()


def column(tab: Page, place: int) -> list[str]:
    """The cells of a column of the methods' first table."""
    return tab.locator("#methods table").first.locator(f"tbody td:nth-child({place})").all_inner_texts()


def test_tables_sort_both_ways(opened: Page) -> None:
    """Numbers by value, the largest first; a second click turns them; names by letter; the head says which way."""
    table = opened.locator("#methods table").first
    head = table.locator("th").nth(1)
    head.locator("button").click()
    values = [float(text.split()[0]) for text in column(opened, 2)]
    assert values == sorted(values, reverse=True)
    assert head.get_attribute("aria-sort") == "descending"
    head.locator("button").click()
    assert [float(text.split()[0]) for text in column(opened, 2)] == sorted(values)
    assert head.get_attribute("aria-sort") == "ascending"
    table.locator("th").nth(0).locator("button").click()
    assert column(opened, 1) == sorted(column(opened, 1))
    assert head.get_attribute("aria-sort") is None


def test_a_key_sorts_too(opened: Page) -> None:
    """Heads are buttons: who has no mouse reaches them."""
    button = opened.locator("#methods table").first.locator("th button").nth(1)
    button.focus()
    opened.keyboard.press("Enter")
    assert opened.locator("#methods th[aria-sort]").count() == 1


@pytest.mark.parametrize("language", ["en-US", "ko-KR"])
def test_it_fits_a_phone(browser: Browser, page: Path, language: str) -> None:
    """Nothing is wider than the screen but what scrolls in a box of its own, folded parts opened too."""
    tab = browser.new_page(viewport={"width": 360, "height": 740}, locale=language)
    tab.goto(page.as_uri())
    tab.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    assert tab.evaluate("document.documentElement.scrollWidth") <= 360
    tab.close()
