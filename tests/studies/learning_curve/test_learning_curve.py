"""The learning curve: the same hidden pairs at every share, curves that are right, and a study that can be resumed."""

import shutil
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.builder import competition, configuration, configured, stages
from tests.eventful import eventful

from shortlist.data.asked import Asked
from shortlist.data.dataset import Dataset
from shortlist.data.sample import SampleSize
from shortlist.errors import ConfigError
from shortlist.pages.content import Figure, TableBlock, Words
from shortlist.pipeline.run import Run
from shortlist.pipeline.train import train
from shortlist.report.material import Material
from shortlist.report.sections.learning_curve import section
from shortlist.studies.learning_curve.fit import curves, weights
from shortlist.studies.learning_curve.points import points, share_on_folds
from shortlist.studies.learning_curve.result import LearningCurve
from shortlist.studies.learning_curve.study import learning_curve, load_learning_curve
from shortlist.studies.learning_curve.words import verdict
from shortlist.validation.metrics import UserScores

TABLES = """
[validation.schemes.kfold]
[retrievers.popular]
[retrievers.user_knn]
[rerankers.lightgbm]
trees = 5
seeds = 1
min_rows = 20
[learning_curve]
shares = [0.5, 0.8]
draws = 1
"""

TWICE = TABLES.replace("draws = 1", "draws = 2")

RETRIEVERS_ONLY = TABLES + "learnt = false\n"

WINDOWS = TWICE.replace("[validation.schemes.kfold]", "[validation.schemes.last_days]\nwindow = 1\n")


TRAIN = "shortlist.studies.learning_curve.scores.train"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A small competition whose files are read."""
    text = configuration(TABLES, candidates=20)
    return stages(competition(tmp_path_factory.mktemp("curve"), text, SampleSize(120, 60, 800)), "preprocess")


@pytest.fixture(scope="module")
def dataset(run: Run) -> Dataset:
    return Dataset.load(run.paths.dataset)


@pytest.fixture(scope="module")
def found(run: Run, dataset: Dataset) -> LearningCurve:
    """The whole study: one draw at two shares."""
    learning_curve(run)
    found = load_learning_curve(run, dataset)
    assert found is not None
    return found


def timed(tmp_path) -> tuple[Run, Dataset]:
    """A log with times, on disk as preprocessing would leave it."""
    log = eventful(3, users=30, items=20, events=600, kinds=False)
    run = competition(tmp_path, configuration(WINDOWS, folds=2))
    log.save(run.paths.dataset)
    Asked.of(np.arange(30, dtype=np.int32), log).save(run.paths.dataset)
    return run, log


def test_the_same_is_hidden_at_every_share(run: Run, dataset: Dataset) -> None:
    """Of one draw; what is visible grows from share to share, and two draws hide different pairs."""
    twice = configured(run, configuration(TWICE, candidates=20))
    by_draw = [[point for point in points(twice, dataset) if point.draw == draw] for draw in (1, 2)]
    for large, small in by_draw:
        assert large.fold.test.tolist() == small.fold.test.tolist()
        assert set(small.fold.train.tolist()) < set(large.fold.train.tolist())
        assert not np.isin(large.fold.test, large.fold.train).any()
        for point in (large, small):
            assert len(point.fold.train) == pytest.approx(point.share * len(dataset), rel=0.08)
    assert not np.isin(by_draw[0][0].fold.test, by_draw[1][0].fold.test).any()


def test_every_user_keeps_a_share(run: Run, dataset: Dataset) -> None:
    """To the nearest pairs below or above it: nobody's history is thinned out more than another's."""
    large, small, *_ = points(run, dataset)
    user, number = dataset.events.user, len(dataset.users)
    before, after = (np.bincount(user[point.fold.train], minlength=number) for point in (large, small))
    assert (np.abs(after - before * small.share / large.share) < 1 + 1e-9).all()


def test_with_times_the_first_scheme_hides(tmp_path) -> None:
    """Its own answers, and nothing visible that comes later; the largest share is one of what was there until then."""
    run, log = timed(tmp_path)
    assert log.events.time is not None
    found = points(run, log)
    assert [(point.draw, point.share) for point in found] == [(1, 0.8), (1, 0.5), (2, 0.8), (2, 0.5)]
    for point in found:
        assert log.events.time[point.fold.train].max() < log.events.time[point.fold.test].min()
    assert share_on_folds(run, log) == 1


@given(
    shares=st.lists(st.floats(0.1, 0.99), min_size=2, max_size=6, unique_by=lambda share: round(share, 2)),
    a=st.floats(-1, 1),
    b=st.floats(-1, 1),
    at=st.floats(0.2, 1),
)
def test_a_curve_of_the_form_is_found(shares: list[float], a: float, b: float, at: float) -> None:
    """Scores that are a + b log(share) give just that, wherever it is asked for."""
    means = a + b * np.log(shares)
    assert weights(shares, at) @ means == pytest.approx(a + b * np.log(at), abs=1e-6)


def test_methods_that_cross_are_told() -> None:
    """One that is ahead early and gains nothing more, one that gains: the curve says who is ahead at the end."""
    shares, users = (0.5, 0.7, 0.9), np.arange(400, dtype=np.int32)
    noise = np.random.default_rng(0).normal(0, 0.05, 400)
    early = [UserScores(users, (0.50 + noise)[None]) for _ in shares]
    late = [UserScores(users, (0.55 + 0.2 * np.log(share) + noise)[None]) for share in shares]
    found = curves({"early": early, "late": late}, shares, on_folds=0.6)
    assert [curve.method for curve in found] == ["late", "early"]
    late_curve, early_curve = found
    assert late_curve.submission.mean == pytest.approx(0.55 + noise.mean())
    assert late_curve.submission.low < 0.55 < late_curve.submission.high
    assert early_curve.behind is not None
    assert early_curve.behind.mean == pytest.approx(0.05)
    assert early_curve.behind.significant
    assert late_curve.miss < 1e-9
    told = LearningCurve("recall@5", shares, 0.6, 1, 400, "", found)
    assert told.order_on_folds == ["early", "late"]
    assert "it is ahead of early by 0.0500" in verdict(told).en
    assert "The order changes: at 60%" in verdict(told).en
    same = replace(told, curves=tuple(replace(curve, on_folds=curve.submission.mean) for curve in found))
    assert "The order of the methods is the one at 60%" in verdict(same).en
    assert "already" in verdict(replace(told, share_on_folds=1.0)).en


def test_every_method_has_its_curve(run: Run, found: LearningCurve) -> None:
    """Retrievers, blend and reranker, with a score at each share; nothing but scores is left on the disk."""
    assert set(found.order) == {"popular", "user_knn", "blend", "lightgbm"}
    assert found.shares == (0.5, 0.8)
    for curve in found.curves:
        assert all(0 <= mean <= 1 for mean in curve.means)
    folder = run.paths.learning_curve_done.parent
    assert sorted(path.name for path in folder.iterdir()) == ["1-0.5.npz", "1-0.8.npz", "done"]
    table = run.paths.learning_curve_table.read_text(encoding="utf-8")
    assert "lightgbm" in table
    assert verdict(found).en in table


def test_the_report_shows_it(run: Run, found: LearningCurve) -> None:
    """What it says, a picture, and every figure of the table, in both languages; nothing where nothing fits."""
    shown = section(Material(run))
    assert shown is not None
    said, _, picture, table = shown.blocks
    assert isinstance(said, Words)
    assert said.text == verdict(found)
    assert isinstance(picture, Figure)
    assert picture.svg.count(">lightgbm<") == 1
    assert isinstance(table, TableBlock)
    for row, curve in zip(table.rows, found.curves, strict=True):
        gap = curve.submission
        assert len(row) == len(table.header)
        assert row[0].shown.en == curve.method
        assert row[-3].shown.en == f"{gap.mean:.4f} [{gap.low:.4f}, {gap.high:.4f}]"
        assert row[1].shown.en == f"{curve.means[0]:.4f} ± {curve.errors[0]:.4f}"
    other = configured(run, configuration(TABLES, candidates=20, seed=9))
    assert section(Material(other)) is None


def test_it_goes_on_where_it_was(run: Run, found: LearningCurve, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed within a point, the points before it and the stages done in it are kept; the result is the same bytes."""
    whole, paths = run.paths.learning_curve.read_bytes(), run.paths
    paths.learning_curve_point(1, 0.5).unlink()
    done: list[str] = []

    def until_the_second(of: Run, name: str) -> None:
        if name == "user_knn":
            raise KeyboardInterrupt
        train(of, name)

    def counted(of: Run, name: str) -> None:
        done.append(name)
        train(of, name)

    monkeypatch.setattr(TRAIN, until_the_second)
    with pytest.raises(KeyboardInterrupt):
        learning_curve(run)
    monkeypatch.setattr(TRAIN, counted)
    learning_curve(run)
    assert done == ["user_knn"]
    assert paths.learning_curve.read_bytes() == whole


def test_retrievers_alone_need_no_folds(run: Run, dataset: Dataset, found: LearningCurve) -> None:
    """`learnt = false`: the same scores of the retrievers, and no blend; the other curve fits no more."""
    alone = configured(run, configuration(RETRIEVERS_ONLY, candidates=20))
    assert load_learning_curve(alone, dataset) is None
    learning_curve(alone)
    fewer = load_learning_curve(alone, dataset)
    assert fewer is not None
    assert set(fewer.order) == {"popular", "user_knn"}
    means = {curve.method: curve.means for curve in found.curves}
    assert all(curve.means == means[curve.method] for curve in fewer.curves)
    shutil.rmtree(run.paths.learning_curve_done.parent)


@pytest.mark.parametrize(
    ("line", "message"),
    [("shares = [0.9, 0.8]", "rise"), ("shares = [0.9]", "shares"), ("shares = [0.5, 1.0]", "shares")],
)
def test_shares_that_make_no_curve_are_refused(run: Run, line: str, message: str) -> None:
    """With one line that names the key."""
    text = configuration(TABLES.replace("shares = [0.5, 0.8]", line), candidates=20)
    with pytest.raises(ConfigError, match=message):
        configured(run, text)
