"""The trials of one search: kept on disk, shared by processes, and stopped when the time is over."""

import os
import tempfile
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import optuna
from optuna.exceptions import StorageInternalError
from optuna.trial import TrialState
from sqlalchemy.exc import DatabaseError

from shortlist.common.progress import note, track
from shortlist.config.tune import Dimension
from shortlist.engine.base import running
from shortlist.errors import ShortlistError
from shortlist.studies.tuning.space import ParameterValues, as_drawn, draw, values
from shortlist.studies.tuning.trials import Scorer
from shortlist.validation.metrics import UserScores

HEARTBEAT = 60
"""Seconds between the signs of life of a running trial; after two without one it counts as failed."""

REPEATS = 25
"""So many proposals in a row that were tried before: a space of few values has been searched."""


@contextmanager
def opened(path: Path, name: str) -> Iterator[optuna.Study]:
    """The study of that name in the database at `path`, both made where they are missing.

    SQLite rather than Optuna's journal file: a process killed while it writes leaves the database whole and unlocked,
    and its trials are found stale by their heartbeat.

    Raises:
        ShortlistError: the database cannot be read or written.
    """
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    with _faults_named(path):
        _make_database(path)
        storage = _storage(path)
    try:
        with _faults_named(path):
            yield optuna.create_study(
                storage=storage, study_name=name, direction="maximize", load_if_exists=True,
                pruner=optuna.pruners.MedianPruner(),
            )  # fmt: skip
    finally:
        _close(storage)


@contextmanager
def _faults_named(path: Path) -> Iterator[None]:
    """What SQLite cannot do with the file, in one line."""
    try:
        yield
    except (StorageInternalError, DatabaseError) as error:
        cause = error.__cause__ or error
        reason = getattr(cause, "orig", None) or cause
        raise ShortlistError(
            f"{path}: cannot be read or written ({reason}); make it writable, or delete it to begin anew"
        ) from None


def _make_database(path: Path) -> None:
    """An empty database at `path` unless there is one: two processes that made its tables at once would clash."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        fresh = Path(folder) / path.name
        _close(_storage(fresh))
        try:
            os.link(fresh, path)
        except FileExistsError:
            return


def _storage(path: Path) -> optuna.storages.RDBStorage:
    with _no_warning_of_heartbeats():
        return optuna.storages.RDBStorage(
            f"sqlite:///{path.absolute()}",
            heartbeat_interval=HEARTBEAT,
            engine_kwargs={"connect_args": {"timeout": 60}},  # seconds to wait while another process writes
        )


@contextmanager
def _no_warning_of_heartbeats() -> Iterator[None]:
    """They are called experimental, and meant for `Study.optimize`, which runs a trial where it proposes it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
        warnings.filterwarnings("ignore", "Heartbeat of storage")
        yield


def _close(storage: optuna.storages.RDBStorage) -> None:
    storage.remove_session()
    storage.engine.dispose()


def finished(study: optuna.Study) -> list[optuna.trial.FrozenTrial]:
    """The trials that were scored on all folds, or were pruned."""
    return study.get_trials(deepcopy=False, states=(TrialState.COMPLETE, TrialState.PRUNED))


def best(study: optuna.Study) -> optuna.trial.FrozenTrial | None:
    """The best trial scored on all folds, the first of equals; None without any."""
    complete = study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))
    return max(complete, key=lambda trial: (trial.value, -trial.number), default=None)


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
        with _no_warning_of_heartbeats():
            optuna.storages.fail_stale_trials(self.study)
        for _ in range(0 if self._searched else REPEATS):
            with _no_warning_of_heartbeats():
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
        state = TrialState.PRUNED if score is None else TrialState.COMPLETE
        self.study.tell(live.trial, score, state=state)
        del self._live[live.trial.number]
        shown = ", ".join(f"{name} = {value}" for name, value in live.values.items())
        seconds = time.monotonic() - live.start
        note(f"tune {self.label}: trial {live.trial.number}: {shown}: {self.headline} {result} ({seconds:.1f} s)")

    @contextmanager
    def _signs_of_life(self) -> Iterator[None]:
        """Tell other processes while the block runs that its trials are not lost, see `HEARTBEAT`."""
        over = threading.Event()

        def beat() -> None:
            while not over.wait(HEARTBEAT):
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
