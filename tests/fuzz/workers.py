"""Inputs in processes that are renewed: one that hangs or dies costs itself alone."""

import multiprocessing as mp
import os
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from time import monotonic

from tests.fuzz.attempt import Workplace
from tests.fuzz.trial import Fault, Outcome

EACH = 250
"""Inputs after which a process is renewed."""

PRELOADED = ("tests.fuzz.attempt", "shortlist.increments", "shortlist.make_rules", "shortlist.studies.init.init",
             "shortlist.pipeline.preprocess", "shortlist.pipeline.cross_validate", "shortlist.submission.upload",
             "shortlist.submission.write")  # fmt: skip
"""What all processes need, imported once: each is forked from there, and begins at once."""

PATIENCE = 240.0
"""Seconds without a word from a process, whose own deadlines are shorter, after which it is killed."""


@dataclass
class _Worker:
    process: ForkServerProcess
    pipe: Connection
    left: deque[str]
    heard: float


def tried(base: Path, seed: int, names: Sequence[str], workers: int = 1) -> Iterator[Outcome]:
    """Try inputs, as many beside each other as there are workers; outcomes come as they are."""
    parts = deque(deque(names[start : start + EACH]) for start in range(0, len(names), EACH))
    if len(parts) < workers:
        parts = deque(deque(names[start::workers]) for start in range(workers))
    running: list[_Worker] = []
    try:
        while parts or running:
            while parts and len(running) < workers:
                if part := parts.popleft():
                    running.append(_start(base, seed, part))
            for worker in list(running):
                yield from _heard(worker)
                if not worker.left or not worker.process.is_alive():
                    running.remove(worker)
                    _end(worker)
                    if worker.left:
                        parts.append(worker.left)
            wait([worker.pipe for worker in running], 1.0)
    finally:
        for worker in running:
            _end(worker)


def _start(base: Path, seed: int, part: deque[str]) -> _Worker:
    context = mp.get_context("forkserver")
    context.set_forkserver_preload(list(PRELOADED))
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(base, seed, list(part), there), daemon=True)
    process.start()
    there.close()
    return _Worker(process, here, part, monotonic())


def _heard(worker: _Worker) -> Iterator[Outcome]:
    """The outcomes that have come; one for an input that has ended or stopped its process."""
    try:
        while worker.left and worker.pipe.poll():
            outcome = worker.pipe.recv()
            worker.left.popleft()
            worker.heard = monotonic()
            yield outcome
    except (EOFError, OSError):
        worker.process.join(10)
        fault = Fault("traceback", f"the process has died: {worker.process.exitcode}")
        yield Outcome(worker.left.popleft(), "", None, "", (fault,))
        return
    if worker.left and monotonic() - worker.heard > PATIENCE:
        worker.process.kill()
        worker.process.join()
        yield Outcome(worker.left.popleft(), "", None, "", (Fault("hang", "killed"),))


def _end(worker: _Worker) -> None:
    if worker.left:
        worker.process.kill()
    worker.process.join()
    worker.pipe.close()


def _work(base: Path, seed: int, names: list[str], pipe: Connection) -> None:
    """What a process does."""
    place = Workplace(base, f"try-{os.getpid()}")
    for name in names:
        pipe.send(place.attempt(name, seed))
