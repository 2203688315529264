"""The threads of one task: BLAS, OpenMP and TensorFlow use as many as it is given, whatever the machine has."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

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
