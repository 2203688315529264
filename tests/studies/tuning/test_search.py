"""`make tune` searches where it may, keeps what it has tried, and compares where it has not searched."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from optuna.trial import TrialState

from shortlist.config.competition import load_competition
from shortlist.config.paths import Paths
from shortlist.data.dataset import Dataset
from shortlist.engine import local
from shortlist.errors import ShortlistError
from shortlist.pipeline.cross_validate import cross_validate, run_fold
from shortlist.pipeline.rerank import cross_validate_blend, make_table, stacking_folds
from shortlist.studies.tuning import study as studies
from shortlist.studies.tuning import trials
from shortlist.studies.tuning.search import tune

NEIGHBOURS = '"retrievers.near.neighbours" = { low = 1, high = 60, log = true }\n'
LEAVES = '"rerankers.lightgbm.leaves" = { choices = [2, 3, 7] }\n'
RERANKER_SPACE = LEAVES + '"rerankers.lightgbm.min_rows" = { low = 5, high = 50 }\n'
SOME = 0.6
"""Minutes that allow for seven trials by the clock of these tests."""


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


def scores(paths: Paths) -> dict[int, float]:
    """Of the trials that saw all folds, in the one study: the value tried -> its score."""
    storage = studies._storage(paths.trials)
    (study,) = storage.get_all_studies()
    trials = storage.get_all_trials(study._study_id, deepcopy=False)
    studies._close(storage)
    complete = [trial for trial in trials if trial.state == TrialState.COMPLETE]
    return {trial.params["neighbours"]: float(trial.value or 0) for trial in complete}


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
from shortlist.config.competition import load_competition
from shortlist.config.paths import Paths
from shortlist.studies.tuning import search, study
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
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3] / "src")},
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


def test_trials_run_in_other_processes(project, monkeypatch):
    """Two at a time; each fold of each trial is scored as it is in this process."""
    paths, competition = project('"retrievers.near.neighbours" = { choices = [1, 2, 3, 4, 5, 6] }\n')
    tune(paths, competition, 1000)
    alone = scores(paths)
    assert len(alone) >= 4
    paths.trials.unlink()
    monkeypatch.setattr(local, "WORTH", -100.0)
    monkeypatch.setattr(local, "room", lambda threads: 2)
    tune(paths, competition, 1000)
    together = scores(paths)
    shared = alone.keys() & together.keys()
    assert len(shared) >= 2
    assert {value: alone[value] for value in shared} == {value: together[value] for value in shared}


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
