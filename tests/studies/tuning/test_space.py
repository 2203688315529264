"""What can be searched: values as the space says, and one line for a space that cannot be used."""

import re
from typing import Any

import optuna
import pytest
from tests.builder import configured

from shortlist.config.tune import Dimension, Tune
from shortlist.errors import ConfigError
from shortlist.make_rules import write_rules
from shortlist.pipeline.run import Run
from shortlist.studies.tuning.search import tune
from shortlist.studies.tuning.space import as_drawn, draw, values

NEIGHBOURS = '"retrievers.near.neighbours" = { low = 1, high = 60, log = true }\n'
LEAVES = '"rerankers.lightgbm.leaves" = { choices = [2, 3, 7] }\n'


def test_values_are_as_the_space_says():
    """Integers stay integers, steps are kept, floats have four digits within the range, lists can be chosen."""
    space: dict[str, Any] = {
        "whole": {"low": 2, "high": 9},
        "by_three": {"low": 2, "high": 11, "step": 3},
        "share": {"low": 0.12344, "high": 0.12346},
        "tenths": {"low": 0.0, "high": 1.0, "step": 0.1},
        "rate": {"low": 1e-5, "high": 1.0, "log": True},
        "layers": {"choices": [[64], [64, 32]]},
    }
    dimensions = {name: Dimension.model_validate(values) for name, values in space.items()}
    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=1))
    drawn = [draw(study.ask(), dimensions) for _ in range(50)]
    assert {type(trial["whole"]) for trial in drawn} == {int}
    assert {trial["by_three"] for trial in drawn} == {2, 5, 8, 11}
    assert all(0.12344 <= trial["share"] <= 0.12346 for trial in drawn)
    assert {trial["tenths"] for trial in drawn} <= {0.1 * step if step != 3 else 0.3 for step in range(11)} | {0.6, 0.7}
    assert {float(f"{trial['rate']:.4g}") for trial in drawn} == {trial["rate"] for trial in drawn}
    assert sum(trial["rate"] < 0.003 for trial in drawn) > 10
    assert {tuple(trial["layers"]) for trial in drawn} == {(64,), (64, 32)}
    for trial in drawn:
        again = as_drawn(trial, dimensions)
        assert again is not None
        assert values(again, dimensions) == trial
    assert as_drawn({**drawn[0], "whole": 10}, dimensions) is None
    assert as_drawn({**drawn[0], "by_three": 4}, dimensions) is None
    assert as_drawn({**drawn[0], "layers": [32]}, dimensions) is None


REFUSED = {
    "unknown table": (
        '"retrievers.nera.neighbours" = { low = 1, high = 2 }',
        "did you mean 'retrievers.near.neighbours'?",
    ),
    "no parameter": ('"retrievers.near" = { low = 1, high = 2 }', "no table for 'retrievers.near'"),
    "elsewhere": ('"blend.candidates" = { low = 1, high = 2 }', "keys are retrievers.<table>.<parameter>"),
    "low above high": ('"retrievers.near.neighbours" = { low = 9, high = 2 }', "low = 9 must be less than high = 2"),
    "no range": ('"retrievers.near.neighbours" = { low = 9 }', "must have low and high, or choices"),
    "range and choices": (
        '"retrievers.near.neighbours" = { low = 9, choices = [1, 2] }',
        "choices must be at least two",
    ),
    "one choice": (
        '"retrievers.near.neighbours" = { choices = [1, 1] }',
        "choices must be at least two different values",
    ),
    "log of zero": ('"retrievers.near.neighbours" = { low = 0, high = 2, log = true }', "log needs a low above 0"),
    "step": ('"retrievers.near.neighbours" = { low = 1, high = 2, step = 3 }', "step must be more than 0"),
    "no number": ('"retrievers.near.neighbours" = { low = "1", high = 2 }', "low: must be a finite number, got '1'"),
    "misspelt": ('"retrievers.near.neighbours" = { low = 1, hihg = 2 }', "did you mean 'high'?"),
    "both stages": (NEIGHBOURS + LEAVES, "method = one of near, lightgbm"),
}


@pytest.mark.parametrize(("space", "message"), REFUSED.values(), ids=REFUSED)
def test_a_bad_space_is_refused_when_it_is_loaded(space, message, project):
    """In one line that names the key and what would do."""
    with pytest.raises(ConfigError, match=re.escape(message)) as error:
        project(space)
    assert re.search(r"competition.toml: (unknown key ')?tune.space", str(error.value))
    assert "\n" not in str(error.value)


WRONG_SECTION = {
    "overlap": ("report_folds = [4, 5]", "report_folds = [3, 4]", "fold 3 is in tune.folds too"),
    "too many": ("report_folds = [4, 5]", "report_folds = [4, 6]", "different numbers of 1 ... 5, got [4, 6]"),
    "twice": ("folds = [1, 2, 3]\n", "folds = [1, 1]\n", "different numbers of 1 ... 5, got [1, 1]"),
    "none left": ("folds = [1, 2, 3]\nreport_folds = [4, 5]", "folds = [1, 2, 3, 4, 5]", "no fold is left of the 5"),
    "method": ("[tune]\n", '[tune]\nmethod = "nera"\n', "did you mean 'near'?"),
    "minutes": ("[tune]\n", "[tune]\nminutes = 0\n", "tune.minutes: "),
    "unknown key": ("[tune]\n", "[tune]\nminute = 1\n", "did you mean 'minutes'?"),
}


@pytest.mark.parametrize(("old", "new", "message"), WRONG_SECTION.values(), ids=WRONG_SECTION)
def test_a_bad_section_is_refused_when_it_is_loaded(old, new, message, project):
    """Folds that are both tuned and reported on, a method that is not searched, and misspelt keys."""
    run = project(NEIGHBOURS)
    text = run.paths.config.read_text(encoding="utf-8")
    assert old in text
    with pytest.raises(ConfigError, match=re.escape(message)) as error:
        configured(run, text.replace(old, new))
    assert "\n" not in str(error.value)


def test_one_fold_is_too_few_for_a_reranker(project):
    """It learns on one and is scored on another."""
    run = project(LEAVES)
    text = run.paths.config.read_text(encoding="utf-8").replace("folds = [1, 2, 3]", "folds = [1]")
    with pytest.raises(ConfigError, match="tune on two at least"):
        configured(run, text)


@pytest.mark.parametrize(
    ("space", "message"),
    [
        ('"retrievers.near.neihbours" = { low = 1, high = 2 }', "unknown key 'neihbours'; did you mean 'neighbours'?"),
        ('"retrievers.near.neighbours" = { low = 0, high = 2 }', "greater than or equal to 1, got 0"),
        ('"rerankers.lightgbm.leaves" = { choices = [1, 2] }', "greater than or equal to 2, got 1"),
    ],
)
def test_values_that_the_model_refuses_are_found_before_the_search(space, message, project):
    """`make` checks them when competition.toml has changed, and `tune` itself before the first trial."""
    run = project(space)
    for check in (lambda: write_rules(run), lambda: tune(run, 1)):
        with pytest.raises(ConfigError, match=re.escape(message)) as error:
            check()
        assert "tune.space.re" in str(error.value)


def test_no_space_is_said_in_one_line(project):
    """With an example."""
    with pytest.raises(ConfigError, match=r"no \[tune.space\] to search; add one, such as"):
        tune(project(""))


def test_folds_have_a_division_by_default():
    """The last two of five are reported on; what one list names, the other leaves."""
    assert Tune().division(5) == ((1, 2, 3), (4, 5))
    assert Tune().division(2) == ((1,), (2,))
    assert Tune(folds=(2,)).division(3) == ((2,), (1, 3))
    assert Tune(report_folds=(1,)).division(3) == ((2, 3), (1,))


def searched_on(run: Run) -> str:
    """The line of the rules that names what a search needs."""
    write_rules(run)
    (line,) = (line for line in run.paths.rules.read_text(encoding="utf-8").splitlines() if line.startswith("tune:"))
    return line


def test_without_rerankers_their_space_waits(project):
    """RERANK=0 takes the rerankers away: no table is needed for what is searched of them, and none is made."""
    run = project(LEAVES)
    without = Run.load(run.paths.competition, "0", run.paths.root)
    assert "/features/" not in searched_on(without)
    assert "/features/" not in run.paths.rules.read_text(encoding="utf-8")
    assert without.competition.tune == run.competition.tune


def test_the_rules_name_what_a_search_needs(project):
    """A retriever's search needs the dataset, a reranker's the features of every fold."""
    for space, tables in ((NEIGHBOURS, 0), (LEAVES, 5)):
        line = searched_on(project(space))
        assert "dataset/events.npz" in line
        assert line.count("/features/") == tables
