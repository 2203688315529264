"""Figures reach the pages from files, and the pictures from a run."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

import marked
import pictures
from marked import as_code, fill
from shortlist.config.paths import Paths
from shortlist.errors import DataError

PRINTED = """one, scheme kfold
 method    recall@5
 ───────────────────
 lightgbm    0.1969
 <popular>   0.0120

one, scheme holdout
 method    recall@5
 ───────────────────
 popular     0.0122

submission: submissions/one/lightgbm-1.csv
"""


def test_a_file_goes_between_the_marks(tmp_path: Path) -> None:
    """Markdown as it is, other text as code, into every page named; what stands around it stays."""
    pages = [tmp_path / "page.md", tmp_path / "page.ko.md"]
    for page in pages:
        page.write_text("before\n<!-- make x -->\nold\n<!-- end -->\n<!-- make y -->\n<!-- end -->\n", encoding="utf-8")
    (tmp_path / "x.txt").write_text("\nab  \n  c\n\n", encoding="utf-8")
    (tmp_path / "y.md").write_text("| a |\n", encoding="utf-8")
    for mark, file in (("make x", "x.txt"), ("make y", "y.md")):
        marked.main([mark, str(tmp_path / file), *map(str, pages)])
    for page in pages:
        assert page.read_text(encoding="utf-8") == (
            "before\n<!-- make x -->\n```\nab\n  c\n```\n<!-- end -->\n<!-- make y -->\n| a |\n<!-- end -->\n"
        )


def test_a_page_without_the_mark_is_told(tmp_path: Path) -> None:
    """And stays as it was."""
    page = tmp_path / "page.md"
    page.write_text("<!-- make x -->\n", encoding="utf-8")
    with pytest.raises(DataError, match="has no lines <!-- make x --> and <!-- end -->"):
        fill(page, "make x", as_code("y"))
    assert page.read_text(encoding="utf-8") == "<!-- make x -->\n"


def test_the_terminal_shows_the_first_scheme_and_the_csv() -> None:
    """And says that something is left out."""
    lines = pictures.shortened(PRINTED).splitlines()
    assert lines[:3] == ["make submission", "...", "one, scheme kfold"]
    assert lines[-3:] == [" <popular>   0.0120", "...", "submission: submissions/one/lightgbm-1.csv"]


def test_what_a_run_printed_is_put_together_again(tmp_path: Path) -> None:
    """The table and the CSV; without a run, one line says what to do."""
    paths = Paths("one", tmp_path)
    with pytest.raises(DataError, match="run `make submission` first"):
        pictures.printed(paths)
    paths.work.mkdir(parents=True)
    table, _, last = PRINTED.rpartition("\nsubmission: ")
    paths.table.write_text(table, encoding="utf-8")
    paths.newest_submission.write_text(last, encoding="utf-8")
    assert pictures.printed(paths) == PRINTED


def test_pictures_are_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, browser: Browser) -> None:
    """Of the report in both languages and of the terminal; one that is too large is refused."""
    monkeypatch.setattr(pictures, "IMAGES", tmp_path / "images")
    paths = Paths("one", tmp_path)
    paths.report.parent.mkdir(parents=True)
    page = "<script>document.body.textContent = navigator.language; document.body.style.fontSize = '90px'</script>"
    paths.report.write_text(f"<body>{page}", encoding="utf-8")
    pictures.photograph(browser, paths, PRINTED)
    taken = {path.name: path.read_bytes() for path in (tmp_path / "images").iterdir()}
    assert set(taken) == {"report.png", "report.ko.png", "terminal.png"}
    assert all(picture.startswith(b"\x89PNG") for picture in taken.values())
    assert taken["report.png"] != taken["report.ko.png"]
    monkeypatch.setattr(pictures, "MOST_BYTES", 100)
    with pytest.raises(DataError, match="more than 100; make the window smaller"):
        pictures.photograph(browser, paths, PRINTED)
