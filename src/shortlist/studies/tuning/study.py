"""The trials of one search, proposed and scored until the time is over."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np
import optuna
from optuna.trial import TrialState

from shortlist.common.progress import note, track
from shortlist.config.tune import Dimension
from shortlist.engine.base import running
from shortlist.studies.tuning import database
from shortlist.studies.tuning.database import end, finished, no_warning_of_heartbeats
from shortlist.studies.tuning.space import ParameterValues, as_drawn, draw, values
from shortlist.studies.tuning.trials import Scorer
from shortlist.validation.metrics import UserScores

REPEATS = 25
"""So many proposals in a row that were tried before: a space of few values has been searched."""


@dataclass(frozen=True)
class TrialFold:
    """One fold of one trial: a task of the engine.

    Attributes:
        number: of the trial.
        values: that it tries.
        place: of the fold among those that trials see.
    """

    number: int
    values: ParameterValues
    place: int


@dataclass
class _Live:
    """A trial that has folds left; `waits` while none of them is under way."""

    trial: optuna.Trial
    values: ParameterValues
    start: float
    parts: list[UserScores] = field(default_factory=list)
    waits: bool = True


@dataclass
class Search:
    """One process's part in a study: it proposes, prunes and keeps, and the engine scores, several trials at a time.

    Attributes:
        label: the method, and `headline` its metric, for the notes.
        scorer: scores the values.
        space: parameter -> its values.
        folds: how many the trials see.
        seed: of the proposals, with the number of the trial.
        deadline: of `time.monotonic`.
        study: where the trials are kept.
    """

    label: str
    headline: str
    scorer: Scorer
    space: Mapping[str, Dimension]
    folds: int
    seed: int
    deadline: float
    study: optuna.Study
    _live: dict[int, _Live] = field(default_factory=dict, init=False)
    _searched: bool = field(default=False, init=False)

    def run(self, current: ParameterValues) -> None:
        """Try values until the deadline, those of the configuration first."""
        drawn = as_drawn(current, self.space)
        if drawn is not None and not self._tried(current):
            self.study.enqueue_trial(drawn)
        try:
            with self._signs_of_life(), running(_scoring, self.scorer, self) as results:
                for step, rows in track(results, f"tune {self.label}: folds of trials", None):
                    self._take(self._live[step.number], rows)
        finally:
            for live in self._live.values():
                self.study.tell(live.trial, state=TrialState.FAIL)

    def __iter__(self) -> Iterator[TrialFold]:
        """The steps are asked for one after the other, when there is room for one."""
        return self

    def __next__(self) -> TrialFold:
        """The next fold of a trial that waits for it, or the first one of a new trial; none, or none for now."""
        if time.monotonic() >= self.deadline:
            raise StopIteration
        live = next((trial for trial in self._live.values() if trial.waits), None) or self._new()
        if live is None:
            raise StopIteration
        live.waits = False
        return TrialFold(live.trial.number, live.values, len(live.parts))

    def _new(self) -> _Live | None:
        """A trial of values that nobody has tried; None if none is found in a while."""
        with no_warning_of_heartbeats():
            optuna.storages.fail_stale_trials(self.study)
        for _ in range(0 if self._searched else REPEATS):
            with no_warning_of_heartbeats():
                trial = self.study.ask()
            # By the trial's number: processes with the same seed would else propose the same.
            seed = np.random.SeedSequence([self.seed, trial.number]).generate_state(1)
            self.study.sampler = optuna.samplers.TPESampler(seed=int(seed[0]))
            drawn = draw(trial, self.space)
            if not self._tried(drawn):
                _beat(trial)
                return self._live.setdefault(trial.number, _Live(trial, drawn, time.monotonic()))
            self.study.tell(trial, state=TrialState.FAIL)
        if not self._searched:
            note(f"tune {self.label}: the space seems to be searched; stopping before the time is over")
        self._searched = True
        return None

    def _tried(self, drawn: ParameterValues) -> bool:
        others = [values(other.params, self.space) for other in finished(self.study)]
        return drawn in others or any(live.values == drawn for live in self._live.values())

    def _take(self, live: _Live, rows: UserScores) -> None:
        """Keep the score of a fold; after the last, or where the others are better, the trial ends."""
        live.parts.append(rows)
        live.waits = True
        score = float(UserScores.joined(live.parts).means[0])
        live.trial.report(score, step=len(live.parts))
        if len(live.parts) == self.folds:
            self._end(live, f"{score:.4f}", score)
        elif live.trial.should_prune():
            self._end(live, f"{score:.4f}, pruned after {len(live.parts)} of {self.folds} folds", None)

    def _end(self, live: _Live, result: str, score: float | None) -> None:
        end(live.trial, score)
        del self._live[live.trial.number]
        shown = ", ".join(f"{name} = {value}" for name, value in live.values.items())
        seconds = time.monotonic() - live.start
        note(f"tune {self.label}: trial {live.trial.number}: {shown}: {self.headline} {result} ({seconds:.1f} s)")

    @contextmanager
    def _signs_of_life(self) -> Iterator[None]:
        """Tell other processes while the block runs that its trials are not lost, see `database.HEARTBEAT`."""
        over = threading.Event()

        def beat() -> None:
            while not over.wait(database.HEARTBEAT):
                for live in list(self._live.values()):
                    _beat(live.trial)

        thread = threading.Thread(target=beat, daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()


def _beat(trial: optuna.Trial) -> None:
    trial.study._storage.record_heartbeat(trial._trial_id)  # type: ignore[attr-defined]


def _scoring(scorer: Scorer) -> Callable[[TrialFold], UserScores]:
    return lambda step: scorer.fold(step.values, step.place)
