"""A retriever that would not fit into memory says so with its own figures, and everything goes on without it."""

import pytest
from tests.projects import SMALL

from shortlist import cli
from shortlist.config.competition import load_competition
from shortlist.config.paths import Paths
from shortlist.data.dataset import Dataset
from shortlist.data.sample import SampleSize, write_sample
from shortlist.engine.machine import usable_memory
from shortlist.errors import ConfigError
from shortlist.pipeline.too_large import TooLarge, all_left_out, leave_out, remaining
from shortlist.pipeline.validate import load_scores
from shortlist.retrievers.base import kinds, make_retriever

SETTINGS = f"""{SMALL}
[validation.schemes.kfold]
[retrievers.popular]
[retrievers.item_knn]
[retrievers.ease]
"""


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
def done(tmp_path_factory: pytest.TempPathFactory) -> Paths:
    """A sample of which every stage has run, with memory for all but EASE."""
    paths = Paths("sample", tmp_path_factory.mktemp("project"))
    write_sample(paths.config.parent, SampleSize(100, 300, 500), seed=0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SHORTLIST_MEMORY_GB", "0.002")
        patch.chdir(paths.root)
        here = Paths("sample")
        here.config.write_text(SETTINGS, encoding="utf-8")
        for command in (
            ["preprocess"],
            *(["cross-validate", "--method", name] for name in ("popular", "item_knn", "ease", "blend")),
            *(["train", "--method", name] for name in ("popular", "item_knn", "ease", "blend")),
            ["validate"],
            ["submit"],
            ["report"],
        ):
            cli.app([command[0], "--competition", "sample", *command[1:]], standalone_mode=False)
    return paths


def test_the_rest_goes_on_without_it(done: Paths) -> None:
    """There are scores, a blend and a checked CSV of the others, and the files that Make waits for."""
    assert load_scores(done)["order"][-1] == "popular"
    assert set(load_scores(done)["schemes"]["kfold"]["methods"]) == {"popular", "item_knn", "blend"}
    assert list(done.submissions.glob("*.csv"))
    assert done.folds_done("ease").exists()
    assert done.final("ease").exists()


def test_the_report_says_it_in_both_languages(done: Paths) -> None:
    """With what it needs and what there was."""
    page = done.report.read_text(encoding="utf-8")
    assert "ease is left out: it needs 0.0022 GB of memory for this data, and there were 0.002." in page
    assert "ease은(는) 빠졌습니다" in page


def test_it_is_tried_again_with_more_memory(done: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was noted of an earlier run does not outlive a decision for it."""
    competition, dataset = load_competition(done.config), Dataset.load(done.dataset)
    assert all_left_out(done, competition) == {"ease": TooLarge(0.0022, 0.002)}
    kept = done.left_out("ease").read_bytes()
    monkeypatch.setenv("SHORTLIST_MEMORY_GB", "1")
    assert not leave_out(done, competition, "ease", dataset)
    assert remaining(done, competition) == competition
    done.left_out("ease").write_bytes(kept)


def test_nothing_that_can_be_submitted_is_said(done: Paths) -> None:
    """Where the chosen method is left out, or all are, one line says what helps."""
    competition = load_competition(done.config)
    rules = competition.submission.model_copy(update={"method": "ease"})
    for without in (
        competition.model_copy(update={"submission": rules}),
        competition.model_copy(update={"retrievers": {"ease": {}}}),
    ):
        with pytest.raises(ConfigError, match=r"ease left out for want of memory.*add a retriever") as error:
            remaining(done, without)
        assert "\n" not in str(error.value)


@pytest.mark.parametrize("value", ["much", "0", "-1", "nan", "inf"])
def test_a_limit_that_is_none_is_refused(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """SHORTLIST_MEMORY_GB has to be a number of GB."""
    monkeypatch.setenv("SHORTLIST_MEMORY_GB", value)
    with pytest.raises(ConfigError, match="SHORTLIST_MEMORY_GB: must be a number above 0"):
        usable_memory()
