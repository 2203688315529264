"""The page: every finding on one HTML file, in English and Korean, that asks nothing of the network."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from shortlist.common.bilingual import Bilingual
from shortlist.common.files import write_text
from shortlist.common.progress import note
from shortlist.config.competition import Competition
from shortlist.data.dataset import Dataset
from shortlist.pages.rendering import html_page
from shortlist.pipeline.run import Run
from shortlist.pipeline.schemes import splitters
from shortlist.studies.eda.adversarial import adversarial
from shortlist.studies.eda.copies import copies
from shortlist.studies.eda.drift import closeness, date_columns, pair_times
from shortlist.studies.eda.finding import Finding
from shortlist.studies.eda.ids import id_signal
from shortlist.studies.eda.missing import missing
from shortlist.studies.eda.sides import SIDES, table_of
from shortlist.studies.eda.signal import column_signal, group_patterns, value_test
from shortlist.studies.eda.tails import tails
from shortlist.studies.eda.truncation import truncation
from shortlist.validation.splitters.holdout import Holdout

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
    yield adversarial(dataset, schemes, competition.seed, competition.question.seen == "keep")
    yield id_signal(dataset, fewer, rng)


def write_eda(run: Run, permutations: int = PERMUTATIONS) -> None:
    """Look at the dataset from all sides and write `submissions/<competition>/eda.html`."""
    dataset = Dataset.load(run.paths.dataset)
    results = list(findings(dataset, run.competition, permutations))
    write_text(run.paths.eda, eda_page(run.competition.title, dataset, results))
    note(f"eda: {len(results)} findings")


def eda_page(title: str, dataset: Dataset, results: Iterable[Finding]) -> str:
    """The page's HTML: what there is, every finding in a sentence, and all of them in full."""
    users, items, pairs = (f"{len(part):,}" for part in (dataset.users, dataset.items, dataset))
    size = Bilingual(
        f"{users} users, {items} items, {pairs} visible pairs.",
        f"사용자 {users}명, 아이템 {items}개, 보이는 쌍 {pairs}개.",
    )
    heading = Bilingual(f"{title}: what the files tell", f"{title}: 파일이 말해 주는 것")
    sections = [finding.section(f"finding-{place}") for place, finding in enumerate(results, start=1)]
    return html_page(TEMPLATE, heading, sections, size=size)
