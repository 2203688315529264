"""The page: every finding on one self-contained HTML file that asks nothing of the network."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from shortlist.common.files import write_text
from shortlist.common.progress import note
from shortlist.config.competition import Competition
from shortlist.config.paths import Paths
from shortlist.data.dataset import Dataset
from shortlist.pages.rendering import render
from shortlist.pipeline.cross_validate import splitters
from shortlist.studies.eda.adversarial import adversarial
from shortlist.studies.eda.copies import copies
from shortlist.studies.eda.drift import closeness, date_columns, pair_times
from shortlist.studies.eda.finding import Finding
from shortlist.studies.eda.ids import id_signal
from shortlist.studies.eda.missing import missing
from shortlist.studies.eda.permutation import SIDES, table_of
from shortlist.studies.eda.signal import column_signal, group_patterns, value_test
from shortlist.studies.eda.tails import tails
from shortlist.studies.eda.truncation import truncation
from shortlist.validation.splits import Holdout

PERMUTATIONS = 799
"""Of the tests of many columns: enough that a single one of forty can be significant after correction."""

TEMPLATE = Path(__file__).with_suffix(".html")


def findings(dataset: Dataset, competition: Competition, permutations: int = PERMUTATIONS) -> Iterator[Finding]:
    """All findings in the order of the page; the same dataset, schemes and seed give the same ones.

    Args:
        permutations: of the tests of many columns; those of a single question have a fifth of them.
    """
    fewer = permutations // 5
    rng = np.random.default_rng(competition.seed)
    schemes = splitters(competition)
    yield tails(dataset)
    for splitter in schemes.values():
        if isinstance(splitter, Holdout) and splitter.hidden < 1:
            yield truncation(dataset, splitter.hidden)
            break
    tests = [value_test(dataset, side, permutations, rng) for side in SIDES]
    yield column_signal(tests)
    yield group_patterns(tests)
    yield copies(dataset, fewer, rng)
    yield missing(dataset, fewer, rng)
    for side in SIDES:
        for name in date_columns(table_of(dataset, side)):
            yield closeness(dataset, side, name, fewer, rng)
    yield pair_times(dataset)
    yield adversarial(dataset, schemes, competition.seed)
    yield id_signal(dataset, fewer, rng)


def write_eda(paths: Paths, competition: Competition, permutations: int = PERMUTATIONS) -> None:
    """Look at the dataset from all sides and write `submissions/<competition>/eda.html`."""
    dataset = Dataset.load(paths.dataset)
    found = list(findings(dataset, competition, permutations))
    write_text(paths.eda, render(TEMPLATE, title=competition.title, dataset=dataset, findings=found))
    note(f"eda: {len(found)} findings")
