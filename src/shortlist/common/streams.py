"""Output that never stops what is done: nothing is undone because nobody could read that it was.

A stream that cannot hold a sign shows another in its place; one whose reader is gone takes everything, keeps nothing.
"""

import atexit
import errno
import io
import os
import select
import signal
import sys
import threading
from typing import Any, cast

STREAMS = {1: "stdout", 2: "stderr"}


class _Forgiving(io.FileIO):
    """The end of a stream that never raises.

    Attributes:
        lost: what kept it from writing, unless its reader had seen enough.
    """

    lost: OSError | None = None

    def write(self, content: Any, /) -> int:
        """Write all of it, or none where that cannot be."""
        try:
            # A full pipe that was opened not to wait says None.
            while (written := cast("int | None", super().write(content))) is None:
                select.select((), (self,), ())
        except OSError as error:
            if error.errno != errno.EPIPE:
                self.lost = error
            return memoryview(content).nbytes
        return written


def speak_safely() -> None:
    """From here on nothing that this process shows can raise, nor change its exit code.

    Streams that somebody has put in the place of the process's own are left alone.
    """
    _open_missing()
    for number, name in STREAMS.items():
        stream = getattr(sys, name)
        if stream is getattr(sys, f"__{name}__"):
            end = _Forgiving(number, "w", closefd=False)
            encoding = stream.encoding if stream else "utf-8"
            live = number == 2 or end.isatty()
            safe = io.TextIOWrapper(io.BufferedWriter(end), encoding, errors="replace", line_buffering=live)
            setattr(sys, name, safe)
            atexit.register(_finish, safe, end)


def ignore_interrupts() -> None:
    """From here on Ctrl-C is too late: what there is to say is said, and the exit code is that of the outcome."""
    if threading.current_thread() is threading.main_thread():  # no other may say so, and none other is interrupted
        signal.signal(signal.SIGINT, signal.SIG_IGN)


def _open_missing() -> None:
    """Give a process that was started without some of its streams empty ones: a file would get their numbers."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)


def _finish(stream: io.TextIOWrapper, end: _Forgiving) -> None:
    stream.flush()
    if end.lost is not None and end.fileno() == 1:
        print(f"shortlist: the output was lost: {end.lost.strerror}", file=sys.stderr)
