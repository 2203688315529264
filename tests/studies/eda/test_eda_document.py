"""The page: complete, in two languages, self-contained, the same bytes twice, and made of any dataset."""

import re

import numpy as np
import pytest
from markupsafe import escape
from matplotlib.figure import Figure
from tests.pages.pictures import assert_titles_inside, drawn_from_now
from tests.pages.tags import assert_asks_nothing, assert_speaks_both
from tests.pages.texts import lacks_a_language, texts

from shortlist.config.competition import Competition
from shortlist.config.paths import Paths
from shortlist.data.dataset import Dataset
from shortlist.pipeline.run import Run
from shortlist.studies.eda.document import eda_page, findings, write_eda
from shortlist.studies.eda.finding import Finding


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
    run = Run.of(paths, competition)
    write_eda(run, FEW)
    first = paths.eda.read_bytes()
    write_eda(run, FEW)
    assert paths.eda.read_bytes() == first, "the same dataset, schemes and seed give the same bytes"
    return first.decode()


@pytest.fixture(scope="module")
def drawn(made) -> tuple[list[Finding], list[Figure]]:
    """All findings about the made competition, and the figures of their pictures."""
    competition = competition_of({"holdout": {}, "cohort": {"date": "updated_date"}})
    with pytest.MonkeyPatch.context() as monkeypatch:
        figures = drawn_from_now(monkeypatch)
        return list(findings(made, competition, FEW)), figures


def test_page_asks_nothing_of_the_network(page):
    """One file: look, script and pictures are in it."""
    assert_asks_nothing(page)


def test_page_says_all_and_escapes_what_it_is_given(page):
    """A section for each topic, readable on a phone, the title as text."""
    for title in ("Hot and cold", "Counts before the split", "Which fields carry signal", "Groups that repeat",
                  "Near copies", "What is missing", "Drift: reg_date", "Drift: updated_date", "Times of the pairs",
                  "Fold against fold", ">Ids</span>"):  # fmt: skip
        assert title in page
    assert "A &lt;made&gt; one" in page
    assert 'name="viewport"' in page
    assert "nan" not in re.sub(r"<svg.*?</svg>", "", page, flags=re.S).lower().split()


def test_every_text_is_in_both_languages(drawn):
    """Titles, sentences, captions, names of numbers, heads and cells: the Korean is Korean, or a name or number."""
    known, _ = drawn
    said = [text for finding in known for text in texts(finding.section("name"))]
    assert len(said) > 500
    assert [text for text in said if lacks_a_language(text)] == []


def test_no_head_of_a_column_is_empty(drawn):
    """Each says what stands below it, and each row has a cell for it."""
    for finding in drawn[0]:
        if finding.table:
            assert all(head.en and head.ko for head in finding.table.header)
            assert {len(row) for row in finding.table.rows} == {len(finding.table.header)}


def test_page_holds_both_languages(page, drawn):
    """Whatever the findings say is there in each, and nothing is lost when the language changes."""
    assert_speaks_both(page)
    for finding in drawn[0]:
        for text in (finding.title, *finding.words):
            assert escape(text.en) in page
            assert escape(text.ko) in page
    assert "A &lt;made&gt; one: 파일이 말해 주는 것" in page
    assert "사용자 120명, 아이템 90개" in page


def test_pictures_have_plain_labels_and_captions(page, drawn):
    """No formula of Matplotlib's, no title that is cut off; each picture is said in both languages."""
    known, figures = drawn
    assert "mathdefault" not in page
    pictures = [finding.figure.svg for finding in known if finding.figure]
    assert len(figures) == sum(picture.count("<svg ") for picture in pictures) > len(pictures) >= 9
    for figure in figures:
        assert_titles_inside(figure)
    captions = [finding.figure.caption for finding in known if finding.figure]
    assert not [caption for caption in captions if lacks_a_language(caption)]


def test_tables_sort(page):
    """Heads are buttons, and a cell that is more than a plain number says what it is sorted by."""
    assert len(re.findall(r'<th scope="col"[^>]*><button type="button">', page)) == page.count("<th ") > 40
    assert page.count("data-order=") > 100


def test_log_of_ids_and_times_alone_gets_a_page(log_of):
    """No tables, times for the pairs, no scheme that states a hidden share."""
    rng = np.random.default_rng(0)
    dataset = log_of(rng.integers(30, size=300), rng.integers(20, size=300), order=np.arange(300.0))
    known = list(findings(dataset, competition_of({"timeline": {}}), FEW))
    assert "Counts before the split" not in [finding.title.en for finding in known]
    assert_speaks_both(eda_page("times", dataset, known))
    assert not [text for finding in known for text in texts(finding.section("name")) if lacks_a_language(text)]


def test_checkerboard_gets_a_page(checkerboard: Dataset):
    """Neither tables nor dates nor times."""
    known = list(findings(checkerboard, competition_of({"holdout": {}}), FEW))
    assert_speaks_both(eda_page("none", checkerboard, known))
    assert not [text for finding in known for text in texts(finding.section("name")) if lacks_a_language(text)]
