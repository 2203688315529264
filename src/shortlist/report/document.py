"""The report: one HTML file beside the submissions, in English and Korean, that asks nothing of the network."""

from pathlib import Path

from shortlist.common.files import write_text
from shortlist.common.progress import note
from shortlist.config.competition import Competition
from shortlist.config.paths import Paths
from shortlist.pages.rendering import render
from shortlist.report.run import Run
from shortlist.report.sections import (
    ablation,
    about,
    candidates,
    changes,
    explanations,
    headline,
    leaderboard,
    learnt,
    methods,
    parts,
    shown,
)

SECTIONS = (headline, changes, leaderboard, methods, parts, candidates, learnt, ablation, shown, explanations, about)
"""Modules of `report.sections`, in the order of the page."""

TEMPLATE = Path(__file__).with_suffix(".html")
SCRIPT = Path(__file__).with_suffix(".js")


def write_report(paths: Paths, competition: Competition) -> None:
    """Write the report of the newest validation and submission."""
    run = Run(paths, competition)
    found = [section for module in SECTIONS if (section := module.section(run)) is not None]
    script = SCRIPT.read_text(encoding="utf-8")
    write_text(paths.report, render(TEMPLATE, title=competition.title, sections=found, script=script))
    note(f"report: {len(found)} sections")
