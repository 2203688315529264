"""The report in a real browser: it can be read on any screen, sorts, speaks two languages, and asks for nothing."""

from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from tests.pages.contrast import too_faint

PHONE, WIDE = 360, 1600
SCREENS = ((PHONE, 740), (900, 900), (WIDE, 900))


@pytest.fixture
def opened(browser: Browser, page: Path) -> Iterator[Page]:
    """The report on a desktop with an English browser; fails on anything in the console or asked of the network."""
    context = browser.new_context(viewport={"width": 1000, "height": 800}, locale="en-US", has_touch=True)
    tab = context.new_page()
    complaints: list[str] = []
    tab.on("console", lambda message: complaints.append(message.text))
    tab.on("pageerror", lambda error: complaints.append(str(error)))
    tab.on("request", lambda request: complaints.append(request.url) if request.url != page.as_uri() else None)
    tab.goto(page.as_uri())
    yield tab
    context.close()
    assert complaints == []


@pytest.fixture
def unfolded(opened: Page) -> Page:
    """The same with all its parts open."""
    opened.locator("#unfold").click()
    return opened


def visible(tab: Page) -> str:
    return str(tab.evaluate("document.body.innerText"))


def test_it_can_be_read_everywhere(opened: Page) -> None:
    """On three screens, in both languages, in the light and in the dark, folded and unfolded.

    The page never scrolls sideways, no text is fainter than WCAG AA asks, and on a wide screen the four questions are
    answered without scrolling.
    """
    for unfold in (False, True):
        if unfold:
            opened.locator("#unfold").click()
        for (width, height), language, scheme in product(SCREENS, ("en", "ko"), ("light", "dark")):
            opened.set_viewport_size({"width": width, "height": height})
            opened.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            opened.evaluate("language => speak(language)", language)
            where = f"{width} pixels, {language}, {scheme}, {'un' * unfold}folded"
            assert opened.evaluate("document.documentElement.scrollWidth") <= width, where
            if width == WIDE:  # colours do not depend on the width
                assert too_faint(opened) == [], where
                ends = opened.locator(".card").evaluate_all("all => all.map(one => one.getBoundingClientRect().bottom)")
                assert len(ends) == 4, where
                assert max(ends) <= height, where


def test_the_dark_is_dark(opened: Page) -> None:
    """The system decides: the same page is bright by day."""
    shades = []
    for scheme in ("light", "dark"):
        opened.emulate_media(color_scheme=scheme)
        shades.append(opened.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert shades[0] == "rgb(255, 255, 255)"
    assert max(int(part) for part in shades[1][4:-1].split(",")) < 40


def test_it_shows_everything(unfolded: Page) -> None:
    """The title, each section with a heading, and pictures that have a size."""
    assert unfolded.title() == "A <synthetic> competition"
    assert unfolded.locator("section > details > summary h2").count() == unfolded.locator("section").count() >= 10
    sizes = unfolded.locator("svg").evaluate_all("all => all.map(one => [one.clientWidth, one.clientHeight])")
    assert len(sizes) >= 8
    assert all(width > 300 and height > 60 for width, height in sizes)


def test_a_card_leads_to_what_it_rests_on(opened: Page) -> None:
    """All sections are folded; a link of a card opens its own and brings it into view, also when it is used again."""
    assert opened.locator("section > details[open]").count() == 0
    link = opened.locator("#how-good .more a").first
    for _ in range(2):
        link.click()
        opened.wait_for_selector("#methods > details[open]")
        opened.wait_for_function("document.getElementById('methods').getBoundingClientRect().top < innerHeight / 2")
        opened.locator("#methods > details > summary").click()
    assert opened.locator("section > details[open]").count() == 0


def test_the_language_switches_and_is_remembered(unfolded: Page) -> None:
    """English first; after a click everything is Korean, also when the page is opened again; and back."""
    assert unfolded.evaluate("document.documentElement.lang") == "en"
    english = visible(unfolded)
    assert "Methods compared" in english
    assert "방법 비교" not in english
    unfolded.locator("#language").click()
    korean = visible(unfolded)
    assert "방법 비교" in korean
    assert "Methods compared" not in korean
    titles = unfolded.locator("h2").all_inner_texts()
    assert all(any("가" <= letter <= "힣" for letter in title) for title in titles)
    sentences = [text for text in unfolded.locator("section p").all_inner_texts() if text]
    assert all(any("가" <= letter <= "힣" for letter in text) for text in sentences)
    unfolded.wait_for_function("localStorage.getItem('language') === 'ko'")
    unfolded.reload()
    assert unfolded.evaluate("document.documentElement.lang") == "ko"
    unfolded.locator("#language").click()
    unfolded.locator("#unfold").click()
    assert visible(unfolded) == english


def test_no_english_is_left_in_korean(unfolded: Page) -> None:
    """Heads, captions, summaries and cards are Korean, or a name or metric of which English and Korean are the same."""
    unfolded.evaluate("speak('ko')")
    for part in ("th", "figcaption", "summary", ".card .name", ".card .note"):
        shown = [text.strip() for text in unfolded.locator(part).all_inner_texts()]
        english = [text for text in shown if text and not any("가" <= letter <= "힣" for letter in text)]
        assert all(len(text.split()) <= 2 for text in english), english


def test_pictures_can_be_read_on_a_phone(unfolded: Page) -> None:
    """No letter of a picture is lower than 7 pixels, and they fit the screen without scrolling."""
    unfolded.set_viewport_size({"width": PHONE, "height": 740})
    heights = unfolded.locator("figure svg text").evaluate_all(
        "all => all.filter(one => one.textContent).map(one => Math.max(one.getBoundingClientRect().height, "
        "one.getBoundingClientRect().width))"
    )
    assert min(heights) >= 7
    scrolls = unfolded.locator("figure").evaluate_all(
        "all => all.filter(one => one.scrollWidth > one.clientWidth).length"
    )
    assert scrolls == 0


def test_the_first_column_stays(unfolded: Page) -> None:
    """On a phone, where a table scrolls, what a row is about is still there."""
    unfolded.set_viewport_size({"width": PHONE, "height": 740})
    box = unfolded.locator("#methods .wide").first
    cell = box.locator("tbody td").first
    before = cell.bounding_box()
    assert box.evaluate("one => { one.scrollLeft = 150; return one.scrollLeft; }") == 150
    after = cell.bounding_box()
    assert before is not None
    assert after is not None
    assert after["x"] == before["x"]


def test_a_picture_says_its_values(unfolded: Page) -> None:
    """Beside the mouse over a point, or where it was tapped; away from the picture nothing is said."""
    picture = unfolded.locator("#methods svg").first
    picture.scroll_into_view_if_needed()
    at = picture.evaluate(
        "one => { const [x, y] = JSON.parse(one.dataset.marks)[0], frame = one.getBoundingClientRect(), "
        "scale = frame.width / one.viewBox.baseVal.width; return [frame.left + x * scale, frame.top + y * scale]; }"
    )
    said = unfolded.locator("#told")
    assert said.is_hidden()
    unfolded.mouse.move(at[0] + 3, at[1] + 2)
    name, value = said.inner_text().split("\n")
    row = unfolded.locator("#methods tbody tr", has_text=name).first.locator("td").nth(2).inner_text()
    assert float(value.split()[-3]) == pytest.approx(-float(row.split()[0]), abs=1e-4)
    unfolded.mouse.move(2, 2)
    assert said.is_hidden()
    unfolded.touchscreen.tap(at[0] + 3, at[1] + 2)
    assert said.inner_text().split("\n") == [name, value]
    unfolded.touchscreen.tap(2, 2)
    assert said.is_hidden()


def column(tab: Page, place: int) -> list[str]:
    """The cells of a column of the methods' first table."""
    return tab.locator("#methods table").first.locator(f"tbody td:nth-child({place})").all_inner_texts()


def test_tables_sort_both_ways(unfolded: Page) -> None:
    """Numbers by value, the largest first; a second click turns them; names by letter; the head says which way."""
    table = unfolded.locator("#methods table").first
    head = table.locator("th").nth(1)
    head.locator("button").click()
    values = [float(text.split()[0]) for text in column(unfolded, 2)]
    assert values == sorted(values, reverse=True)
    assert head.get_attribute("aria-sort") == "descending"
    head.locator("button").focus()
    unfolded.keyboard.press("Enter")  # heads are buttons: who has no mouse reaches them
    assert [float(text.split()[0]) for text in column(unfolded, 2)] == sorted(values)
    assert head.get_attribute("aria-sort") == "ascending"
    table.locator("th").nth(0).locator("button").click()
    assert column(unfolded, 1) == sorted(column(unfolded, 1))
    assert head.get_attribute("aria-sort") is None
