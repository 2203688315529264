"""The page about the hold-out rule."""

import re

import numpy as np
import pandas as pd
import pytest
from markupsafe import escape
from matplotlib.figure import Figure
from tests.pages.pictures import assert_titles_inside, drawn_from_now
from tests.pages.tags import assert_asks_nothing, assert_speaks_both
from tests.pages.texts import lacks_a_language

from shortlist.config.competition import Competition
from shortlist.config.paths import Paths
from shortlist.data.dataset import Dataset
from shortlist.pipeline.run import Run
from shortlist.studies.split_inference.document import COMB_CAPTION, COMB_WORDS, RANKING_CAPTION, write_inference
from shortlist.studies.split_inference.inference import infer
from shortlist.studies.split_inference.table import HEADER, LINES, rows
from shortlist.studies.split_inference.words import verdict
from shortlist.validation.holdout_rule import Hiding


@pytest.fixture
def written(tmp_path, monkeypatch) -> tuple[Paths, Competition, list[Figure]]:
    """A made competition with the page about it, and the figures of its pictures."""
    rng = np.random.default_rng(0)
    visible = Hiding().visible(rng.geometric(0.1, 3000))
    users = np.repeat([f"u{n:04}" for n in range(3000)], visible)
    pairs = pd.DataFrame({"user": users, "item": [f"i{n}" for count in visible for n in range(count)]})
    paths = Paths("made", tmp_path)
    Dataset.from_events(pairs).save(paths.dataset)
    competition = Competition.model_validate({
        "title": "A <made> one", "url": "none", "source": "dacon_jobs",
        "submission": {"k": 5, "user_column": "u", "item_column": "i"},
        "validation": {"schemes": {"holdout": {}}}, "retrievers": {"popular": {}},
    })  # fmt: skip
    figures = drawn_from_now(monkeypatch)
    write_inference(Run.of(paths, competition))
    return paths, competition, figures


def test_page_and_table_hold_the_answer(written) -> None:
    """Verdict, picture, ranking and lines are on the page; the same dataset gives the same bytes."""
    paths, competition, _ = written
    page = paths.inferred.read_text(encoding="utf-8")
    assert "A &lt;made&gt; one: how pairs were hidden" in page
    assert "Found: round(0.3 n) of a user&#39;s n pairs are hidden." in page
    assert page.count("<svg") == 2
    assert_asks_nothing(page)
    assert "<pre>[validation.schemes.holdout]\nhidden = 0.3</pre>" in page
    assert "Found: round(0.3 n)" in paths.inferred_table.read_text(encoding="utf-8")
    before = paths.inferred.read_bytes()
    write_inference(Run.of(paths, competition))
    assert paths.inferred.read_bytes() == before


def test_page_speaks_both_languages(written) -> None:
    """Verdict, explanations, captions and heads, and nothing is lost when the language changes."""
    paths, *_ = written
    page = paths.inferred.read_text(encoding="utf-8")
    assert_speaks_both(page)
    dataset = Dataset.load(paths.dataset)
    inference = infer(np.bincount(dataset.pairs[:, 0], minlength=len(dataset.users)))
    said = [verdict(inference), COMB_CAPTION, COMB_WORDS, RANKING_CAPTION, LINES, *HEADER]
    said += [cell.shown for row in rows(inference) for cell in row]
    for text in said:
        assert not lacks_a_language(text), text
        assert escape(text.en) in page
        assert escape(text.ko) in page
    assert "A &lt;made&gt; one: 쌍을 숨긴 방법" in page


def test_pictures_can_be_read(written) -> None:
    """No formula of Matplotlib's on a logarithmic axis, and no title that is cut off."""
    paths, _, figures = written
    assert "mathdefault" not in paths.inferred.read_text(encoding="utf-8")
    assert len(figures) == 2
    for figure in figures:
        assert_titles_inside(figure)


def test_ranking_sorts(written) -> None:
    """Heads are buttons; "10^4" is sorted by how much less likely it is."""
    paths, *_ = written
    page = paths.inferred.read_text(encoding="utf-8")
    assert len(re.findall(r'<th scope="col"[^>]*><button type="button">', page)) == len(HEADER)
    order = [float(value) for value in re.findall(r'<tr><td[^>]*>.*?</td><td data-order="([^"]*)">', page)]
    assert order == sorted(order)
    assert order[0] == 0
    assert len(order) == 10
