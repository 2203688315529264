"""The command line under a deadline: in this process, or as one of its own."""

import io
import os
import shlex
import signal
import subprocess
import sys
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from shortlist.cli import main

WALL = 180.0
"""Seconds by the clock, which goes on while others are at work, after which a command hangs."""

SRC = Path(__file__).parents[2] / "src"


class LateError(BaseException):
    """The deadline is over; no `except Exception` keeps it."""


@dataclass(frozen=True)
class Done:
    """What a command has left: `code` is None where it broke or was late."""

    code: int | None
    out: str = ""
    err: str = ""
    broke: str = ""
    late: bool = False


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Raise LateError within the block when it has worked so long, or waited `WALL`; and again each second."""

    def ring(number: int, frame: FrameType | None) -> None:
        raise LateError

    before = [(number, signal.signal(number, ring)) for number in (signal.SIGALRM, signal.SIGPROF)]
    signal.setitimer(signal.ITIMER_REAL, WALL, 1.0)
    signal.setitimer(signal.ITIMER_PROF, seconds, 1.0)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.setitimer(signal.ITIMER_PROF, 0)
        for number, handler in before:
            signal.signal(number, handler)


@contextmanager
def variables(values: Mapping[str, str | None]) -> Iterator[None]:
    """Have these variables in the environment within the block."""
    before = dict(os.environ)
    for name, value in values.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def called(arguments: Sequence[str], environment: Mapping[str, str | None], seconds: float) -> Done:
    """Call the command line in this process."""
    out, err, argv, hook = io.StringIO(), io.StringIO(), sys.argv, sys.excepthook
    interrupts = signal.getsignal(signal.SIGINT)
    code: int | None = None
    broke, late = "", False
    sys.argv = ["shortlist", *arguments]
    try:
        with variables(environment), redirect_stdout(out), redirect_stderr(err), deadline(seconds):
            main()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 0 if end.code is None else 1
    except LateError:
        late = True
    except BaseException:
        broke = traceback.format_exc()
    finally:
        sys.argv, sys.excepthook = argv, hook
        signal.signal(signal.SIGINT, interrupts)
    return Done(code, out.getvalue(), err.getvalue(), broke, late)


def started(arguments: Sequence[str], environment: Mapping[str, str | None], wrapped: str = "") -> Done:
    """The same as a process of its own, within a line of a shell."""
    command = [sys.executable, "-m", "shortlist", *arguments]
    if wrapped:
        command = ["/bin/bash", "-o", "pipefail", "-c", wrapped.replace('"$@"', shlex.join(command))]
    with variables(environment):
        whole = {**os.environ, "PYTHONPATH": str(SRC)}
        process = subprocess.Popen(
            command, env=whole, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
        )
    try:
        out, err = process.communicate(timeout=WALL)
    except subprocess.TimeoutExpired:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        return Done(None, late=True)
    said = err.decode("utf-8", "replace")
    return Done(process.returncode, out.decode("utf-8", "replace"), said, said if "Traceback" in said else "")
