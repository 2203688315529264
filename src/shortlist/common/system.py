"""What Windows does otherwise than Linux and macOS: all of it is here, and everywhere else a file is a file."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

if sys.platform == "win32":
    import msvcrt

    AT_ONCE = os.O_BINARY
    """With which a file is opened as the bytes that it has."""

    def lock(handle: int) -> None:
        """Lock an open file until it is closed, or this process ends.

        Raises:
            BlockingIOError: another process has locked it.
        """
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError as error:
            raise BlockingIOError(error.errno, error.strerror) from None

    @contextmanager
    def claimed(path: Path) -> Iterator[None]:
        """Within the block nobody takes a file or folder for left over: here nobody does at all, see `left_over`."""
        yield  # an open file can be neither renamed nor removed

    @contextmanager
    def left_over(path: Path) -> Iterator[bool]:
        """Whether nobody claims a file or folder."""
        yield False

    def sync(path: Path) -> None:
        """Wait until a file's content is on the disk; of folders nobody can wait for."""
        if path.is_file():
            handle = os.open(path, os.O_RDWR)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)

    def others_can_read(handle: int) -> bool:
        """Whether an open file's mode lets others read it; here it does not tell."""
        return False

    @contextmanager
    def interrupts_held() -> Iterator[None]:
        """Ctrl-C reaches every process of a terminal, those that are started within the block too."""
        yield

    def peak_memory() -> int:
        """The most bytes that this process has had in memory."""
        import psutil

        return int(psutil.Process().memory_info().peak_wset)

else:
    import fcntl
    import resource
    import stat

    AT_ONCE = os.O_NONBLOCK
    """With which nothing is waited for, such as the writer of a pipe."""

    def lock(handle: int) -> None:
        """Lock an open file until it is closed, or this process ends.

        Raises:
            BlockingIOError: another process has locked it.
        """
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)

    @contextmanager
    def claimed(path: Path) -> Iterator[None]:
        """Within the block, and as long as this process is there, nobody takes a file or folder for left over."""
        handle = os.open(path, os.O_RDONLY)
        try:
            with suppress(OSError):  # a file system without locks: then nobody removes anything
                fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    @contextmanager
    def left_over(path: Path) -> Iterator[bool]:
        """Whether nobody claims a file or folder; within the block nobody can."""
        handle = os.open(path, os.O_RDONLY | AT_ONCE)
        try:
            try:
                lock(handle)
            except OSError:  # its writer is alive, or the file system has no locks
                yield False
            else:
                yield True
        finally:
            os.close(handle)

    def sync(path: Path) -> None:
        """Wait until a file's content, or a folder's names, are on the disk: a rename may be there before it."""
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

    def others_can_read(handle: int) -> bool:
        """Whether an open file's mode lets others read it."""
        return bool(os.fstat(handle).st_mode & (stat.S_IRWXG | stat.S_IRWXO))

    @contextmanager
    def interrupts_held() -> Iterator[None]:
        """Ctrl-C reaches every process of a terminal: those that are started within the block leave it to this one."""
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            yield
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)

    def peak_memory() -> int:
        """The most bytes that this process has had in memory."""
        unit = 1 if sys.platform == "darwin" else 1024
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
