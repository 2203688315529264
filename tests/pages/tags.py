"""The elements of a page, for the tests of the pages."""

import re
from collections import Counter
from html.parser import HTMLParser

NAMESPACES = {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}
"""The only addresses on a page: names, of which nothing is fetched."""


class Balanced(HTMLParser):
    """Checks that every element is closed, and gathers ids, languages and what the page would fetch."""

    VOID = ("meta", "br", "hr", "img", "link")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.fetched: list[str] = []
        self.languages: Counter[str] = Counter()
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        for name, value in attrs:
            if name == "id":
                self.ids.append(value)
            if name in ("src", "href", "xlink:href", "data", "srcset"):
                self.fetched.append(value)
            if name == "lang" and tag != "html":
                self.languages[value] += 1
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in self.VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def assert_asks_nothing(page: str) -> None:
    """Every reference is to a place on the page."""
    elements = Balanced(page)
    assert all(reference.startswith("#") for reference in elements.fetched)
    assert {reference[1:] for reference in elements.fetched} <= set(elements.ids)
    assert len(elements.ids) == len(set(elements.ids))
    assert set(re.findall(r"https?://[^\"'\s<>]*", page)) <= NAMESPACES
    assert not re.search(r"@import|<script[^>]|<link|url\((?!#)", page)


def assert_speaks_both(page: str) -> None:
    """Every English text has its Korean beside it and the other way round, and there is a button for them."""
    languages = Balanced(page).languages
    assert languages["en"] == languages["ko"] > 0
    english = page.count('<span lang="en">')
    assert (
        english == languages["en"] == len(re.findall(r'<span lang="en">[^<]+</span><span lang="ko">[^<]+</span>', page))
    )
    assert '<button id="language"' in page
    assert "html[lang=en] [lang=ko], html[lang=ko] [lang=en] { display: none; }" in page
