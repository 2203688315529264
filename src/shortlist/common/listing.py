"""What lies in a folder, as text that differs once a file was added, removed or replaced. Make runs this file.

It imports nothing but the standard library, so that any Python can run it in no time. No name of a file reaches Make or
a shell, which could not carry a blank or a `$`.
"""

import os
import sys
from pathlib import Path


def listing(folder: Path, ending: str = "") -> str:
    """Size, time stamp and name of each file of a folder with that ending, but hidden ones; a line each, by name.

    Args:
        folder: need not be there.
        ending: such as ".py"; any by default.
    """
    names = os.listdir(os.fsencode(folder)) if folder.is_dir() else []  # noqa: PTH208  # bytes: a name need be no text
    lines = []
    for name in sorted(names):
        path = os.path.join(os.fsencode(folder), name)  # noqa: PTH118
        if not name.startswith(b".") and name.endswith(ending.encode()) and os.path.isfile(path):  # noqa: PTH113
            about = os.stat(path)  # noqa: PTH116
            lines.append(f"{about.st_size} {about.st_mtime_ns} {name.decode('utf-8', 'backslashreplace')}\n")
    return "".join(lines)


def write_listings(competition: Path) -> None:
    """Write `work/raw.list` and `work/own.list` of a competition's folder, each only where it has changed."""
    work = competition / "work"
    work.mkdir(parents=True, exist_ok=True)
    for name, text in (("raw", listing(competition / "raw")), ("own", listing(competition, ".py"))):
        file = work / f"{name}.list"
        if not file.exists() or file.read_bytes() != text.encode():
            new = work / f".{name}.list.new"
            new.write_bytes(text.encode())
            new.replace(file)


if __name__ == "__main__":
    write_listings(Path(sys.argv[1]))
