"""From a log to a competition: the raw files without the answers, a sample submission, and the answers kept aside."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import scipy.sparse as sp

from competitions.logs import Files, Form, Log
from peers.event_log import ANSWER, VISIBLE, EventLog
from peers.exchange import Task
from peers.scoring import Case
from shortlist.config.paths import Paths

SEED = 0
N = 100
"""Length of the lists whose share of the answers is told."""

SAMPLE = "sample_submission.csv"
LOG_ONLY = "_log_only"
"""Ends the name of the competition that has no other files."""


@dataclass(frozen=True)
class Competition:
    """A log whose files lie below a root.

    Attributes:
        case: what peers get, and what their lists are held against.
        visible, hidden: numbers of events.
        times: whether the log has times.
    """

    case: Case
    visible: int
    hidden: int
    times: bool

    def sizes(self) -> dict[str, int]:
        """Numbers of what is there."""
        users, items = self.case.task.shape
        events = {"visible_events": self.visible, "hidden_events": self.hidden}
        return {"users": users, "items": items, **events, "scored_users": len(self.case.task.users)}


def build(name: str, log: Log, root: Path, cache: Path, threads: int) -> Competition:
    """Write a competition's files again below `root`/data/bench_<name>, with the answers beside raw/."""
    files, rng = log.read(cache), np.random.default_rng(SEED)
    events = pd.DataFrame({"user": files.rows[files.user].astype(str), "item": files.rows[files.item].astype(str)})
    if files.days is not None:
        events["time"] = files.days
    roles = log.holdout.roles(events, rng)
    visible, answers = roles == VISIBLE, events[roles == ANSWER].drop_duplicates(["user", "item"])
    asked = np.unique((events if log.ask_all else answers)["user"].to_numpy(dtype=str))
    for variant in ("", LOG_ONLY) if log.log_only else ("",):
        paths = Paths(f"bench_{name}{variant}", root)
        shutil.rmtree(paths.config.parent, ignore_errors=True)
        _write_raw(paths.raw, files, visible, asked, log.k, alone=bool(variant))
    folder = Paths(f"bench_{name}", root).config.parent
    answers[["user", "item"]].to_csv(folder / "answers.csv", index=False)
    case = _case(folder, log, events[visible].reset_index(drop=True), answers, rng, threads)
    return Competition(case, int(visible.sum()), int((~visible).sum()), files.days is not None)


def _write_raw(raw: Path, files: Files, visible: np.ndarray, asked: np.ndarray, k: int, *, alone: bool) -> None:
    raw.mkdir(parents=True)
    shown = files.rows[visible]
    _write(shown, raw / files.log)
    for name, content in files.others.items():
        if isinstance(content, Path):
            shutil.copyfile(content, raw / name)
        elif not alone:
            _write(content, raw / name)
    if files.form is not None:
        popular = shown[files.item].value_counts().index[:k].tolist()
        _write(sample(files.form, (files.user, files.item), asked, popular), raw / SAMPLE)


def _write(table: pd.DataFrame, path: Path) -> None:
    if path.suffix == ".parquet":
        table.to_parquet(path, index=False)
    else:
        table.to_csv(path, index=False)


def sample(form: Form, columns: tuple[str, str], users: np.ndarray, items: list[object]) -> pd.DataFrame:
    """A sample submission that gives each user the same items: each competition has another form."""
    user, item = columns
    if form == "long":
        return pd.DataFrame({user: np.repeat(users, len(items)), item: items * len(users)})
    if form == "joined":
        return pd.DataFrame({user: users, item: " ".join(map(str, items))})
    return pd.DataFrame({user: users, **{f"item_{rank}": one for rank, one in enumerate(items, start=1)}})


def _case(
    folder: Path, log: Log, visible: pd.DataFrame, answers: pd.DataFrame, rng: np.random.Generator, threads: int
) -> Case:
    """The competition in codes; the log is written for those peers that read more than the pairs."""
    users = np.unique(np.concatenate([visible["user"], answers["user"]]).astype(str))
    items = np.unique(np.concatenate([visible["item"], answers["item"]]).astype(str))
    roles = log.holdout.roles(visible, rng)
    order = visible.sort_values(["user", "time"] if "time" in visible else ["user"], kind="stable").index.to_numpy()
    events = visible.iloc[order]
    coded = EventLog(
        users=np.searchsorted(users, events["user"].to_numpy(dtype=str)).astype(np.int32),
        items=np.searchsorted(items, events["item"].to_numpy(dtype=str)).astype(np.int32),
        times=events["time"].to_numpy(dtype=np.float64) if "time" in events else None,
        roles=roles[order],
        user_ids=users,
        item_ids=items,
        k=log.k,
        keep=log.keep,
    )
    coded.save(folder)
    wanted = _matrix(
        np.searchsorted(users, answers["user"].to_numpy(dtype=str)),
        np.searchsorted(items, answers["item"].to_numpy(dtype=str)),
        coded.shape,
    )
    scored = np.flatnonzero(np.diff(wanted.indptr)).astype(np.int32)
    pairs = np.unique(np.column_stack([coded.users, coded.items]), axis=0)
    dropped = pairs[:0] if log.keep else pairs
    seen = _matrix(dropped[:, 0], dropped[:, 1], coded.shape)
    length = min(N + int(np.diff(seen.indptr)[scored].max()), len(items))
    task = Task(pairs, np.arange(len(pairs)), scored, coded.shape, N, length, threads, SEED, str(folder.resolve()))
    return Case(task, seen, wanted)


def _matrix(users: np.ndarray, items: np.ndarray, shape: tuple[int, int]) -> sp.csr_matrix:
    return sp.csr_matrix((np.ones(len(users), dtype=np.float32), (users, items)), shape=shape)
