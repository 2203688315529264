"""What lies in a folder, and whether the submission is still what was made. Make runs this file.

It imports nothing but the standard library, so that any Python can run it in no time. No name of a file reaches Make or
a shell, which could not carry a blank or a `$`.
"""

import hashlib
import json
import os
import sys
from pathlib import Path


def listing(folder: Path, ending: str = "") -> str:
    """Text that differs once a file was added, removed or replaced.

    Size, time stamp and name of each file of a folder with that ending, but hidden ones; a line each, by name.

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
        if not file.is_file() or file.read_bytes() != text.encode():
            new = work / f".{name}.list.new"
            new.write_bytes(text.encode())
            new.replace(file)


def distrust_changed(competition: Path) -> None:
    """Let the submission count as old where its CSV is no longer what was made: then it is made again."""
    newest, pages = competition / "work" / "submission.path", competition.parents[1] / "submissions" / competition.name
    if newest.is_file():
        csv = Path(newest.read_bytes().decode(errors="surrogateescape").strip())
        if csv.parent.absolute() != pages.absolute() or not is_as_made(csv):  # another folder's, where all was copied
            os.utime(newest, (1, 1))


def distrust_damaged(competition: Path) -> None:
    """The same for what Make itself reads: its rules go where they are not as written, and so do tables it prints.

    A table is written before the file that says that its stage is done: a later one is none of that stage's.
    """
    work, pages = competition / "work", competition.parents[1] / "submissions" / competition.name
    tables = {
        work / "validation.txt": work / "validation.json",
        work / "ablation.txt": work / "ablation" / "done",
        work / "learning_curve.txt": work / "learning_curve" / "done",
        work / "infer_split.txt": pages / "infer_split.html",
    }
    for table, done in tables.items():
        if done.is_file() and not (table.is_file() and table.stat().st_mtime_ns <= done.stat().st_mtime_ns):
            os.utime(done, (1, 1))
    rules = work / "rules.mk"
    if rules.is_file() and not is_sealed(rules.read_bytes()):
        rules.unlink()


def sealed(text: str) -> str:
    """A text of Make's below a line with its digest, which Make takes for a comment."""
    return f"# {hashlib.sha256(text.encode()).hexdigest()}\n{text}"


def is_sealed(content: bytes) -> bool:
    """Whether the digest is that of the rest."""
    first, _, rest = content.partition(b"\n")
    return first == b"# " + hashlib.sha256(rest).hexdigest().encode()


def is_as_made(csv: Path) -> bool:
    """Whether a CSV is there, with the content that the manifest beside it tells."""
    try:
        manifest = csv.with_suffix(".json")
        if not (csv.is_file() and manifest.is_file()):
            return False
        digest = hashlib.sha256()
        with csv.open("rb") as file:
            for block in iter(lambda: file.read(2**20), b""):
                digest.update(block)
        return bool(digest.hexdigest() == json.loads(manifest.read_bytes())["sha256"])
    except (OSError, ValueError, RecursionError, TypeError, KeyError):  # what the manifest holds is none
        return False


if __name__ == "__main__":
    try:
        write_listings(Path(sys.argv[1]))
        distrust_changed(Path(sys.argv[1]))
        distrust_damaged(Path(sys.argv[1]))
    except OSError as error:  # Make goes on, and the command that needs the list says it again
        sys.exit(f"shortlist: {error.filename}: {error.strerror}")
