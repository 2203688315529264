"""Opening what must be a file: a pipe, a device or a folder in its place is refused at once, and never waited for."""

import errno
import io
import os
import stat
from pathlib import Path


def open_file(path: Path) -> io.BufferedReader:
    """The bytes of a file.

    Raises:
        OSError: there is none that can be read, or it is no regular file.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)  # a pipe that nobody writes to would wait
    except ValueError:
        raise OSError(errno.EINVAL, "no file can have this name", str(path)) from None
    mode = os.fstat(descriptor).st_mode
    if stat.S_ISREG(mode):
        return os.fdopen(descriptor, "rb")
    os.close(descriptor)
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    raise OSError(errno.EINVAL, "a pipe or device, and no file", str(path))


def read_file(path: Path, most: int | None = None) -> bytes:
    """All of it, but no more than `most` bytes.

    Raises:
        OSError: see `open_file`; or it has more.
    """
    with open_file(path) as file:
        if most is not None and (size := os.fstat(file.fileno()).st_size) > most:
            raise OSError(errno.EFBIG, f"has {size:,} bytes, and {most:,} are the most that make sense", str(path))
        return file.read()
