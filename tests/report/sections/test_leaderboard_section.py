"""The report's section about offline scores and the leaderboard's."""

import shutil
from pathlib import Path

import pytest

from shortlist.config.paths import Paths
from shortlist.pages.content import Figure, Section, TableBlock, Words
from shortlist.pipeline.run import Run
from shortlist.report.document import write_report
from shortlist.report.material import Material
from shortlist.report.sections.leaderboard import section
from shortlist.studies.leaderboard.table import before_upload
from shortlist.submission.ledger import Ledger, Origin, Score


@pytest.fixture
def scored(material: Material, tmp_path: Path) -> Material:
    """The same competition with a ledger of its own, in which the older of its two submissions has a public score."""
    paths = material.run.paths
    shutil.copytree(paths.root, tmp_path, dirs_exist_ok=True)
    copied = Run.of(Paths(paths.competition, tmp_path), material.run.competition)
    ledger = Ledger(copied.paths.ledger)
    ledger.score(ledger.entries()[0].sha256, 0.2, 0.19)
    return Material(copied)


def words(shown: Section) -> list[str]:
    return [block.text.en for block in shown.blocks if isinstance(block, Words)]


def test_without_a_public_score_there_is_no_section(material: Material) -> None:
    """Nothing to compare."""
    assert section(material) is None


def test_one_scored_submission(scored: Material) -> None:
    """Too few for a verdict, but enough for what the newest submission may expect, and its gain, paired by user."""
    shown = section(scored)
    assert shown is not None
    verdict, expected, gain = words(shown)
    assert verdict.startswith("1 submission with an offline and a public score: nothing can be said")
    assert expected.startswith("The newest submission may expect: public 0.")
    assert "best sent; standard error" in gain
    table, submissions = (block for block in shown.blocks if isinstance(block, TableBlock))
    assert [row[0].shown.en for row in table.rows] == ["kfold", "cohort"]
    assert [cell.shown.en for cell in submissions.rows[0]][-2:] == ["0.2000", "0.1900"]


def test_the_section_is_on_the_page_and_the_same_again(scored: Material) -> None:
    """Its picture too; the same ledger gives the same bytes."""
    report = scored.run.paths.report
    write_report(scored.run)
    first = report.read_bytes()
    assert b'<section id="leaderboard">' in first
    write_report(scored.run)
    assert report.read_bytes() == first


def test_an_upload_is_told_the_same_beforehand(scored: Material, tmp_path: Path) -> None:
    """By what the ledger knows of the content, or by its manifest; nothing of a CSV of unknown origin."""
    assert scored.submission is not None
    paths, csv, sha256 = scored.run.paths, scored.submission.csv, scored.submission.manifest.sha256
    told = before_upload(paths, csv, sha256)
    assert [line.split()[:2] for line in told.splitlines()] == [["upload:", "expected"], ["upload:", "gain"]]
    assert "paired by user" in told
    paths.validation.unlink()
    assert "as the users cannot be paired" in before_upload(paths, csv, sha256)
    assert before_upload(paths, tmp_path / "other.csv", "f" * 64) == ""


def test_many_schemes_and_submissions_are_drawn(scored: Material) -> None:
    """The verdict names the scheme that agrees; three schemes beside each other."""
    ledger = Ledger(scored.run.paths.ledger)
    for number in range(7):
        means = {"kfold": 0.1 + 0.01 * number, "cohort": 0.15 - 0.01 * number, "third": 0.2, "fourth": 0.1}
        scores = {name: Score(mean, 0.004, 120.0) for name, mean in means.items()}
        sha256 = f"{number:064d}"
        ledger.record(sha256, f"{number}.csv", Origin("popular", "x", "recall@5", scores))
        ledger.score(sha256, 0.15 + 0.012 * number)
    shown = section(Material(scored.run))
    assert shown is not None
    assert words(shown)[0].startswith("kfold can be trusted")
    (figure,) = (block for block in shown.blocks if isinstance(block, Figure))
    assert all(f"{name}, recall@5" in figure.svg for name in ("kfold", "cohort", "third"))
    assert "fourth, recall@5" not in figure.svg
