"""Writing files so that a reader never meets a half-written one."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def atomic(path: Path) -> Iterator[Path]:
    """Give a temporary path beside `path`; move it into place if the block ends well, remove it if not.

    The move is a rename within one folder, so `path` holds either the old content or all of the new one.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.stem}-", suffix=path.suffix, dir=path.parent)
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        temporary.chmod(0o666 & ~_umask())  # mkstemp gives 0600: a plain open() would not
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def atomic_folder(path: Path) -> Iterator[Path]:
    """The same for a whole folder: give an empty one, and put it in the place of `path` if the block ends well."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(prefix=f".{path.name}-", dir=path.parent))
    try:
        yield temporary
        temporary.chmod(0o777 & ~_umask())
        if path.exists():
            path.rename(temporary.with_suffix(".old"))
        temporary.rename(path)
    finally:
        for left in (temporary, temporary.with_suffix(".old")):
            shutil.rmtree(left, ignore_errors=True)


def _umask() -> int:
    umask = os.umask(0)
    os.umask(umask)
    return umask


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 without BOM, line ends as given, atomically."""
    with atomic(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="")


def write_text_if_changed(path: Path, text: str) -> bool:
    """Write only if the content differs, so that the time stamp tells Make of real changes. True if written."""
    if path.exists() and path.read_bytes() == text.encode():
        return False
    write_text(path, text)
    return True
