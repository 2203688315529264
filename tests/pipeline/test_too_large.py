"""A retriever that would not fit into memory says so with its own figures, and everything goes on without it."""

import pytest
from tests.builder import competition, configuration, stages

from shortlist.data.dataset import Dataset
from shortlist.data.sample import SampleSize
from shortlist.engine.machine import usable_memory
from shortlist.errors import ConfigError
from shortlist.pipeline.results import load_scores
from shortlist.pipeline.run import Run
from shortlist.pipeline.too_large import TooLarge, is_too_large
from shortlist.retrievers.registry import kinds, make_retriever

CONFIGURATION = configuration("""
[validation.schemes.kfold]
[retrievers.popular]
[retrievers.item_knn]
[retrievers.ease]
""")


@pytest.mark.parametrize("kind", kinds())
def test_what_is_needed_grows_with_the_data(kind: str) -> None:
    """Every kind names a number of bytes, more for more users, items and pairs."""
    retriever = make_retriever(kind)
    assert 0 < retriever.memory(1000, 500, 5000) < retriever.memory(10_000, 5000, 50_000)


def test_ease_cannot_have_200_000_items_in_16_gb_and_neighbours_can() -> None:
    """At a million users the dense one is out of reach, and the sparse ones are not."""
    size = 1_000_000, 200_000, 20_000_000
    assert make_retriever("ease").memory(*size) > 100e9
    assert make_retriever("item_knn").memory(*size) < 8e9


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A sample of which every stage has run, with memory for all but EASE."""
    run = competition(tmp_path_factory.mktemp("project"), CONFIGURATION, SampleSize(100, 300, 500))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SHORTLIST_MEMORY_GB", "0.002")
        return stages(run, "report")


def test_the_rest_goes_on_without_it(run: Run) -> None:
    """There are scores, a blend and a checked CSV of the others, and the files that Make waits for."""
    scores = load_scores(run.paths)
    assert scores.order[-1] == "popular"
    assert set(scores.schemes["kfold"].methods) == {"popular", "item_knn", "blend"}
    assert list(run.paths.submissions.glob("*.csv"))
    assert run.paths.folds_done("ease").exists()
    assert run.paths.final("ease").exists()


def test_it_takes_part_in_nothing(run: Run) -> None:
    """What is chosen names it, what takes part does not: neither as a retriever nor in the blend."""
    assert "ease" in run.chosen.retrievers
    assert run.methods.retrievers == run.methods.blended == ("popular", "item_knn")
    assert run.methods.all == ("popular", "item_knn", "blend")


def test_the_report_says_it_in_both_languages(run: Run) -> None:
    """With what it needs and what there was."""
    page = run.paths.report.read_text(encoding="utf-8")
    assert "ease is left out: it needs 0.0022 GB of memory for this data, and there were 0.002." in page
    assert "ease은(는) 빠졌습니다" in page


def test_it_is_tried_again_with_more_memory(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was noted of an earlier run does not outlive a decision for it."""
    assert run.too_large == {"ease": TooLarge(0.0022, 0.002)}
    noted = run.paths.too_large("ease")
    kept = noted.read_bytes()
    monkeypatch.setenv("SHORTLIST_MEMORY_GB", "1")
    assert not is_too_large(run.paths, run.competition, "ease", Dataset.load(run.paths.dataset))
    assert run.too_large == {}
    assert run.methods == run.chosen
    noted.write_bytes(kept)


def test_nothing_that_can_be_submitted_is_said(run: Run) -> None:
    """Where the chosen method is left out, or all are, one line says what helps."""
    rules = run.competition.submission.model_copy(update={"method": "ease"})
    for key, value in {"submission": rules, "retrievers": {"ease": {}}}.items():
        changed = Run.of(run.paths, run.competition.model_copy(update={key: value}))
        with pytest.raises(ConfigError, match=r"ease left out for lack of memory.*add a retriever") as error:
            _ = changed.methods
        assert "\n" not in str(error.value)


@pytest.mark.parametrize("value", ["much", "0", "-1", "nan", "inf"])
def test_a_limit_that_is_none_is_refused(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """SHORTLIST_MEMORY_GB has to be a number of GB."""
    monkeypatch.setenv("SHORTLIST_MEMORY_GB", value)
    with pytest.raises(ConfigError, match="SHORTLIST_MEMORY_GB: must be a number above 0"):
        usable_memory()
