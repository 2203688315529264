"""ENGINE=local: this process while tasks are short, then processes of this machine."""

import os
import sys
import threading
import time
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from itertools import islice
from typing import Any

import loky

from shortlist.common.own_faults import own_faults_named
from shortlist.common.streams import speak_safely
from shortlist.common.system import interrupts_held
from shortlist.engine.base import Work
from shortlist.engine.machine import room
from shortlist.engine.threads import variables
from shortlist.errors import ShortlistError

WORTH = 2.0
"""Seconds of a task from which on processes are worth their start: of tasks as short as a moment they never are."""

IMPORT = 10.0
"""Seconds that are allowed on top for a task that has imported something large: the next one will not need them."""

LARGE = 200
"""Modules whose import is something large; TensorFlow has thousands."""

GROWTH = {"LOKY_MAX_MEMORY_LEAK_SIZE": "1e18"}
"""Loky, where it can measure, takes a worker that has grown by 300 MB for a leak: here it has imported TensorFlow."""

WATCH = 0.5
"""Seconds between a worker's looks at whether the process that started it is still there."""


def run(work: Work[Any, Any, Any], tasks: Iterable[Any]) -> Generator[tuple[Any, Any]]:
    """See `base.running`."""
    waiting = iter(tasks)
    if work.long:
        yield from _several(work, waiting)
    for task in waiting:  # `_several` may take the rest of it
        modules, start = len(sys.modules), time.perf_counter()
        result = work(task)
        seconds = time.perf_counter() - start
        allowed = WORTH + IMPORT * (len(sys.modules) - modules > LARGE)
        yield task, result
        if seconds > allowed:
            yield from _several(work, waiting)


def _several(work: Work[Any, Any, Any], waiting: Iterator[Any]) -> Generator[tuple[Any, Any]]:
    """In processes, where there are tasks and room for more than one."""
    several = list(islice(waiting, room(work.threads)))
    if len(several) > 1:
        yield from _processes(work, several, waiting)
    else:
        yield from ((task, work(task)) for task in several)


def _processes(work: Work[Any, Any, Any], first: list[Any], waiting: Iterator[Any]) -> Generator[tuple[Any, Any]]:
    """A process for each of the first tasks; the others wait until one is free."""
    executor = loky.ProcessPoolExecutor(
        len(first), initializer=_begin, initargs=(work, os.getpid()), env=variables(work.threads) | GROWTH
    )
    under_way: dict[Future[Any], Any] = {}
    ready: Iterable[Any] = first
    try:
        while ready or under_way:
            for task in ready:
                with interrupts_held():
                    under_way[executor.submit(_perform, task)] = task
            for future in wait(under_way, return_when=FIRST_COMPLETED).done:
                yield under_way.pop(future), future.result()
            ready = list(islice(waiting, len(first) - len(under_way)))
    except loky.process_executor.TerminatedWorkerError:
        raise ShortlistError(
            "a process of this machine was ended from outside, perhaps for lack of memory; what was finished is kept: "
            "run the same command to go on, with WORKERS=1 for less memory"
        ) from None
    finally:
        executor.shutdown(kill_workers=bool(under_way))  # processes that are killed leave warnings behind


_work: list[Work[Any, Any, Any]] = []
"""Of a worker: what it was started for."""


def _begin(work: Work[Any, Any, Any], parent: int) -> None:
    speak_safely()
    _work.append(work)
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: int) -> None:
    """End this process when the one that started it is gone, even killed."""
    while os.getppid() == parent:
        time.sleep(WATCH)
    os._exit(1)


def _perform(task: Any) -> Any:
    with own_faults_named():  # an error comes without its traceback from here
        return _work[0](task)
