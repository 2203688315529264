"""`make tune` searches where it may, keeps what it has tried, and compares where it has not searched."""

import os
import re
import signal
import subprocess
import sys
import time
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import optuna
import pytest
from optuna.trial import TrialState

from shortlist.config import Competition, load_competition
from shortlist.crossval import cross_validate, run_fold
from shortlist.dataset import Dataset
from shortlist.errors import ConfigError, ShortlistError
from shortlist.paths import Paths
from shortlist.preprocess import preprocess
from shortlist.rules import write_rules
from shortlist.sample import SampleSize, write_sample
from shortlist.stacking import cross_validate_blend, make_table, stacking_folds
from shortlist.tuning import search, trials
from shortlist.tuning import study as studies
from shortlist.tuning.edit import with_values
from shortlist.tuning.search import tune
from shortlist.tuning.settings import Dimension
from shortlist.tuning.space import as_drawn, draw, values

CONFIGURATION = """
title = "small"
url = "none"
source = "dacon_jobs"
seed = 3
candidates = 20
[submission]
k = 5
user_column = "resume_seq"
item_column = "recruitment_seq"
[validation]
folds = 5
ks = [5, 20]
[validation.schemes.kfold]

[retrievers.popular]
[retrievers.near]        # people like these
kind = "user_knn"
neighbours = 1           # listens to one

# Trees.
[rerankers.lightgbm]
trees = 3
seeds = 1

[tune]
folds = [1, 2, 3]
report_folds = [4, 5]
[tune.space]
"""
NEIGHBOURS = '"retrievers.near.neighbours" = { low = 1, high = 60, log = true }\n'
LEAVES = '"rerankers.lightgbm.leaves" = { choices = [2, 3, 7] }\n'
RERANKER_SPACE = LEAVES + '"rerankers.lightgbm.min_rows" = { low = 5, high = 50 }\n'
SOME = 0.6
"""Minutes that allow for six trials by the clock below."""


class Clock:
    """Stands for the module `time`: a second passes whenever it is looked at, six of them in a trial of three folds."""

    def __init__(self) -> None:
        self.now = 0

    def monotonic(self) -> float:
        self.now += 1
        return self.now


@pytest.fixture(autouse=True)
def clock(monkeypatch) -> None:
    """A search ends after the same number of trials on any machine."""
    one = Clock()
    for module in (studies, search):
        monkeypatch.setattr(module, "time", one)


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> Path:
    """The dataset of a small competition."""
    root = tmp_path_factory.mktemp("tuning")
    paths = Paths("small", root)
    write_sample(paths.config.parent, SampleSize(60, 40, 300), seed=2)
    paths.config.write_text(CONFIGURATION + NEIGHBOURS, encoding="utf-8")
    preprocess(paths, load_competition(paths.config))
    return root


@pytest.fixture
def project(files, tmp_path):
    """A function that gives a competition of its own on those files, for the space given as TOML."""

    def make(space: str) -> tuple[Paths, Competition]:
        paths = Paths("small", tmp_path)
        paths.work.mkdir(parents=True, exist_ok=True)
        if not paths.dataset.exists():
            paths.dataset.symlink_to(Paths("small", files).dataset)
        paths.config.write_text(CONFIGURATION + space, encoding="utf-8")
        return paths, load_competition(paths.config)

    return make


DONE = (TrialState.COMPLETE, TrialState.PRUNED)


def states(paths: Paths) -> list[list[TrialState]]:
    """Of each study in the database, the states of its trials."""
    storage = studies._storage(paths.trials)
    try:
        return [
            [trial.state for trial in storage.get_all_trials(study._study_id, deepcopy=False)]
            for study in storage.get_all_studies()
        ]
    finally:
        studies._close(storage)


def numbers(pattern: str, text: str) -> list[float]:
    """The groups of the one match."""
    (found,) = re.findall(pattern, text, re.MULTILINE)
    return [float(number) for number in (found if isinstance(found, tuple) else (found,))]


def test_a_better_value_is_found_and_compared_on_other_folds(project):
    """One neighbour is too few; the answer names score, interval and command, and the copy differs in one value."""
    paths, competition = project(NEIGHBOURS)
    answer = tune(paths, competition, SOME)
    assert re.search(r"^near: \d+ trials on folds 1, 2, 3 of kfold, \d+ of them pruned$", answer, re.MULTILINE)
    score, found = numbers(r"^best: recall@5 (0\.\d{4}) with neighbours = (\d+)$", answer)
    assert score > 0
    assert found > 1
    then, now = numbers(r"^on folds 4, 5, which no trial has seen: recall@5 ([\d.]+), as configured ([\d.]+)$", answer)
    mean, low, high = numbers(r"^difference (\S+), 95 % interval \[(\S+), (\S+)\]", answer)
    assert low <= mean <= high
    assert mean == pytest.approx(then - now, abs=2e-4)
    assert answer.endswith(f"take it over: cp {paths.tuned} {paths.config}")
    before, after = (path.read_text(encoding="utf-8").splitlines() for path in (paths.config, paths.tuned))
    assert [(one, other) for one, other in zip(before, after, strict=True) if one != other] == [
        ("neighbours = 1           # listens to one", f"neighbours = {found:.0f}           # listens to one")
    ]
    assert load_competition(paths.tuned).retriever("near") == ("user_knn", {"neighbours": found})


def test_the_score_is_the_one_of_validation(project):
    """The current values are tried first, and their score is the mean over the users of the folds that are tuned on."""
    paths, competition = project(NEIGHBOURS)
    tune(paths, competition, SOME)
    cross_validate(paths, competition, "near")
    storage = studies._storage(paths.trials)
    (study,) = storage.get_all_studies()
    first = storage.get_all_trials(study._study_id)[0]
    studies._close(storage)
    assert first.params == {"neighbours": 1}
    dataset = Dataset.load(paths.dataset)
    values = []
    for fold in stacking_folds(competition, dataset)[:3]:
        with np.load(paths.fold("near", "kfold", fold.number)) as arrays:
            found = dict(zip(arrays["users"].tolist(), arrays["items"][:, :5].tolist(), strict=True))
        answers: dict[int, set[int]] = {}
        for user, item in dataset.pairs[fold.test].tolist():
            answers.setdefault(user, set()).add(item)
        values += [len(one & set(found[user])) / min(len(one), 5) for user, one in answers.items()]
    assert first.value == pytest.approx(np.mean(values))


def test_trials_never_touch_the_folds_of_the_report(project, monkeypatch):
    """While trials run, no report fold is fitted or scored; in the end each of them is, twice, and no other."""
    paths, competition = project(NEIGHBOURS)
    compare = trials.RetrieverScorer.report
    seen: dict[str, list[int]] = {"trials": [], "report": []}
    now = ["trials"]

    def watched(retriever, dataset, fold, n):
        seen[now[0]].append(fold.number)
        return run_fold(retriever, dataset, fold, n)

    def report(self, values):
        now[0] = "report"
        return compare(self, values)

    monkeypatch.setattr(trials, "run_fold", watched)
    monkeypatch.setattr(trials.RetrieverScorer, "report", report)
    tune(paths, competition, SOME)
    assert set(seen["trials"]) == {1, 2, 3}
    assert seen["report"] == [4, 5, 4, 5]


def test_a_reranker_learns_on_tuned_folds_alone(project, monkeypatch):
    """Each trial learns on two of three tables and is scored on the third; the others are loaded for the report."""
    paths, competition = project(RERANKER_SPACE)
    for name in competition.retrievers:
        cross_validate(paths, competition, name)
    cross_validate_blend(paths, competition)
    for number in range(1, 6):
        make_table(paths, competition, str(number))
    learnt: list[int] = []
    scored: list[int] = []
    original_fit, original_rows = trials.RerankerScorer._learnt, trials._rows

    def fit(self, values, tables):
        learnt.append(len(tables))
        assert all(any(table is one for one in self._tables) for table in tables)
        return original_fit(self, values, tables)

    def rows(competition, dataset, fold, found):
        scored.append(fold.number)
        return original_rows(competition, dataset, fold, found)

    monkeypatch.setattr(trials.RerankerScorer, "_learnt", fit)
    monkeypatch.setattr(trials, "_rows", rows)
    answer = tune(paths, competition, SOME)
    assert "lightgbm:" in answer
    last = -4 if "take it over" in answer else None
    assert set(scored[:last]) == {1, 2, 3}
    assert scored[len(scored) + (last or 0) :] == ([4, 5, 4, 5] if last else [])
    assert set(learnt[: -2 if last else None]) == {2}


def test_it_goes_on_with_what_was_tried(project):
    """A second run adds to the first one's trials, and without time for any it answers from them."""
    paths, competition = project(NEIGHBOURS)
    first = tune(paths, competition, SOME)
    (tried,) = states(paths)
    again = tune(paths, competition, 0)
    assert again == first
    tune(paths, competition, SOME)
    (more,) = states(paths)
    assert more[: len(tried)] == tried
    assert sum(state in DONE for state in more) > sum(state in DONE for state in tried)


def test_an_edited_configuration_does_not_mix(project):
    """Another space, or another value beside it, is a study of its own; a value that is searched is not."""
    paths, competition = project(NEIGHBOURS)
    tune(paths, competition, SOME)
    tune(paths, project(NEIGHBOURS.replace("60", "50"))[1], SOME)
    assert len(states(paths)) == 2
    paths.config.write_bytes(paths.tuned.read_bytes())
    tune(paths, load_competition(paths.config), SOME)
    assert len(states(paths)) == 2
    tune(paths, competition.model_copy(update={"seed": 4}), SOME)
    assert len(states(paths)) == 3


SCRIPT = """
import sys
from pathlib import Path
from shortlist.config import load_competition
from shortlist.paths import Paths
from shortlist.tuning import search, study
study.HEARTBEAT = 1

class Clock:
    now = 0

    def monotonic(self):
        self.now += 1
        return self.now

study.time = search.time = Clock()
paths = Paths("small", Path(sys.argv[1]))
search.tune(paths, load_competition(paths.config), float(sys.argv[2]))
"""


def started(paths: Paths, minutes: float) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-c", SCRIPT, str(paths.root), str(minutes)],
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1] / "src")},
    )


def test_two_processes_share_a_study(project):
    """Started at once, both add to the one study, and neither tries what the other has."""
    paths, _ = project(NEIGHBOURS)
    both = [started(paths, SOME) for _ in range(2)]
    notes = [process.communicate(timeout=60)[1] for process in both]
    assert [process.returncode for process in both] == [0, 0], notes
    numbers = [set(re.findall(r"trial (\d+): ", text)) for text in notes]
    assert numbers[0]
    assert numbers[1]
    assert not numbers[0] & numbers[1]
    assert len(states(paths)) == 1


def test_it_survives_a_kill(project, monkeypatch):
    """Killed within a trial, it loses that trial only: the next run keeps the others and ends the one left running."""
    paths, competition = project(NEIGHBOURS)
    process = started(paths, 1000)
    assert process.stderr is not None
    for _ in range(3):
        while not re.search("trial .*: ", process.stderr.readline()):
            pass
    process.send_signal(signal.SIGKILL)
    process.communicate()
    (before,) = states(paths)
    assert sum(state in DONE for state in before) >= 2
    time.sleep(2.5)  # two heartbeats
    monkeypatch.setattr(studies, "HEARTBEAT", 1)
    tune(paths, competition, SOME)
    (after,) = states(paths)
    assert sum(state in DONE for state in after) > sum(state in DONE for state in before)
    assert TrialState.RUNNING not in after


def test_the_budget_ends_a_trial_between_folds(project):
    """The time is looked at before each fold: a trial is lost with the time over, those before it are kept."""
    paths, competition = project(NEIGHBOURS)
    with pytest.raises(ShortlistError, match=r"^tune: no trial of near was finished in the time; .*MINUTES="):
        tune(paths, competition, 3 / 60)
    assert states(paths) == [[TrialState.FAIL]]
    tune(paths, competition, 8 / 60)
    (found,) = states(paths)
    assert [state for state in found if state != TrialState.FAIL] == [TrialState.COMPLETE]
    assert found[-1] == TrialState.FAIL


def test_a_small_space_is_searched_once(project, capsys):
    """When all values have been tried it stops before the time is over, and the current values may be the best."""
    paths, competition = project('"retrievers.near.neighbours" = { choices = [1, 2] }\n')
    tune(paths, competition, 1000)
    assert "the space seems to be searched" in capsys.readouterr().err
    assert sum(state != TrialState.FAIL for state in states(paths)[0]) == 2


def test_nothing_is_written_if_the_current_values_are_best(project):
    """No copy of the configuration is left, and none from an earlier run either."""
    paths, _ = project(NEIGHBOURS)
    text = paths.config.read_text(encoding="utf-8")
    paths.config.write_text(text.replace("neighbours = 1 ", "neighbours = 40 ").replace("low = 1", "low = 39")
                            .replace("high = 60, log = true", "high = 40"), encoding="utf-8")  # fmt: skip
    paths.tuned.parent.mkdir(parents=True)
    paths.tuned.write_text("old", encoding="utf-8")
    answer = tune(paths, load_competition(paths.config), SOME)
    assert answer.endswith("these are the current values: nothing to take over")
    assert not paths.tuned.exists()


def test_values_are_as_the_space_says(project, monkeypatch):
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
    for check in (lambda: write_rules(paths, competition), lambda: tune(paths, competition, SOME)):
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


EDITED = {
    "value before a comment": ("[a.b]\nx = 1 # one\n", {"x": 2}, "[a.b]\nx = 2 # one\n"),
    "sign within a string": ('[a.b]\nx = "#" # one\n', {"x": "y"}, '[a.b]\nx = "y" # one\n'),
    "list over lines": ("[a.b]\nx = [1, # one\n 2]\ny = 3\n", {"x": [4], "y": 5}, "[a.b]\nx = [4]\ny = 5\n"),
    "new key at the end": ("[a.b] # b\ny = 1\n\n# c\n[a.c]\n", {"x": 0.5}, "[a.b] # b\ny = 1\nx = 0.5\n\n# c\n[a.c]\n"),
    "new key in an empty table": ("[a.b]", {"x": True}, "[a.b]\nx = true\n"),
    "same key elsewhere": ("[a.c]\nx = 1\n[a.b]\nx = 1\n", {"x": 1e-05}, "[a.c]\nx = 1\n[a.b]\nx = 1e-05\n"),
    "line ends of Windows": ("[a.b]\r\nx = 1\r\n", {"x": 2, "y": 3}, "[a.b]\r\nx = 2\r\ny = 3\r\n"),
    "quotes and space": ('[ a . "b" ]\n"x"=1\n', {"x": 2}, '[ a . "b" ]\n"x"=2\n'),
}


@pytest.mark.parametrize(("text", "values", "edited"), EDITED.values(), ids=EDITED)
def test_values_change_where_they_stand(text, values, edited):
    """All else, comments and line ends too, is as it was."""
    assert with_values(text, "a", "b", values) == edited
    assert tomllib.loads(edited)["a"]["b"].items() >= values.items()


@pytest.mark.parametrize("text", ["a.b = { x = 1 }\n", "[a]\nb = { x = 1 }\n", "[a]\nb.x = 1\n"])
def test_tables_without_a_header_are_left_to_the_user(text):
    """It says what to change by hand instead of guessing."""
    with pytest.raises(ConfigError, match=r"set by hand: x = 2$"):
        with_values(text, "a", "b", {"x": 2})
