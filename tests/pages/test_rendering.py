"""A template becomes one file in both languages, with the look and the script of all pages."""

from pathlib import Path

import pytest
from jinja2 import UndefinedError

from shortlist.common.bilingual import Bilingual, same
from shortlist.common.provenance import source_files
from shortlist.pages.content import Section, Words
from shortlist.pages.rendering import html_page

PAGES_WITH_TEMPLATES = ("report", "studies.compare", "studies.eda", "studies.split_inference")


@pytest.fixture
def template(tmp_path: Path) -> Path:
    path = tmp_path / "document.html"
    path.write_text(
        '{% extends "rendering.html" %}\n{% block style %}\np { margin: 0; }\n{% endblock %}\n'
        "{% block opening %}\n<p>{{ greeting }}</p>\n{% endblock %}\n",
        encoding="utf-8",
    )
    return path


def test_a_page_is_one_whole_file(template: Path) -> None:
    """Head, look, title, opening, sections and script, in this order, and nothing to be fetched."""
    section = Section("first", Bilingual("The first", "첫째"), (Words(same("words")),))
    page = html_page(template, Bilingual("A & b", "가 & 나"), [section], greeting="hello <you>")
    parts = ["<!doctype html>", "<title>A &amp; b</title>", "body {", "p { margin: 0; }",
             '<h1><span lang="en">A &amp; b</span><span lang="ko">가 &amp; 나</span></h1>', 'id="language"',
             "hello &lt;you&gt;", '<section id="first">', "첫째", "words", "<script>", "</html>"]  # fmt: skip
    places = [page.index(part) for part in parts]
    assert places == sorted(places)
    assert "src=" not in page
    assert "@import" not in page


def test_a_value_that_is_not_there_is_an_error(template: Path) -> None:
    """A template that asks for more than it is given makes no page with a hole."""
    with pytest.raises(UndefinedError, match="greeting"):
        html_page(template, same("title"), [])


@pytest.mark.parametrize("package", PAGES_WITH_TEMPLATES)
def test_a_page_depends_on_what_all_pages_share(package: str) -> None:
    """Make sees an edit of the common templates, of the look and of the script as one of the page's own."""
    names = {f"{path.parent.name}/{path.name}" for path in source_files(f"shortlist.{package}.document")}
    shared = {"pages/content.html", "pages/rendering.html", "pages/rendering.css", "pages/rendering.js"}
    assert shared | {f"{package.rpartition('.')[2]}/document.html"} <= names


@pytest.mark.parametrize("package", PAGES_WITH_TEMPLATES)
def test_no_page_repeats_what_all_share(package: str) -> None:
    """A template of a page has neither a head, nor a script, nor a way of its own to speak two languages."""
    folder = Path(__file__).parents[2] / "src/shortlist" / package.replace(".", "/")
    for template in folder.rglob("*.html"):
        text = template.read_text(encoding="utf-8")
        assert not [part for part in ("<head", "<script", "<style", 'lang="ko"', 'id="language"') if part in text]
