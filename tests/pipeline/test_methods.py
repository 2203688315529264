"""Which methods take part, and whose list goes in: by competition.toml, by RERANK and by an explicit wish."""

from pathlib import Path

import pytest
from tests.builder import competition, configuration

from shortlist.errors import ConfigError
from shortlist.pipeline.methods import Methods
from shortlist.pipeline.run import Run

RETRIEVERS = """
[validation.schemes.kfold]
[retrievers.popular]
[retrievers.wide]
kind = "user_knn"
"""
RERANKERS = """
[rerankers.lightgbm]
[rerankers.ranked]
kind = "lightgbm"
objective = "lambdarank"
"""
BLEND = """
[blend]
retrievers = ["wide"]
"""
ORDER = ("blend", "ranked", "wide", "lightgbm", "popular")
"""From the best to the worst."""


def loaded(root: Path, tables: str, rerank: str = "auto", method: str = "best") -> Run:
    run = competition(root, configuration(RETRIEVERS + tables, method=method))
    return Run.load(run.paths.competition, rerank, root)


def test_methods_are_retrievers_then_the_blend_then_rerankers(tmp_path: Path) -> None:
    """The blend takes every retriever unless it names some; rerankers see the lists of all and the blend's."""
    plain, reranked = (loaded(tmp_path, tables).chosen for tables in ("", BLEND + RERANKERS))
    assert plain.all == plain.listed == ("popular", "wide", "blend")
    assert plain.blended == ("popular", "wide")
    assert reranked.all == ("popular", "wide", "blend", "lightgbm", "ranked")
    assert reranked.listed == ("popular", "wide", "blend")
    assert reranked.blended == ("wide",)


def test_rerankers_can_be_left_out_or_asked_for(tmp_path: Path) -> None:
    """By the choice that Make passes on, without an edit; everything else stays as configured."""
    auto, without, forced = (loaded(tmp_path, RERANKERS, choice) for choice in ("auto", "0", "1"))
    assert auto.competition == without.competition == forced.competition
    assert auto.chosen == Methods(("popular", "wide"), ("popular", "wide"), ("lightgbm", "ranked"), "best")
    assert without.chosen == Methods(("popular", "wide"), ("popular", "wide"), (), "best")
    assert forced.chosen == Methods(("popular", "wide"), ("popular", "wide"), ("lightgbm", "ranked"), "reranker")


def test_a_choice_that_there_is_not_is_named(tmp_path: Path) -> None:
    """With those that there are."""
    with pytest.raises(ConfigError, match=r"^RERANK: can be auto, 0, 1, got 'yes'$"):
        loaded(tmp_path, RERANKERS, "yes")


@pytest.mark.parametrize(
    ("tables", "rerank", "method", "message"),
    [
        ("", "1", "best", r"no reranker to submit: add a table \[rerankers.lightgbm\], and do not set RERANK=0$"),
        (RERANKERS, "0", "reranker", r"no reranker to submit: .* do not set RERANK=0$"),
        (RERANKERS, "0", "lightgbm", r"'lightgbm' is neither 'best' nor one of popular, wide, blend$"),
    ],
)
def test_a_list_that_rerank_takes_away_cannot_go_in(
    tmp_path: Path, tables: str, rerank: str, method: str, message: str
) -> None:
    """Said in one line that begins with the file."""
    with pytest.raises(ConfigError, match=rf"competition\.toml: submission\.method: {message}") as error:
        loaded(tmp_path, tables, rerank, method)
    assert str(error.value).startswith(str(tmp_path))
    assert "\n" not in str(error.value)


def test_with_rerank_a_method_that_is_configured_gives_way(tmp_path: Path) -> None:
    """RERANK=1 submits the best reranker, whatever the file names."""
    assert loaded(tmp_path, RERANKERS, "1", "popular").chosen.submitted_of(ORDER) == "ranked"


@pytest.mark.parametrize(
    ("method", "submitted"), [("best", "blend"), ("reranker", "ranked"), ("popular", "popular"), ("blend", "blend")]
)
def test_the_list_that_goes_in_is_the_best_that_was_asked_for(tmp_path: Path, method: str, submitted: str) -> None:
    """Of all methods, of the rerankers, or the one that is named, however it has scored."""
    assert loaded(tmp_path, RERANKERS, method=method).chosen.submitted_of(ORDER) == submitted


def test_another_method_can_be_submitted_for_once(tmp_path: Path) -> None:
    """Nothing else of the run changes; one that takes no part is refused, with those that do."""
    run = loaded(tmp_path, RERANKERS)
    other = run.submitting("wide")
    assert other.chosen.submitted_of(ORDER) == "wide"
    assert (other.paths, other.competition, other.chosen.all) == (run.paths, run.competition, run.chosen.all)
    with pytest.raises(ConfigError, match=r"^METHOD: can be popular, wide, blend, lightgbm, ranked, got 'tower'$"):
        run.submitting("tower")
    with pytest.raises(ConfigError, match=r"^METHOD: can be popular, wide, blend, got 'lightgbm'$"):
        loaded(tmp_path, RERANKERS, "0").submitting("lightgbm")


def test_retrievers_can_be_left_out() -> None:
    """Of all lists and of the blend; rerankers and what is submitted stay."""
    methods = Methods(("popular", "wide", "deep"), ("wide", "deep"), ("lightgbm",), "best")
    assert methods.without({"deep"}) == Methods(("popular", "wide"), ("wide",), ("lightgbm",), "best")
    assert methods.without(()) == methods


def test_nothing_is_too_large_before_it_is_known(tmp_path: Path) -> None:
    """Until the retrievers are cross-validated, all that is chosen takes part."""
    run = loaded(tmp_path, RERANKERS)
    assert run.too_large == {}
    assert run.methods == run.chosen


def test_the_first_reranker_is_ablated_unless_another_is_named(tmp_path: Path) -> None:
    """None where there is none, or where RERANK=0 takes them away."""
    named = RERANKERS + '[ablate]\nreranker = "ranked"\n'
    assert loaded(tmp_path, "").ablated_reranker is None
    assert loaded(tmp_path, RERANKERS).ablated_reranker == "lightgbm"
    assert loaded(tmp_path, named).ablated_reranker == "ranked"
    assert loaded(tmp_path, named, "0").ablated_reranker is None
