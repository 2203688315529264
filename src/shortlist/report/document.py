"""The report: one HTML file beside the submissions, in English and Korean, that asks nothing of the network."""

from pathlib import Path

from shortlist.common.bilingual import same
from shortlist.common.files import write_text
from shortlist.common.progress import note
from shortlist.pages.rendering import html_page
from shortlist.pipeline.run import Run
from shortlist.report.cards import how_good, how_sure, what_goes_in, what_next
from shortlist.report.material import Material
from shortlist.report.sections import (
    ablation,
    about,
    candidates,
    changes,
    explanations,
    headline,
    leaderboard,
    learning_curve,
    learnt,
    methods,
    parts,
    shown,
    suggestions,
)

CARDS = (what_goes_in, how_good, how_sure, what_next)
"""Modules of `report.cards`: the first screen."""

SECTIONS = (
    suggestions,
    headline,
    changes,
    leaderboard,
    methods,
    parts,
    candidates,
    learnt,
    learning_curve,
    ablation,
    shown,
    explanations,
    about,
)
"""Modules of `report.sections`, in the order of the page."""

TEMPLATE = Path(__file__).with_suffix(".html")


def write_report(run: Run) -> None:
    """Write the report of the newest validation and submission."""
    material = Material(run)
    sections = [section for module in SECTIONS if (section := module.section(material)) is not None]
    cards = [module.card(material) for module in CARDS]
    page = html_page(
        TEMPLATE, same(run.competition.title), sections, folded=True, cards=cards, data=material.scores.data
    )
    write_text(run.paths.report, page)
    note(f"report: {len(sections)} sections")
