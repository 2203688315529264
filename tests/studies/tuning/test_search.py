"""`make tune` searches where it may, keeps what it has tried, and compares where it has not searched."""

import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from optuna.trial import TrialState
from tests.builder import configured, stages

from shortlist.config.load import load_competition
from shortlist.data.dataset import Dataset
from shortlist.engine import local
from shortlist.errors import ShortlistError
from shortlist.pipeline.cross_validate import cross_validate
from shortlist.pipeline.results import load_fold
from shortlist.pipeline.run import Run
from shortlist.pipeline.schemes import stacking_folds
from shortlist.studies.tuning import database, trials
from shortlist.studies.tuning.search import tune
from shortlist.validation.folds import run_fold
from shortlist.validation.headline import fold_scores

NEIGHBOURS = '"retrievers.near.neighbours" = { low = 1, high = 60, log = true }\n'
LEAVES = '"rerankers.lightgbm.leaves" = { choices = [2, 3, 7] }\n'
RERANKER_SPACE = LEAVES + '"rerankers.lightgbm.min_rows" = { low = 5, high = 50 }\n'
SOME = 0.6
"""Minutes that allow for seven trials by the clock of these tests."""


DONE = (TrialState.COMPLETE, TrialState.PRUNED)


def states(run: Run) -> list[list[TrialState]]:
    """Of each study in the database, the states of its trials."""
    with database._storage(run.paths.trials) as storage:
        return [
            [trial.state for trial in storage.get_all_trials(study._study_id, deepcopy=False)]
            for study in storage.get_all_studies()
        ]


def scores(run: Run) -> dict[int, float]:
    """Of the trials that saw all folds, in the one study: the value tried -> its score."""
    with database._storage(run.paths.trials) as storage:
        (study,) = storage.get_all_studies()
        trials = storage.get_all_trials(study._study_id, deepcopy=False)
    complete = [trial for trial in trials if trial.state == TrialState.COMPLETE]
    return {trial.params["neighbours"]: float(trial.value or 0) for trial in complete}


def numbers(pattern: str, text: str) -> list[float]:
    """The groups of the one match."""
    (groups,) = re.findall(pattern, text, re.MULTILINE)
    return [float(number) for number in (groups if isinstance(groups, tuple) else (groups,))]


def test_a_better_value_is_found_and_compared_on_other_folds(project):
    """One neighbour is too few; the answer names score, interval and command, and the copy differs in one value."""
    run = project(NEIGHBOURS)
    answer = tune(run, SOME)
    assert re.search(r"^near: \d+ trials on folds 1, 2, 3 of kfold, \d+ of them pruned$", answer, re.MULTILINE)
    score, neighbours = numbers(r"^best: recall@5 (0\.\d{4}) with neighbours = (\d+)$", answer)
    assert score > 0
    assert neighbours > 1
    then, now = numbers(r"^on folds 4, 5, which no trial has seen: recall@5 ([\d.]+), as configured ([\d.]+)$", answer)
    mean, low, high = numbers(r"^difference (\S+), 95 % interval \[(\S+), (\S+)\]", answer)
    assert low <= mean <= high
    assert mean == pytest.approx(then - now, abs=2e-4)
    current, tuned = run.paths.config, run.paths.tuned
    assert answer.endswith(f"take it over: cp {tuned} {current}")
    before, after = (path.read_text(encoding="utf-8").splitlines() for path in (current, tuned))
    assert [(old, new) for old, new in zip(before, after, strict=True) if old != new] == [
        ("neighbours = 1           # listens to one", f"neighbours = {neighbours:.0f}           # listens to one")
    ]
    assert load_competition(tuned).retriever("near") == ("user_knn", {"neighbours": neighbours})


def test_the_score_is_the_one_of_validation(project):
    """The current values are tried first, and their score is the mean over the users of the folds that are tuned on."""
    run = project(NEIGHBOURS)
    tune(run, SOME)
    cross_validate(run, "near")
    with database._storage(run.paths.trials) as storage:
        (study,) = storage.get_all_studies()
        first = storage.get_all_trials(study._study_id)[0]
    assert first.params == {"neighbours": 1}
    dataset = Dataset.load(run.paths.dataset)
    values = []
    for fold in stacking_folds(run, dataset)[:3]:
        lists = load_fold(run.paths, "near", "kfold", fold).candidates.first(5)
        items_of = dict(zip(lists.users.tolist(), lists.items.tolist(), strict=True))
        answers: dict[int, set[int]] = {}
        for user, item in dataset.take(fold.test).pairs.tolist():
            answers.setdefault(user, set()).add(item)
        values += [len(wanted & set(items_of[user])) / min(len(wanted), 5) for user, wanted in answers.items()]
    assert first.value == pytest.approx(np.mean(values))


def test_trials_never_touch_the_folds_of_the_report(project, monkeypatch):
    """While trials run, no report fold is fitted or scored; in the end each of them is, twice, and no other."""
    run = project(NEIGHBOURS)
    compare = trials.RetrieverScorer.report
    seen: dict[str, list[int]] = {"trials": [], "report": []}
    now = ["trials"]

    def watched(retriever, dataset, fold, n, asking):
        seen[now[0]].append(fold.number)
        return run_fold(retriever, dataset, fold, n, asking)

    def report(self, values):
        now[0] = "report"
        return compare(self, values)

    monkeypatch.setattr(trials, "run_fold", watched)
    monkeypatch.setattr(trials.RetrieverScorer, "report", report)
    tune(run, SOME)
    assert set(seen["trials"]) == {1, 2, 3}
    assert seen["report"] == [4, 5, 4, 5]


def test_a_reranker_learns_on_tuned_folds_alone(project, monkeypatch):
    """Each trial learns on two of three tables and is scored on the third; the others are loaded for the report."""
    run = project(RERANKER_SPACE)
    stages(run, "features")
    learnt: list[int] = []
    scored: list[int] = []
    original_fit = trials.RerankerScorer._learnt

    def fit(self, values, tables):
        learnt.append(len(tables))
        assert all(any(table is own for own in self._tables) for table in tables)
        return original_fit(self, values, tables)

    def watched(dataset, fold, candidates, metrics, headline):
        scored.append(fold.number)
        return fold_scores(dataset, fold, candidates, metrics, headline)

    monkeypatch.setattr(trials.RerankerScorer, "_learnt", fit)
    monkeypatch.setattr(trials, "fold_scores", watched)
    answer = tune(run, SOME)
    assert "lightgbm:" in answer
    last = -4 if "take it over" in answer else None
    assert set(scored[:last]) == {1, 2, 3}
    assert scored[len(scored) + (last or 0) :] == ([4, 5, 4, 5] if last else [])
    assert set(learnt[: -2 if last else None]) == {2}


def test_it_goes_on_with_what_was_tried(project):
    """A second run adds to the first one's trials, and without time for any it answers from them."""
    run = project(NEIGHBOURS)
    first = tune(run, SOME)
    (tried,) = states(run)
    again = tune(run, 0)
    assert again == first
    tune(run, SOME)
    (more,) = states(run)
    assert more[: len(tried)] == tried
    assert sum(state in DONE for state in more) > sum(state in DONE for state in tried)


def test_an_edited_configuration_does_not_mix(project):
    """Another space, or another value beside it, is a study of its own; a value that is searched is not."""
    run = project(NEIGHBOURS)
    tune(run, SOME)
    tune(project(NEIGHBOURS.replace("60", "50")), SOME)
    assert len(states(run)) == 2
    tune(configured(run, run.paths.tuned.read_text(encoding="utf-8")), SOME)
    assert len(states(run)) == 2
    tune(replace(run, competition=run.competition.model_copy(update={"seed": 4})), SOME)
    assert len(states(run)) == 3


SCRIPT = """
import sys
from pathlib import Path
from shortlist.pipeline.run import Run
from shortlist.studies.tuning import database, search, study
database.HEARTBEAT = 1

class Clock:
    now = 0

    def monotonic(self):
        self.now += 1
        return self.now

study.time = search.time = Clock()
search.tune(Run.load("small", root=Path(sys.argv[1])), float(sys.argv[2]))
"""


def started(run: Run, minutes: float) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-c", SCRIPT, str(run.paths.root), str(minutes)],
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3] / "src")},
    )


def test_two_processes_share_a_study(project):
    """Started at once, both add to the one study, and neither tries what the other has."""
    run = project(NEIGHBOURS)
    both = [started(run, SOME) for _ in range(2)]
    notes = [process.communicate(timeout=300)[1] for process in both]
    assert [process.returncode for process in both] == [0, 0], notes
    numbers = [set(re.findall(r"trial (\d+): ", text)) for text in notes]
    assert numbers[0]
    assert numbers[1]
    assert not numbers[0] & numbers[1]
    assert len(states(run)) == 1


def test_it_survives_a_kill(project, monkeypatch):
    """Killed within a trial, it loses that trial only: the next run keeps the others and ends the one left running."""
    run = project(NEIGHBOURS)
    process = started(run, 1000)
    assert process.stderr is not None
    for _ in range(3):
        while not re.search("trial .*: ", process.stderr.readline()):
            pass
    process.send_signal(signal.SIGKILL)
    process.communicate()
    (before,) = states(run)
    assert sum(state in DONE for state in before) >= 2
    time.sleep(2.5)  # two heartbeats
    monkeypatch.setattr(database, "HEARTBEAT", 1)
    tune(run, SOME)
    (after,) = states(run)
    assert sum(state in DONE for state in after) > sum(state in DONE for state in before)
    assert TrialState.RUNNING not in after


def test_trials_run_in_other_processes(project, monkeypatch):
    """Two at a time; each fold of each trial is scored as it is in this process."""
    run = project('"retrievers.near.neighbours" = { choices = [1, 2, 3, 4, 5, 6] }\n')
    tune(run, 1000)
    alone = scores(run)
    assert len(alone) >= 4
    run.paths.trials.unlink()
    monkeypatch.setattr(local, "WORTH", -100.0)
    monkeypatch.setattr(local, "room", lambda threads: 2)
    tune(run, 1000)
    together = scores(run)
    shared = alone.keys() & together.keys()
    assert len(shared) >= 2
    assert {value: alone[value] for value in shared} == {value: together[value] for value in shared}


def test_the_budget_ends_a_trial_between_folds(project):
    """The time is looked at before each fold: a trial is lost with the time over, those before it are kept."""
    run = project(NEIGHBOURS)
    with pytest.raises(ShortlistError, match=r"^tune: no trial of near finished in time; .*MINUTES="):
        tune(run, 3 / 60)
    assert states(run) == [[TrialState.FAIL]]
    tune(run, 8 / 60)
    (ended,) = states(run)
    assert [state for state in ended if state != TrialState.FAIL] == [TrialState.COMPLETE]
    assert ended[-1] == TrialState.FAIL


def test_a_small_space_is_searched_once(project, capsys):
    """When all values have been tried it stops before the time is over, and the current values may be the best."""
    run = project('"retrievers.near.neighbours" = { choices = [1, 2] }\n')
    tune(run, 1000)
    assert "the space seems to be searched" in capsys.readouterr().err
    assert sum(state != TrialState.FAIL for state in states(run)[0]) == 2


def test_nothing_is_written_if_the_current_values_are_best(project):
    """No copy of the configuration is left, and none from an earlier run either."""
    run = project(NEIGHBOURS)
    text = run.paths.config.read_text(encoding="utf-8")
    for old, new in (
        ("neighbours = 1 ", "neighbours = 40 "),
        ("low = 1", "low = 39"),
        ("high = 60, log = true", "high = 40"),
    ):
        assert old in text
        text = text.replace(old, new)
    run.paths.tuned.parent.mkdir(parents=True)
    run.paths.tuned.write_text("old", encoding="utf-8")
    answer = tune(configured(run, text), SOME)
    assert answer.endswith("these are the current values: nothing to take over")
    assert not run.paths.tuned.exists()
