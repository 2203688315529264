"""Tasks that other processes can import, to try engines on."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from tests.retrievers.settings import FAST

import shortlist
from shortlist.data.dataset import Dataset
from shortlist.engine.base import in_order
from shortlist.errors import DataError
from shortlist.retrievers.registry import make_retriever
from shortlist.validation.folds import run_fold
from shortlist.validation.registry import make_splitter

prepared: list[object] = []
"""What this process has prepared."""


def multiplier(factor: int) -> Callable[[int], int]:
    """Task: a number; result: its product with the shared factor."""
    return lambda task: factor * task


def process_ids(shared: object) -> Callable[[int], tuple[int, int]]:
    """Result: the process, and how often it has prepared."""
    prepared.append(shared)
    return lambda _: (os.getpid(), len(prepared))


def environment(names: list[str]) -> Callable[[int], list[str | None]]:
    """Result: the environment variables."""
    return lambda _: [os.environ.get(name) for name in names]


def failing(shared: object) -> Callable[[int], int]:
    """Task 3 fails as one that has read a bad file does."""

    def task(number: int) -> int:
        if number == 3:
            raise DataError("a.csv: row 3: bad; repair it")
        return number

    return task


def nested(shared: object) -> Callable[[int], tuple[int, list[int]]]:
    """Result: the process, and those of the tasks that this task has run."""
    return lambda _: (os.getpid(), [process for process, _ in in_order(process_ids, None, range(3))])


def sleeping(folder: Path) -> Callable[[int], int]:
    """Task 0 ends at once; the others leave a file with their process in the folder and sleep."""

    def task(number: int) -> int:
        if number:
            (folder / str(os.getpid())).touch()
            time.sleep(600)
        return number

    return task


def dying_once(folder: Path) -> Callable[[int], int]:
    """Each number but 0 kills its process the first time that it is run."""

    def task(number: int) -> int:
        mark = folder / str(number)
        if number and not mark.exists():
            mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return number

    return task


def meeting(folder: Path, place: int, addresses: list[str]) -> tuple[int, int]:
    """The second process is killed at the first meeting, and the first one waits for it in vain."""
    first = not (folder / "met").exists()
    if place == 1 and first:
        (folder / "met").touch()
        os.kill(os.getpid(), signal.SIGKILL)
    while not (folder / "met").exists():
        time.sleep(0.05)
    time.sleep(600 if first else 0)
    return place, len(set(addresses))


def where(shared: object) -> Callable[[int], str]:
    """Result: the file of the package that this process uses."""
    return lambda _: str(shortlist.__file__)


def on_machines(folder: Path) -> Callable[[int], tuple[int, str]]:
    """Each number names its machine and process in the folder, and waits there until it may go on."""
    import ray

    def task(number: int) -> tuple[int, str]:
        machine = ray.get_runtime_context().get_node_id()
        (folder / f"{machine}-{os.getpid()}").touch()
        while not (folder / "go").exists():
            time.sleep(0.05)
        return number, machine

    return task


def lists_of_kinds(dataset: Dataset) -> Callable[[str], dict[str, Any]]:
    """Task: a retriever's kind; result: its lists on the first fold, as bytes."""
    fold = next(iter(make_splitter("holdout", {"folds": 2, "seed": 0}).split(dataset)))

    def task(kind: str) -> dict[str, Any]:
        found = run_fold(make_retriever(kind, {**FAST.get(kind, {}), **SEEDS.get(kind, {})}, seed=3), dataset, fold, 20)
        lists = found.candidates
        return {name: np.asarray(getattr(lists, name)).tobytes() for name in ("users", "items", "scores")}

    return task


SEEDS: dict[str, dict[str, Any]] = {"two_tower": {"seeds": 2}, "ials": {"seeds": 2}}
"""So that members are joined."""
