"""The chain is one list: every step finds what it needs, every function is there, and Make and Python run the same."""

import inspect
from importlib import import_module
from pathlib import Path

import pytest
from tests.builder import competition, configuration

from shortlist import increments
from shortlist.chain import STAGES, Stage, leading_to, steps
from shortlist.common.provenance import PACKAGE
from shortlist.config.paths import Paths
from shortlist.data.sample import SampleSize
from shortlist.errors import ConfigError
from shortlist.pipeline.run import Run

TABLES = """
[validation.schemes.kfold]
[retrievers.popular]
[retrievers.user_knn]
[rerankers.lightgbm]
trees = 5
min_rows = 5
"""


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """A competition that nothing has run in."""
    return competition(tmp_path, configuration(TABLES))


@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.name)
def test_every_stage_s_function_takes_a_run_and_its_option(stage: Stage) -> None:
    """The module is there, and the function asks for a run first, then for the value where the stage has one."""
    module, _, name = stage.function.partition(":")
    function = getattr(import_module(f"shortlist.{module}"), name)
    needed = [p for p in inspect.signature(function).parameters.values() if p.default is inspect.Parameter.empty]
    assert [p.annotation for p in needed] == ([Run] if stage.option is None else [Run, str])
    for named in stage.computing:
        assert PACKAGE.joinpath(*named.split(".")[1:]).with_suffix(".py").is_file()


def test_every_step_comes_after_those_that_it_needs(run: Run) -> None:
    """What a step needs or comes after is made by an earlier one; only the list of raw files is made beside them."""
    made = {run.paths.raw_list}
    for _, step in steps(run):
        assert {*step.needs, *step.after} <= made
        assert step.made not in made
        made.add(step.made)


def test_values_and_options_go_together(run: Run) -> None:
    """A stage with an option has a value in each step, and only such a stage has."""
    for stage, step in steps(run):
        assert (stage.option is None) == (step.value is None), stage.name


def test_without_rerankers_no_step_of_theirs(tmp_path: Path) -> None:
    """RERANK=0 leaves out features and rerankers."""
    competition(tmp_path, configuration(TABLES))
    names = {stage.name for stage, _ in steps(Run.load("small", "0", tmp_path))}
    assert not names & {"features", "cross-validate-reranker", "train-reranker"}
    assert {"cross-validate", "train-blend", "submit"} <= names


def test_what_leads_to_a_stage_is_no_more_than_it_needs(run: Run) -> None:
    """Offline scores need no final list; an export needs one retriever's final list and what that needs."""
    scores = [stage.name for stage, _ in leading_to(run, ["validate"])]
    assert scores[0] == "preprocess"
    assert scores[-1] == "validate"
    assert not {"train", "train-blend", "submit", "report"} & set(scores)
    assert {"features", "cross-validate-reranker"} <= set(scores)
    assert [stage.name for stage, _ in leading_to(run, ["eda"])] == ["preprocess", "eda"]
    with pytest.raises(ConfigError, match="there is no stage 'validte'; there are sample, preprocess, "):
        increments.run("small", until="validte")


def test_only_the_sample_is_made_here(run: Run) -> None:
    """The first stage has a step for the competition called sample, and for no other."""
    assert "sample" not in {stage.name for stage, _ in steps(run)}
    competition(run.paths.root, configuration(TABLES), name="sample")
    first, step = steps(Run.load("sample", root=run.paths.root))[0]
    assert first.name == "sample"
    assert step.made == Paths("sample", run.paths.root).sample_made


class Spy:
    """Counts the steps that are performed."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.performed: list[str] = []
        real = Stage.perform

        def perform(stage: Stage, run: Run, value: str | None = None) -> None:
            self.performed.append(stage.name if value is None else f"{stage.name} {value}")
            real(stage, run, value)

        monkeypatch.setattr(Stage, "perform", perform)

    def since(self) -> list[str]:
        """The steps since the last look."""
        steps, self.performed = self.performed, []
        return steps


def test_python_runs_only_what_has_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`shortlist.run` gives scores and CSV; a second run does nothing; an edit runs its own stages and those after."""
    spy = Spy(monkeypatch)
    text = configuration(TABLES[: TABLES.index("[rerankers")], folds=2)
    run = competition(tmp_path, text, SampleSize(60, 40, 300))
    results = increments.run("small", until="validate", root=tmp_path)
    assert spy.since() == [
        "preprocess", "cross-validate popular", "cross-validate user_knn", "cross-validate-blend", "validate"
    ]  # fmt: skip
    assert results.csv is None
    assert set(results.scores.first.methods) == {"popular", "user_knn", "blend"}
    results = increments.run("small", root=tmp_path)
    assert spy.since() == ["train popular", "train user_knn", "train-blend", "submit", "report"]
    assert results.csv is not None
    assert results.csv.exists()
    assert results.report.exists()
    assert increments.run("small", root=tmp_path).csv == results.csv
    assert spy.since() == []
    run.paths.config.write_text(text + "neighbours = 3\n", encoding="utf-8")
    increments.run("small", until="validate", root=tmp_path)
    assert spy.since() == ["cross-validate user_knn", "cross-validate-blend", "validate"]


def test_python_sees_other_raw_files_and_a_csv_that_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As Make does: an optional file that was removed reads everything anew, a deleted CSV is made again."""
    spy = Spy(monkeypatch)
    text = configuration("[validation.schemes.holdout]\n[retrievers.popular]\n")
    run = competition(tmp_path, text, SampleSize(60, 40, 300))
    csv = increments.run("small", root=tmp_path).csv
    assert csv is not None
    spy.since()
    csv.unlink()
    assert increments.run("small", until="submit", root=tmp_path).csv == csv
    assert spy.since() == ["submit"]
    (run.paths.raw / "company.csv").unlink()
    increments.run("small", until="preprocess", root=tmp_path)
    assert spy.since() == ["preprocess"]
