"""The trials of one search: kept on disk, shared by processes, and stopped when the time is over."""

import os
import tempfile
import time
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import optuna
from optuna.trial import TrialState

from shortlist.progress import note, track
from shortlist.tuning.settings import Dimension
from shortlist.tuning.space import Values, as_drawn, draw, values
from shortlist.tuning.trials import Rows, Scorer

HEARTBEAT = 60
"""Seconds between the signs of life of a running trial; after two without one it counts as failed."""

REPEATS = 25
"""So many proposals in a row that were tried before: a space of few values has been searched."""


class _TimeOver(Exception):  # noqa: N818 - no error
    """The budget ended between two folds of a trial."""


class _Repeated(Exception):  # noqa: N818 - no error
    """The values of a trial were tried before."""


@contextmanager
def opened(path: Path, name: str) -> Iterator[optuna.Study]:
    """The study of that name in the database at `path`, both made where they are missing.

    SQLite rather than Optuna's journal file: a process killed while it writes leaves the database whole and unlocked,
    and its trials are found stale by their heartbeat.
    """
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    _make_database(path)
    storage = _storage(path)
    try:
        yield optuna.create_study(
            storage=storage, study_name=name, direction="maximize", load_if_exists=True,
            pruner=optuna.pruners.MedianPruner(),
        )  # fmt: skip
    finally:
        _close(storage)


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
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)  # of the heartbeat
        return optuna.storages.RDBStorage(
            f"sqlite:///{path.absolute()}",
            heartbeat_interval=HEARTBEAT,
            engine_kwargs={"connect_args": {"timeout": 60}},  # seconds to wait while another process writes
        )


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


@dataclass
class Search:
    """One process's part in a study.

    Attributes:
        label: the method, and `headline` its metric, for the notes.
        scorer: scores the values.
        space: parameter -> its values.
        folds: how many the trials see.
        seed: of the proposals, with the number of the trial.
        deadline: of `time.monotonic`.
    """

    label: str
    headline: str
    scorer: Scorer
    space: Mapping[str, Dimension]
    folds: int
    seed: int
    deadline: float
    _repeats: int = field(default=0, init=False)

    def run(self, study: optuna.Study, current: Values) -> None:
        """Try values until the deadline, those of the configuration first."""
        drawn = as_drawn(current, self.space)
        if drawn is not None and not self._tried(study, current):
            study.enqueue_trial(drawn)
        study.optimize(self._trial, catch=(_TimeOver, _Repeated), callbacks=[self._after])

    def _trial(self, trial: optuna.Trial) -> float:
        study = trial.study
        # By the trial's number: processes with the same seed would else propose the same.
        seed = np.random.SeedSequence([self.seed, trial.number]).generate_state(1)
        study.sampler = optuna.samplers.TPESampler(seed=int(seed[0]))
        drawn = draw(trial, self.space)
        if self._tried(study, drawn):
            raise _Repeated
        self._repeats = 0
        return self._score(trial, drawn)

    def _tried(self, study: optuna.Study, drawn: Values) -> bool:
        return any(values(other.params, self.space) == drawn for other in finished(study))

    def _score(self, trial: optuna.Trial, drawn: Values) -> float:
        start = time.monotonic()
        parts: list[Rows] = []
        score = 0.0
        for rows in track(self._folds(drawn), f"tune {self.label}: folds of trial {trial.number}", self.folds):
            parts.append(rows)
            score = Rows.joined(parts).mean
            trial.report(score, step=len(parts))
            if len(parts) < self.folds and trial.should_prune():
                self._note(trial.number, drawn, f"{score:.4f}, pruned after {len(parts)} of {self.folds} folds", start)
                raise optuna.TrialPruned
        self._note(trial.number, drawn, f"{score:.4f}", start)
        return score

    def _folds(self, drawn: Values) -> Iterator[Rows]:
        folds = self.scorer.tuning(drawn)
        for _ in range(self.folds):
            if time.monotonic() >= self.deadline:
                raise _TimeOver
            yield next(folds)

    def _note(self, number: int, drawn: Values, result: str, start: float) -> None:
        shown = ", ".join(f"{name} = {value}" for name, value in drawn.items())
        seconds = time.monotonic() - start
        note(f"tune {self.label}: trial {number}: {shown}: {self.headline} {result} ({seconds:.1f} s)")

    def _after(self, study: optuna.Study, trial: optuna.trial.FrozenTrial) -> None:
        if trial.state == TrialState.FAIL:
            self._repeats += 1
        if self._repeats >= REPEATS:
            note(f"tune {self.label}: the space seems to be searched; stopping before the time is over")
        if self._repeats >= REPEATS or time.monotonic() >= self.deadline:
            study.stop()
