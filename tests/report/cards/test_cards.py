"""The four cards say what the run knows, and say so where it does not."""

import shutil
from pathlib import Path

import pytest

from shortlist.config.paths import Paths
from shortlist.pipeline.run import Run
from shortlist.report.cards import how_good, how_sure, what_goes_in, what_next
from shortlist.report.cards.card import Card, Fact
from shortlist.report.document import CARDS
from shortlist.report.material import Material
from shortlist.report.suggestions import suggestions
from shortlist.submission.check import read_entries
from shortlist.submission.ledger import Ledger, Origin, Score


@pytest.fixture
def copied(material: Material, tmp_path: Path) -> Material:
    """The same competition with a ledger of its own."""
    paths = material.run.paths
    shutil.copytree(paths.submissions, tmp_path / paths.submissions.relative_to(paths.root))
    data = tmp_path / paths.config.parent.relative_to(paths.root)
    data.parent.mkdir(parents=True)
    data.symlink_to(paths.config.parent.absolute())
    return Material(Run.of(Paths(paths.competition, tmp_path), material.run.competition))


def fact(card: Card, name: str) -> Fact:
    return next(each for each in card.facts if each.name.en.startswith(name))


def test_every_text_has_its_korean(material: Material) -> None:
    """Words differ between the languages; names and figures do not."""
    for card in (module.card(material) for module in CARDS):
        notes = [each.note for each in card.facts if each.note is not None]
        for text in (card.title, card.under, *(each.name for each in card.facts), *notes):
            assert any("가" <= letter <= "힣" for letter in text.ko) or text.en == text.ko, text.ko


def test_what_goes_in(material: Material) -> None:
    """The method and its file, checked now; the lists against those of the CSV made before, counted by hand."""
    card = what_goes_in.card(material)
    assert material.submission is not None
    assert card.lead.en == "lightgbm"
    assert card.under.en == material.submission.csv.name
    assert fact(card, "checked").mood == "good"
    assert fact(card, "handed in").value.en == "not yet"
    folder = material.run.paths.submissions
    new, old = (
        {user: set(rows["item"]) for user, rows in read_entries(folder / name, material.answer).groupby("user")}
        for name in (material.submission.csv.name, material.entries[0].file)
    )
    changed = sum(items != old[user] for user, items in new.items())
    kept = sum(len(items & old[user]) for user, items in new.items()) / (5 * len(new))
    assert fact(card, "lists that changed").value.en == f"{changed} / {len(new)} ({changed / len(new):.0%})"
    assert fact(card, "items kept").value.en == f"{kept:.0%}"


def test_a_file_that_was_touched_is_refused(copied: Material) -> None:
    """What the manifest says of it no longer holds: it is checked again, and the rule that it breaks is named."""
    assert copied.submission is not None
    lines = copied.submission.csv.read_text(encoding="utf-8").splitlines(keepends=True)
    copied.submission.csv.write_text("".join([*lines[:2], lines[1], *lines[3:]]), encoding="utf-8")
    checked = fact(what_goes_in.card(copied), "checked")
    assert checked.mood == "bad"
    assert checked.note is not None
    assert "\n" not in checked.note.en
    assert str(copied.run.paths.root) not in checked.note.en


def test_how_good(material: Material) -> None:
    """The stored score; the paired lead over the baseline is the one that validation has stored."""
    card, first = how_good.card(material), material.scores.first
    metric = first.methods["lightgbm"].metrics["recall@5"]
    assert card.lead.en == f"{metric.mean:.4f} ± {metric.error:.4f}"
    lead, stored = fact(card, "ahead of popular"), first.behind_best["popular"]
    assert lead.value.en == f"{stored.mean:+.4f}"
    assert lead.note is not None
    assert f"{stored.low:+.4f} to {stored.high:+.4f}" in lead.note.en
    assert fact(card, "public score to expect").value.en == "not known"


def test_the_public_score_is_expected_and_then_known(copied: Material) -> None:
    """From the scored submissions before; what was handed in last is what the lists are compared with."""
    older, newest = copied.entries
    ledger = Ledger(copied.run.paths.ledger)
    ledger.start(older.sha256, "first")
    ledger.finish(older.sha256, "accepted", "yes")
    ledger.score(older.sha256, 0.2)
    card = how_good.card(Material(copied.run))
    expected = fact(card, "public score to expect")
    assert 0.1 < float(expected.value.en) < 0.9
    assert expected.note is not None
    assert "1 scored before" in expected.note.en
    named = fact(what_goes_in.card(Material(copied.run)), "lists that changed").note
    assert named is not None
    assert named.en == f"against {older.file}, handed in last"
    ledger.score(newest.sha256, 0.31)
    assert fact(how_good.card(Material(copied.run)), "public score").value.en == "0.3100"


def test_how_sure(copied: Material) -> None:
    """By the distance at first; the leaderboard has the last word, for or against."""
    card = how_sure.card(copied)
    assert card.lead.en == "Close to the submission"
    assert fact(card, "order on cohort").value.en.endswith("of 3 alike")
    assert fact(card, "order on the leaderboard").value.en == "not known"
    ledger = Ledger(copied.run.paths.ledger)
    for sign, lead in ((1, "As the leaderboard"), (-1, "Against the leaderboard")):
        for number in range(7):
            sha256 = f"{number:064d}"
            scores = {"kfold": Score(0.1 + 0.01 * number, 0.004, 120.0)}
            ledger.record(sha256, f"{number}.csv", Origin("popular", "x", "recall@5", scores))
            ledger.score(sha256, 0.3 + sign * 0.012 * number)
        assert how_sure.card(Material(copied.run)).lead.en == lead


def test_what_next_is_at_most_three(material: Material) -> None:
    """The first of all suggestions, each with its worth and its figure."""
    card = what_next.card(material)
    assert [each.name for each in card.facts] == [each.do for each in suggestions(material)[:3]]
    assert all(each.note is not None for each in card.facts)


def test_before_a_submission(material: Material) -> None:
    """The best method's score stands in, nothing is compared, and the first card says what to do."""
    other = Material(material.run)
    other.__dict__["submission"] = None
    cards = [module.card(other) for module in CARDS]
    assert cards[0].lead.en == "Nothing yet"
    assert cards[1].lead.en == how_good.card(material).lead.en
    assert not [each for each in cards[1].facts if each.name.en == "ahead of the last one"]
