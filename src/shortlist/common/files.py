"""Files: nothing else is opened in their place, and a reader never meets a half-written one.

A pipe, a device or a folder is refused at once, and never waited for. What is written is there whole or not at all,
whatever ends the writer, the machine included.
"""

import errno
import io
import os
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from shortlist.common import system

MARK = ".tmp"
"""Among the endings of a temporary file; the last is that of the file itself, which some writers go by."""


def open_file(path: Path) -> io.BufferedReader:
    """The bytes of a file.

    Raises:
        OSError: there is none that can be read, or it is no regular file.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | system.AT_ONCE)  # a pipe that nobody writes to would wait
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


@contextmanager
def atomic(path: Path) -> Iterator[Path]:
    """Give a temporary path beside `path`; move it into place if the block ends well, remove it if not.

    The move is a rename within one folder, after the content is on the disk: `path` holds either the old content or
    all of the new one. What a killed writer has left in the folder is removed.
    """
    path.parent.mkdir(parents=True, exist_ok=True)

    def new() -> Path:
        handle, name = tempfile.mkstemp(prefix=_beginning(path.stem), suffix=MARK + path.suffix, dir=path.parent)
        os.close(handle)
        return Path(name)

    with _claimed(path, new) as temporary:
        try:
            yield temporary
            temporary.chmod(0o666 & ~_umask())  # mkstemp gives 0600: a plain open() would not
            system.sync(temporary)
            temporary.replace(path)
            _sync_names(path.parent)
        finally:
            temporary.unlink(missing_ok=True)


@contextmanager
def atomic_folder(path: Path) -> Iterator[Path]:
    """The same for a whole folder: give an empty one, and put it in the place of `path` if the block ends well."""
    path.parent.mkdir(parents=True, exist_ok=True)

    def new() -> Path:
        return Path(tempfile.mkdtemp(prefix=_beginning(path.name), suffix=MARK, dir=path.parent))

    with _claimed(path, new) as temporary:
        old = temporary.with_name(f"{temporary.name}{MARK}")
        try:
            yield temporary
            temporary.chmod(0o777 & ~_umask())
            for file in temporary.rglob("*"):
                system.sync(file)
            if path.exists():
                path.rename(old)
            temporary.rename(path)
            _sync_names(path.parent)
        finally:
            for left in (temporary, old):
                shutil.rmtree(left, ignore_errors=True)


def is_temporary(name: str) -> bool:
    """Whether a file of this name is, or once was, a half-written one: nothing to be handed in."""
    return name.startswith(".") or MARK in Path(name).suffixes


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 without BOM, line ends as given, atomically."""
    with atomic(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="")


def write_text_if_changed(path: Path, text: str) -> bool:
    """Write only if the content differs, so that the time stamp tells Make of real changes. True if written."""
    with suppress(OSError):  # missing, or something that is no file
        if read_file(path) == text.encode():
            return False
    write_text(path, text)
    return True


def _beginning(name: str) -> str:
    return f".{name[:40]}."  # a name may have 255 bytes


@contextmanager
def _claimed(path: Path, new: Callable[[], Path]) -> Iterator[Path]:
    """A new file or folder that is claimed as long as this process is there: so another can tell that it is dead.

    An error of the system that names no file, such as that of a full disk, names `path`.
    """
    try:
        _remove_left_over(path.parent)
        while True:
            temporary = new()
            with system.claimed(temporary):
                if temporary.exists():  # nobody was quicker, and took it for left over before it was claimed
                    yield temporary
                    return
    except OSError as error:
        if error.filename is None:
            error.filename = str(path)
        raise


def _remove_left_over(folder: Path) -> None:
    """Remove what writers that are dead have left in a folder."""
    for path in folder.iterdir():
        if not (path.name.startswith(".") and MARK in path.suffixes):
            continue
        with suppress(OSError), system.left_over(path) as removable:  # or it is gone meanwhile, or another user's
            if not removable:
                continue
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()


def _sync_names(folder: Path) -> None:
    """Wait until the names in a folder are on the disk, where its file system can."""
    with suppress(OSError):
        system.sync(folder)


def _umask() -> int:
    umask = os.umask(0)
    os.umask(umask)
    return umask
