"""The seal of a file that a stage leaves: which file it is and what it holds, so that no other passes for it.

The one guard for damage: cut off, empty, overwritten, another stage's or another version's, all are told alike.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from errno import EINVAL
from pathlib import Path

from shortlist.common.files import open_file
from shortlist.errors import DataError

VERSION = 1
"""Of what stages leave; raised when a file of before can no longer be read."""


def label(path: Path) -> str:
    """Which file this is, wherever the project lies: "<competition>/work/..." of one that a stage leaves, else ""."""
    parts = path.parts
    for place in range(len(parts) - 1, 1, -1):
        if parts[place] == "work" and parts[place - 2] == "data" and "submissions" not in parts[place:]:
            return "/".join([*parts[place - 1 :], str(VERSION)])
    return ""


class Damaged(DataError):  # noqa: N818 (a word for the file, as in the message)
    """A file that is missing, or does not hold what was written."""


@contextmanager
def reading(path: Path, done: Path | None = None) -> Iterator[None]:
    """Read `path` within the block: whatever goes wrong there is damage.

    Args:
        path: a file that a stage has left.
        done: the file that says that the stage is done, where it is another: it goes too, so that the next run of
            Make makes both.

    Raises:
        Damaged: the file is missing, or the block could not make sense of it.
        OSError: the system does not let us read it.
    """
    try:
        open_file(path).close()  # no pipe, which would wait, and no device, which may have no end
        yield
    except FileNotFoundError:
        fault = "missing; run `make` again"
    except Exception as error:  # zipfile, NumPy, PyArrow and JSON fail in many ways, as the damage has it
        if isinstance(error, OSError) and error.errno not in (None, EINVAL):
            raise  # no right to read it, or the disk itself
        fault = "damaged; delete it and run again"
    else:
        return
    if done is not None:
        done.unlink(missing_ok=True)
    raise Damaged(f"{path}: {fault}")
