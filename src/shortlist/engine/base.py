"""What an engine does: independent tasks on shared data, their results as they end. ENGINE says which one does it.

An engine is a file of this package with a function `run(work, tasks)`, and perhaps `together(do, shared, size)`. It is
imported by its name, not by a statement: so a result's fingerprint and Make's prerequisites leave it out, which it
cannot change.
"""

import os
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from importlib import import_module
from types import ModuleType
from typing import Any, Generic, TypeVar

from shortlist.engine.threads import limited
from shortlist.errors import ConfigError, shown

ENGINES = ("local", "ray")

Shared = TypeVar("Shared")
Task = TypeVar("Task")
Result = TypeVar("Result")

_within: list[bool] = []
"""Not empty while this process does a task."""


class Work(Generic[Shared, Task, Result]):
    """What is to be done with each task; sent once to each process that takes part.

    Args:
        prepare: a function of a module; it makes of `shared`, once in each process, the function of one task.
        shared: the data of all tasks.
        threads: of each task. It is part of the work and not of the machine: another number of threads sums in another
            order, and so do the last digits of a result.
        long: whether a task is known to take much longer than a process takes to start.
    """

    def __init__(
        self, prepare: Callable[[Shared], Callable[[Task], Result]], shared: Shared, threads: int, long: bool = False
    ) -> None:
        self.prepare = prepare
        self.shared = shared
        self.threads = threads
        self.long = long
        self._function: Callable[[Task], Result] | None = None

    def __call__(self, task: Task) -> Result:
        """Do one task in this process."""
        with limited(self.threads), _marked():
            if self._function is None:
                self._function = self.prepare(self.shared)
            return self._function(task)

    def __getstate__(self) -> dict[str, Any]:
        """What is sent: another process prepares for itself."""
        return {**self.__dict__, "_function": None}


def running(
    prepare: Callable[[Shared], Callable[[Task], Result]],
    shared: Shared,
    tasks: Iterable[Task],
    *,
    threads: int = 1,
    long: bool = False,
) -> closing[Generator[tuple[Task, Result]]]:
    """Run tasks, several at a time.

        with running(prepare, shared, tasks) as results:
            for task, result in results: ...

    An error of a task is raised as it is. Where the block is left before its end, what still runs is ended at once.

    Args:
        prepare, shared, threads, long: see `Work`.
        tasks: taken one after the other as there is room for them, so that the next may depend on the results so far;
            an iterator that has none is asked again after the next result.

    Returns:
        A context whose value gives each task with its result, in the order in which they end.

    Raises:
        ConfigError: ENGINE names no engine, or one that is not installed.
        ShortlistError: a process or a machine of a task ended again and again.
    """
    work = Work(prepare, shared, threads, long)
    return closing(_here(work, tasks) if _within else _engine().run(work, tasks))


def in_order(
    prepare: Callable[[Shared], Callable[[int], Result]], shared: Shared, tasks: Sequence[int], *, long: bool = False
) -> list[Result]:
    """The results of `running` in the order of the tasks, numbers that are all different."""
    with running(prepare, shared, tasks, long=long) as results:
        by_task = dict(results)
    return [by_task[task] for task in tasks]


def together(do: Callable[[Shared, int, list[str]], Result], shared: Shared, size: int) -> Result:
    """Run one task in several processes at once, which talk to each other while they run.

    Args:
        do: a function of a module: of `shared`, of the process's place and of everybody's "host:port".
        shared: its data.
        size: how many processes.

    Returns:
        The result of the first process.

    Raises:
        ConfigError: the engine cannot do that, or has fewer processors.
        ShortlistError: a process ended again and again.
    """
    engine = _engine()
    if not hasattr(engine, "together"):
        raise ConfigError(f"{size} processes for one model need a cluster: run with ENGINE=ray, or set workers = 1")
    return engine.together(do, shared, size)


def _engine() -> ModuleType:
    name = os.environ.get("ENGINE") or ENGINES[0]
    if name not in ENGINES:
        raise ConfigError(f"ENGINE: can be {' or '.join(ENGINES)}, got {shown(name)}")
    return import_module(f"shortlist.engine.{name}")


def _here(work: Work[Any, Task, Result], tasks: Iterable[Task]) -> Generator[tuple[Task, Result]]:
    """The tasks of a task: one after the other where it runs, since the engine's places are taken."""
    for task in tasks:
        yield task, work(task)


@contextmanager
def _marked() -> Iterator[None]:
    _within.append(True)
    try:
        yield
    finally:
        _within.pop()
