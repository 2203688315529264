"""Dacon 236290, in which users view articles again; needs the folder that SHORTLIST_REAL_VIEWS names."""

import os
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from shortlist.config.paths import Paths
from shortlist.increments import Results, run
from shortlist.pipeline.run import Run
from shortlist.studies.init.init import init
from shortlist.submission.check import check_submission, load_requirements

NAME = "dacon_236290"
TRACKED = Path(__file__).parents[1] / "data" / NAME / "competition.toml"

raw_folder = Path(os.environ.get("SHORTLIST_REAL_VIEWS") or "no-such-folder")
pytestmark = pytest.mark.skipif(
    not raw_folder.is_dir(), reason="set SHORTLIST_REAL_VIEWS to the folder with the files of Dacon 236290"
)


def project(root: Path) -> Paths:
    """A folder with the competition's files."""
    shutil.copytree(raw_folder, root / "data" / NAME / "raw", ignore=shutil.ignore_patterns("README*"))
    return Paths(NAME, root)


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """The fast path: the tracked configuration without rerankers, on three folds."""
    paths = project(tmp_path_factory.mktemp("views"))
    text = TRACKED.read_text(encoding="utf-8").replace("folds = 5", "folds = 3")
    paths.config.write_text(text.replace("[retrievers.ease]", "").replace("[retrievers.rp3beta]", ""), encoding="utf-8")
    return run(NAME, until="submit", rerank="0", root=paths.root)


def test_init_tells_what_the_tracked_file_says(tmp_path: Path) -> None:
    """The same source, question and form; seen items may come again, since so many events are repeats."""
    paths = project(tmp_path)
    told = init(paths)
    assert "1,415" in told
    fresh, tracked = Run.load(NAME, root=tmp_path).competition, Run.load(NAME, root=TRACKED.parents[2]).competition
    assert fresh.source == tracked.source
    assert fresh.question == tracked.question
    assert fresh.first_scheme == tracked.first_scheme
    assert set(tracked.retrievers) <= set(fresh.retrievers)


def test_the_blend_is_ahead_of_the_own_most_viewed(results: Results) -> None:
    """And that of everything else; the difference to the users' own history is no chance."""
    scheme = results.scores.first
    assert scheme.order[0] == "blend"
    assert scheme.behind_best["own_history"].low > 0
    popular = scheme.methods["popular"].metrics["recall@5"].mean
    assert scheme.methods["own_history"].metrics["recall@5"].mean > 2 * popular


def test_the_csv_recommends_articles_again(results: Results) -> None:
    """It is accepted, has the sample's users in their order, and many of the articles were viewed before."""
    assert results.csv is not None
    check_submission(results.csv, load_requirements(Run.load(NAME, root=results.paths.root)))
    made, sample = (pd.read_csv(path) for path in (results.csv, raw_folder / "sample_submission.csv"))
    assert made["userID"].tolist() == sample["userID"].tolist()
    views = pd.read_csv(raw_folder / "view_log.csv")
    own = set(zip(views["userID"], views["articleID"], strict=True))
    again = np.mean([pair in own for pair in zip(made["userID"], made["articleID"], strict=True)])
    assert 0.2 < again < 1
