"""The section shows every figure of an explanation, in two languages, and asks nothing of the network."""

import re
from dataclasses import replace
from html.parser import HTMLParser

from shortlist.report.sections.explanations import body
from shortlist.rerank.features import FEATURES
from shortlist.studies.explain.explanation import Explanation, FeaturePart, Item, Pick, Reason

POSTING = Item("R1", 1234, {"kind": "<b>bold</b>", "place": "Seoul"})
PICK = Pick(
    item=Item("R2", 7, {"kind": "b", "size": "12"}),
    ranks={"trees": 1, "popular": None},
    score=-1.25,
    reasons=(
        Reason("counts", (FeaturePart("item", 7.0, 0.5), FeaturePart("user", 1.0, -0.25))),
        Reason("co_users", (FeaturePart("mean", float("nan"), -0.5),)),
    ),
)
FILLED = Pick(Item("R3", 0, {}), {"trees": None, "popular": 9}, None, ())
EXPLANATION = Explanation("U1", {"degree": "4"}, (POSTING,), "trees", True, (PICK, FILLED))


class Texts(HTMLParser):
    """The texts of each language, and whether all tags are closed."""

    VOID = ("meta", "br", "img")

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.texts: dict[str, list[str]] = {"en": [], "ko": []}
        self.language: str | None = None
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)
        self.language = dict(attrs).get("lang")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag
        self.language = None

    def handle_data(self, data: str) -> None:
        if self.language is not None:
            self.texts[self.language].append(data)


def test_every_figure_is_there() -> None:
    """Ids, attributes, ranks, reasons with their sums and values, and where the model begins."""
    html = body([EXPLANATION]).html
    flat = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))
    for text in (
        "U1", "degree 4", "R1 1,234", "Seoul", "R2 7 b 12", "trees 1 -", "popular - 9", "-1.25",
        "+0.25", "item 7 (+0.50), user 1 (-0.25)", "-0.50", "mean - (-0.50)", "-1.00",
    ):  # fmt: skip
        assert text in flat
    assert FEATURES["counts"][0].en in flat
    assert FEATURES["counts"][0].ko in flat
    assert "R3:" in flat
    assert "fills up the list" in flat


def test_what_comes_from_the_files_is_text() -> None:
    """A tag in an attribute is shown, not obeyed."""
    assert "&lt;b&gt;bold&lt;/b&gt;" in body([EXPLANATION]).html
    assert "<b>" not in body([EXPLANATION]).html


def test_everything_is_said_in_both_languages() -> None:
    """As many texts in Korean as in English, also where there are no reasons; every tag is closed."""
    retriever = replace(EXPLANATION, method="popular", reranked=False, picks=(FILLED,))
    silent = replace(EXPLANATION, picks=(replace(PICK, reasons=()),), history=())
    shown = Texts(body([EXPLANATION, retriever, silent]).html)
    assert not shown.open
    assert len(shown.texts["en"]) == len(shown.texts["ko"]) > 30
    assert not [text for text in shown.texts["en"] if re.search("[가-힣]", text)]
    english = " ".join(shown.texts["en"])
    assert "popular is no reranker" in english
    assert "trees cannot tell" in english
    assert "Nothing." in english


def test_it_asks_nothing_of_the_network() -> None:
    """No links, no scripts, no pictures."""
    assert not re.search(r"https?:|<script|<img|<link|url\(", body([EXPLANATION]).html)
