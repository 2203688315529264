"""The threads of one task: BLAS, OpenMP and TensorFlow use as many as it is given, whatever the machine has."""

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

from threadpoolctl import threadpool_limits

VARIABLES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "TF_NUM_INTRAOP_THREADS",
    "TF_NUM_INTEROP_THREADS",
)
"""Read by a library when it is loaded, by TensorFlow at its first operation."""

MOST = 1024
"""Threads of a task: who asks for more has mistyped."""

Part = TypeVar("Part")
Result = TypeVar("Result")


def variables(threads: int) -> dict[str, str]:
    """The environment that limits what is not loaded yet."""
    return dict.fromkeys(VARIABLES, str(threads))


@contextmanager
def limited(threads: int) -> Iterator[None]:
    """Limit what is loaded already, and what the block loads."""
    before = {name: os.environ.get(name) for name in VARIABLES}
    os.environ.update(variables(threads))
    try:
        with threadpool_limits(threads):
            yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def allowed() -> int:
    """The threads of the present task; outside of tasks, OMP_NUM_THREADS or as many as the machine has cores."""
    asked = os.environ.get(VARIABLES[0], "")
    threads = int(asked) if asked.isdecimal() and len(asked) <= len(str(MOST)) else 0
    return threads if 0 < threads <= MOST else os.cpu_count() or 1


def spread(function: Callable[[Part], Result], parts: Iterable[Part]) -> Iterator[Result]:
    """A function of each part, in their order, on the threads of the present task; each has one thread of BLAS.

    The results are the same for any number of threads. Worth it where NumPy or SciPy, which let other threads work
    meanwhile, do most of the function.
    """
    if (threads := allowed()) == 1:
        yield from map(function, parts)
        return
    parts = iter(parts)
    with limited(1), ThreadPoolExecutor(threads) as pool:
        for first in parts:  # alone: what it makes for all of them, such as an index, is not made twice
            yield function(first)
            break
        yield from pool.map(function, parts)
