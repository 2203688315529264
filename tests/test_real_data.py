"""On the organiser's own files; needs them in the folder that SHORTLIST_REAL_DATA names."""

import os
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

from shortlist.data.candidates import fill
from shortlist.data.dataset import Dataset
from shortlist.data.forms.columns import Known
from shortlist.data.forms.detect import detect_sample
from shortlist.data.sources.dacon_jobs import DaconJobs
from shortlist.errors import SubmissionError
from shortlist.retrievers.registry import make_retriever
from shortlist.retrievers.topk import recommend
from shortlist.studies.split_inference.candidates import candidates
from shortlist.studies.split_inference.inference import infer
from shortlist.studies.split_inference.words import verdict
from shortlist.submission.check import Requirements, check_submission
from shortlist.validation.folds import hidden_pairs, run_fold
from shortlist.validation.holdout_rule import Hiding
from shortlist.validation.metrics import recall_at_k
from shortlist.validation.splitters.cohort import Cohort
from shortlist.validation.splitters.holdout import Holdout

PUBLISHED = 57_946
"""Applications in the competition's own apply_train.csv."""

raw_folder = Path(os.environ.get("SHORTLIST_REAL_DATA") or "no-such-folder")
pytestmark = pytest.mark.skipif(
    not raw_folder.is_dir(), reason="set SHORTLIST_REAL_DATA to the folder with the files of Dacon 236170"
)


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    return DaconJobs().read(raw_folder)


@pytest.fixture(scope="module")
def required(dataset) -> Requirements:
    known = Known(dataset.users.lookup, dataset.items.lookup)
    sheet, form = detect_sample(raw_folder / "sample_submission.csv", known)
    return Requirements(form, sheet, 5, dataset.users, dataset.items, dataset.matrix())


@pytest.fixture(scope="module")
def asked(required) -> list[str]:
    return required.form.requests(required.sheet)["user"].tolist()


def test_all_resumes_and_postings_are_read(dataset, asked):
    """The published counts; everybody is asked for; and most applications, whatever part of them is there."""
    assert len(dataset.users) == 8482
    assert len(dataset.items) == 6695
    assert len(dataset) > 30_000
    assert len(asked) == 8482
    assert set(asked) == set(dataset.users.ids)


def test_tables_are_filled(dataset):
    """Dates, numbers, codes and words have arrived in their columns with the published shares of gaps."""
    users, items = dataset.user_table, dataset.item_table
    assert users["updated_date"].notna().all()
    assert users["updated_date"].dt.year.between(2000, 2021).all()
    assert users["univ_score"].notna().mean() > 0.99
    assert users["certificates"].notna().mean() > 0.5
    assert 0.3 < items["supply_kind"].notna().mean() < 0.4
    assert items["check_box_keyword"].str.contains(";").mean() > 0.5


@pytest.mark.parametrize("splitter", [Holdout(seed=0), Cohort(date="updated_date", seed=0)], ids=["holdout", "cohort"])
def test_neighbours_beat_popularity(dataset, splitter):
    """On one fold the organiser's baseline finds several times what the most popular postings do."""
    *_, fold = splitter.split(dataset)
    _, answers = hidden_pairs(dataset, fold)
    neighbours, popular = (
        recall_at_k(run_fold(make_retriever(kind), dataset, fold, 5).candidates, answers, 5).mean
        for kind in ("user_knn", "popular")
    )
    assert neighbours > 0.04
    assert popular < 0.02
    assert neighbours > 4 * popular


def test_the_organiser_s_sample_breaks_one_rule(required):
    """Its rows hold pairs that were applied for, and nothing else is wrong with it."""
    with pytest.raises(SubmissionError) as error:
        check_submission(raw_folder / "sample_submission.csv", required)
    (line,) = str(error.value).splitlines()
    assert ": user has the item already ('R" in line
    assert "sample_submission.csv: row" in line


def test_a_submission_passes_the_check(dataset, required, asked, tmp_path):
    """The organiser's baseline, filled up by the most popular, is accepted; with one pair applied for it is not."""
    everybody, seen = np.arange(len(dataset.users), dtype=np.int32), dataset.matrix()
    sources = [recommend(make_retriever(kind).fit(dataset), everybody, 10, seen) for kind in ("user_knn", "popular")]
    items = dataset.items.ids[fill(sources, 5)[dataset.users.codes(asked)]]
    lines = [f"{user},{item}" for user, row in zip(asked, items, strict=True) for item in row]
    path = tmp_path / "submission.csv"
    path.write_text("\n".join(["resume_seq,recruitment_seq", *lines, ""]), encoding="utf-8")
    check_submission(path, required)

    user, item = dataset.pairs[0]
    row = next(number for number, line in enumerate(lines) if line.startswith(dataset.users.ids[user]))
    lines[row] = f"{dataset.users.ids[user]},{dataset.items.ids[item]}"
    path.write_text("\n".join(["resume_seq,recruitment_seq", *lines, ""]), encoding="utf-8")
    with pytest.raises(SubmissionError, match=f"row {row + 2}: user has the item already"):
        check_submission(path, required)


class _ThinnedTwice(Hiding):
    """The published counts, of which this folder's file has only a part: of three or more, round(0.3 n) were taken."""

    def visible(self, n):
        published = super().visible(n)
        return np.where(published < 3, published, Hiding(rounding="half_up").visible(published))


def test_the_published_counts_betray_their_rule(dataset):
    """It is n - round(0.3 n): found from the published file, or through the second thinning of a part of it."""
    counts = np.bincount(dataset.pairs[:, 0])
    published = len(dataset) == PUBLISHED
    rules = None if published else [_ThinnedTwice(**asdict(rule)) for rule in candidates() if rule]
    answer = infer(counts, rules)
    assert answer.told
    assert [family.en for family in answer.families] == ["round(0.3 n)"]
    assert answer.best is not None
    assert answer.best.rounding == "half_even"


def test_the_part_is_not_taken_for_the_published_file(dataset):
    """Thinned twice, no single rule fits; the nearest is still 0.3."""
    if len(dataset) == PUBLISHED:
        pytest.skip("the folder has the published file")
    answer = infer(np.bincount(dataset.pairs[:, 0]))
    assert not answer.fits
    assert "The nearest is round(0.3 n)" in verdict(answer).en
