"""The database of trials: shared by processes, each trial that has ended under a seal of its own."""

import os
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import optuna
from optuna.exceptions import StorageInternalError
from optuna.trial import TrialState
from sqlalchemy.exc import DatabaseError

from shortlist.common.files import open_file
from shortlist.common.fingerprints import fingerprint
from shortlist.common.seals import Damaged
from shortlist.errors import ShortlistError

HEARTBEAT = 60
"""Seconds between the signs of life of a running trial; after two without one it counts as failed."""

SEAL = "seal"
"""Attribute of a trial that has ended: a fingerprint of what was tried and scored, which SQLite does not guard."""


@contextmanager
def opened(path: Path, name: str) -> Iterator[optuna.Study]:
    """The study of that name in the database at `path`, both made where they are missing.

    SQLite rather than Optuna's journal file: a process killed while it writes leaves the database whole and unlocked,
    and its trials are found stale by their heartbeat.

    Raises:
        ShortlistError: the database is damaged, or cannot be read or written.
        OSError: there is something else in its place.
    """
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    with _faults_named(path):
        _make_database(path)
        open_file(path).close()
        with _storage(path) as storage:
            yield _study(path, storage, name)


def _study(path: Path, storage: optuna.storages.RDBStorage, name: str) -> optuna.Study:
    """The study, all of which could be read once.

    Raises:
        Damaged: it could not.
    """
    try:
        study = optuna.create_study(
            storage=storage, study_name=name, direction="maximize", load_if_exists=True,
            pruner=optuna.pruners.MedianPruner(),
        )  # fmt: skip
        study.get_trials(deepcopy=False)
    except (StorageInternalError, DatabaseError):
        raise
    except Exception:  # rows that SQLite takes for whole, and Optuna cannot make sense of
        raise Damaged(f"{path}: damaged; delete it and run again") from None
    return study


@contextmanager
def _faults_named(path: Path) -> Iterator[None]:
    """What SQLite cannot do with the file, in one line."""
    try:
        yield
    except (StorageInternalError, DatabaseError) as error:
        cause = error.__cause__ or error
        reason = getattr(cause, "orig", None) or cause
        raise ShortlistError(
            f"{path}: cannot be read or written ({reason}); make it writable, or delete it to start over"
        ) from None


def _make_database(path: Path) -> None:
    """An empty database at `path` unless there is one: two processes that made its tables at once would clash."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        fresh = Path(folder) / path.name
        with _storage(fresh):
            pass
        try:
            os.link(fresh, path)
        except FileExistsError:
            return


@contextmanager
def _storage(path: Path) -> Iterator[optuna.storages.RDBStorage]:
    with no_warning_of_heartbeats():
        storage = optuna.storages.RDBStorage(
            f"sqlite:///{path.absolute()}",
            heartbeat_interval=HEARTBEAT,
            engine_kwargs={"connect_args": {"timeout": 60}},  # seconds to wait while another process writes
        )
    try:
        yield storage
    finally:
        storage.remove_session()
        storage.engine.dispose()


@contextmanager
def no_warning_of_heartbeats() -> Iterator[None]:
    """They are called experimental, and meant for `Study.optimize`, which runs a trial where it proposes it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
        warnings.filterwarnings("ignore", "Heartbeat of storage")
        yield


def finished(study: optuna.Study) -> list[optuna.trial.FrozenTrial]:
    """The trials that were scored on all folds, or were pruned; one that is not as it was written counts as none."""
    trials = study.get_trials(deepcopy=False, states=(TrialState.COMPLETE, TrialState.PRUNED))
    scores = (trial.value if trial.state == TrialState.COMPLETE else None for trial in trials)
    return [
        trial for trial, score in zip(trials, scores, strict=True) if trial.user_attrs.get(SEAL) == _seal(trial, score)
    ]


def best(study: optuna.Study) -> optuna.trial.FrozenTrial | None:
    """The best trial scored on all folds, the first of equals; None without any."""
    complete = [trial for trial in finished(study) if trial.state == TrialState.COMPLETE]
    return max(complete, key=lambda trial: (trial.value, -trial.number), default=None)


def end(trial: optuna.Trial, score: float | None) -> None:
    """Keep what became of a trial under a seal; without a score it was pruned."""
    trial.set_user_attr(SEAL, _seal(trial, score))
    trial.study.tell(trial, score, state=TrialState.PRUNED if score is None else TrialState.COMPLETE)


def _seal(trial: optuna.Trial | optuna.trial.FrozenTrial, score: float | None) -> str:
    return fingerprint(trial.number, trial.params, score)
