"""The page: complete, self-contained, the same bytes twice, and made of any dataset."""

import re
from html.parser import HTMLParser

import numpy as np
import pytest

from shortlist.config.competition import Competition
from shortlist.config.paths import Paths
from shortlist.data.dataset import Dataset
from shortlist.pages.rendering import render
from shortlist.studies.eda.document import TEMPLATE, findings, write_eda


def competition_of(schemes: dict[str, object]) -> Competition:
    return Competition.model_validate({
        "title": "A <made> one", "url": "make sample", "source": "dacon_jobs", "seed": 5, "candidates": 20,
        "submission": {"k": 5, "user_column": "u", "item_column": "i"},
        "validation": {"folds": 2, "ks": [5], "schemes": schemes}, "retrievers": {"popular": {}},
    })  # fmt: skip


FEW = 25


@pytest.fixture(scope="module")
def page(made, tmp_path_factory):
    paths = Paths("made", tmp_path_factory.mktemp("eda"))
    made.save(paths.dataset)
    competition = competition_of({"holdout": {}, "cohort": {"date": "updated_date"}})
    write_eda(paths, competition, FEW)
    first = paths.eda.read_bytes()
    write_eda(paths, competition, FEW)
    assert paths.eda.read_bytes() == first, "the same dataset, schemes and seed give the same bytes"
    return first.decode()


class Balanced(HTMLParser):
    """Checks that every element is closed, and gathers ids and what the page would fetch."""

    VOID = ("meta", "br", "hr", "img", "link")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.fetched: list[str] = []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        for name, value in attrs:
            if name == "id":
                self.ids.append(value)
            if name in ("src", "href", "xlink:href", "data", "srcset"):
                self.fetched.append(value)
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in self.VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_page_asks_nothing_of_the_network(page):
    """Every reference is to a place on the page; the only addresses are the names of SVG's namespaces."""
    found = Balanced(page)
    assert {reference[1:] for reference in found.fetched} <= set(found.ids)
    assert all(reference.startswith("#") for reference in found.fetched)
    assert len(found.ids) == len(set(found.ids))
    addresses = set(re.findall(r"https?://[^\"'\s<>]*", page))
    assert addresses <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}
    assert not re.search(r"@import|<script|<link|url\((?!#)", page)


def test_page_says_all_and_escapes_what_it_is_given(page):
    """A section for each topic, readable on a phone, the title as text."""
    for title in ("Hot and cold", "Counts before the split", "Which fields carry signal", "Groups that repeat",
                  "Near copies", "What is missing", "Drift: reg_date", "Drift: updated_date", "Times of the pairs",
                  "Fold against fold", "<h2>Ids"):  # fmt: skip
        assert title in page
    assert "A &lt;made&gt; one" in page
    assert 'name="viewport"' in page
    assert "nan" not in re.sub(r"<svg.*?</svg>", "", page, flags=re.S).lower().split()


def test_log_of_ids_and_times_alone_gets_a_page(log_of):
    """No tables, times for the pairs, no scheme that states a hidden share."""
    rng = np.random.default_rng(0)
    dataset = log_of(rng.integers(30, size=300), rng.integers(20, size=300), order=np.arange(300.0))
    found = list(findings(dataset, competition_of({"timeline": {}}), FEW))
    assert "Counts before the split" not in [finding.title for finding in found]
    Balanced(render(TEMPLATE, title="times", dataset=dataset, findings=found))


def test_checkerboard_gets_a_page(checkerboard: Dataset):
    """Neither tables nor dates nor times."""
    found = list(findings(checkerboard, competition_of({"holdout": {}}), FEW))
    Balanced(render(TEMPLATE, title="", dataset=checkerboard, findings=found))
