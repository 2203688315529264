"""What can be searched: values as the space says, and one line for a space that cannot be used."""

import re
from typing import Any

import optuna
import pytest

from shortlist.config.competition import load_competition
from shortlist.config.tune import Dimension
from shortlist.errors import ConfigError
from shortlist.make_rules import write_rules
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
    dimensions = {name: Dimension.model_validate(one) for name, one in space.items()}
    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=1))
    drawn = [draw(study.ask(), dimensions) for _ in range(50)]
    assert {type(one["whole"]) for one in drawn} == {int}
    assert {one["by_three"] for one in drawn} == {2, 5, 8, 11}
    assert all(0.12344 <= one["share"] <= 0.12346 for one in drawn)
    assert {one["tenths"] for one in drawn} <= {0.1 * step if step != 3 else 0.3 for step in range(11)} | {0.6, 0.7}
    assert {float(f"{one['rate']:.4g}") for one in drawn} == {one["rate"] for one in drawn}
    assert sum(one["rate"] < 0.003 for one in drawn) > 10
    assert {tuple(one["layers"]) for one in drawn} == {(64,), (64, 32)}
    for one in drawn:
        again = as_drawn(one, dimensions)
        assert again is not None
        assert values(again, dimensions) == one
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
    "range and choices": ('"retrievers.near.neighbours" = { low = 9, choices = [1, 2] }', "choices must be two"),
    "one choice": ('"retrievers.near.neighbours" = { choices = [1, 1] }', "choices must be two different values"),
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
    paths, _ = project(NEIGHBOURS)
    text = paths.config.read_text(encoding="utf-8")
    assert old in text
    paths.config.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(ConfigError, match=re.escape(message)) as error:
        load_competition(paths.config)
    assert "\n" not in str(error.value)


def test_one_fold_is_too_few_for_a_reranker(project):
    """It learns on one and is scored on another."""
    paths, _ = project(LEAVES)
    text = paths.config.read_text(encoding="utf-8").replace("folds = [1, 2, 3]", "folds = [1]")
    paths.config.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match="tune on two at least"):
        load_competition(paths.config)


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
    paths, competition = project(space)
    for check in (lambda: write_rules(paths, competition), lambda: tune(paths, competition, 1)):
        with pytest.raises(ConfigError, match=re.escape(message)) as error:
            check()
        assert str(error.value).startswith("tune.space.re")


def test_no_space_is_said_in_one_line(project):
    """With an example."""
    paths, competition = project("")
    with pytest.raises(ConfigError, match=r"no \[tune.space\] to search; add one, such as"):
        tune(paths, competition)


def test_folds_have_a_division_by_default(project):
    """The last two of five are reported on; what one list names, the other leaves."""
    _, competition = project(NEIGHBOURS)
    tuning = type(competition.tune)
    assert tuning().division(5) == ((1, 2, 3), (4, 5))
    assert tuning().division(2) == ((1,), (2,))
    assert tuning(folds=(2,)).division(3) == ((2,), (1, 3))
    assert tuning(report_folds=(1,)).division(3) == ((2, 3), (1,))


def test_without_rerankers_their_space_waits(project):
    """RERANK=0 takes the rerankers away, and what is searched of them with them."""
    paths, _ = project(LEAVES)
    assert load_competition(paths.config, "0").tune.space == {}
    paths, _ = project(NEIGHBOURS)
    assert load_competition(paths.config, "0").tune.space


def test_the_rules_name_what_a_search_needs(project):
    """A retriever's search needs the dataset, a reranker's the features of every fold."""
    for space, tables in ((NEIGHBOURS, 0), (LEAVES, 5)):
        paths, competition = project(space)
        write_rules(paths, competition)
        (line,) = [
            line
            for line in (paths.work / "rules.mk").read_text(encoding="utf-8").splitlines()
            if line.startswith("tune:")
        ]
        assert "dataset/pairs.npz" in line
        assert line.count("/features/") == tables
