"""Two submissions of a small competition: text and page say the same, and what is unknown is said to be."""

import re
from pathlib import Path

import numpy as np
import pytest
from tests.builder import competition, configuration, configured, stages
from tests.pages.tags import assert_asks_nothing, assert_speaks_both
from tests.pages.texts import lacks_a_language, texts

from shortlist.data.dataset import Dataset
from shortlist.data.sample import SampleSize
from shortlist.errors import SubmissionError
from shortlist.pipeline.results import load_scores
from shortlist.pipeline.run import Run
from shortlist.studies.compare.comparison import compare
from shortlist.studies.compare.document import sections, write_comparison
from shortlist.submission.ledger import Ledger
from shortlist.submission.write import write_submission

TABLES = """
[validation.schemes.kfold]
[retrievers.popular]
[retrievers.item_knn]
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Run, str, str]:
    """A run with a submission of each retriever, and their names."""
    run = stages(competition(tmp_path_factory.mktemp("compare"), configuration(TABLES), SampleSize(60, 40, 300)))
    names = []
    for method in ("popular", "item_knn"):
        run = configured(run, configuration(TABLES, method=method))
        names.append(write_submission(run).name)
    return run, names[0], names[1]


def test_it_is_b_against_a(made: tuple[Run, str, str]) -> None:
    """The paired difference is that of validation, counts of items are those of the files; A against A is nothing."""
    run, a, b = made
    comparison = compare(run, a, b)
    first = load_scores(run.paths).first
    means = [first.methods[name].metrics["recall@5"].mean for name in ("popular", "item_knn")]
    (gap,) = comparison.offline
    assert gap.paired
    assert gap.difference.mean == pytest.approx(means[1] - means[0])
    assert gap.difference.low < gap.difference.mean < gap.difference.high
    items = Dataset.load(run.paths.dataset).items
    for side, name in ((comparison.a, a), (comparison.b, b)):
        cells = (run.paths.submissions / name).read_text(encoding="utf-8").split()[1:]
        there = items.codes([cell.split(",")[1] for cell in cells])
        assert side.shown.tolist() == np.bincount(there, minlength=len(items)).tolist()
    none = compare(run, a, a)
    assert (none.lists.changed, none.lists.reordered, none.lists.kept) == (0, 0, 1.0)
    assert none.offline[0].difference.mean == 0


def test_an_earlier_run_has_left_no_folds(made: tuple[Run, str, str], tmp_path: Path) -> None:
    """Its score is in the ledger alone: the difference is that of two independent scores. A stranger has none."""
    run, a, b = made
    other = configured(run, configuration(TABLES, method="popular", ks=(5, 10)))
    kept = run.paths.validation.read_bytes()
    try:
        run.paths.validation.unlink()
        (gap,) = compare(other, a, b).offline
    finally:
        run.paths.validation.write_bytes(kept)
    assert not gap.paired
    paired = compare(run, a, b).offline[0].difference
    assert gap.difference.mean == pytest.approx(paired.mean)
    assert gap.difference.high - gap.difference.low > 0
    stranger = tmp_path / "theirs.csv"
    lines = (run.paths.submissions / b).read_text(encoding="utf-8").splitlines(keepends=True)
    stranger.write_text("".join([lines[0], *lines[5:0:-1], *lines[6:]]), encoding="utf-8")
    comparison = compare(run, str(stranger), b)
    assert comparison.offline == ()
    assert comparison.b.entry is not None
    assert comparison.a.entry is None
    assert (comparison.lists.changed, comparison.lists.reordered) == (0, 1)


def test_text_and_page(made: tuple[Run, str, str]) -> None:
    """Both languages, one file, the same bytes twice, and what the ledger knows."""
    run, a, b = made
    Ledger(run.paths.ledger).score(Ledger(run.paths.ledger).entries()[0].sha256, 0.25)
    said = write_comparison(run, a, b)
    assert said.endswith(f"compare: {run.paths.comparison}\n")
    for words in (a, b, "0.2500", "paired", "lists changed", "Items gained and lost"):
        assert words in said
    page = run.paths.comparison.read_text(encoding="utf-8")
    assert_asks_nothing(page)
    assert_speaks_both(page)
    named = [text for part in sections(compare(run, a, b)) for text in texts(part) if not re.match(r"[-+\d]", text.en)]
    assert not [text for text in named if lacks_a_language(text)]
    assert write_comparison(run, a, b) == said
    assert run.paths.comparison.read_text(encoding="utf-8") == page


@pytest.mark.parametrize(("a", "b", "fault"), [
    ("", "b.csv", "name two CSVs with A=... and B=..."), ("none.csv", "none.csv", "none.csv: no such file"),
])  # fmt: skip
def test_what_is_not_there(made: tuple[Run, str, str], a: str, b: str, fault: str) -> None:
    """One line that says what to do."""
    with pytest.raises(SubmissionError, match=fault.replace(".", r"\.")):
        compare(made[0], a, b)


def test_an_unknown_item_is_named_by_its_row(made: tuple[Run, str, str], tmp_path: Path) -> None:
    """File and row."""
    run, a, b = made
    lines = (run.paths.submissions / a).read_text(encoding="utf-8").splitlines()
    lines[3] = lines[3].partition(",")[0] + ",nothing"
    broken = tmp_path / "broken.csv"
    broken.write_text("\n".join(lines) + "\n", encoding="utf-8")
    with pytest.raises(SubmissionError, match=r"broken\.csv: row 4: an item that is not in the dataset"):
        compare(run, str(broken), b)
