"""What was wrong with a command, told from its exit code, its output and the files before and after."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.fuzz.command import Done
from tests.fuzz.trial import CANARY, Fault, Input

LONGEST = 500
"""Letters of a line."""

MANY_LINES = ("check", "upload")
"""Commands that have a line for each rule that a CSV breaks."""

PROGRESS = re.compile(r"[\w.,/()\-@ ]+: ")
"""How lines begin that are no error: a stage's name, "notice", "warning"."""

NAMED = re.compile(r"\.\w|--?\w|[A-Z]{2,}|/|\[[\w.]+\]|(kind|key) '|`make |stage|memory|command|upload|argument")
"""A file, a setting, an option or a variable."""

KEPT_UP = ("/work/config/", "/work/sources/", "raw.list", "own.list", "rules.mk", "ledger.sqlite", "sent.jsonl",
           ".upload.lock", "rerank.txt")  # fmt: skip
"""What a command that is refused may have renewed."""

Stamps = Mapping[str, tuple[int, int, int]]


def stamps(root: Path) -> dict[str, tuple[int, int, int]]:
    """Every file below a folder: which it is, when it was written, its size."""
    found = {}
    for path in root.rglob("*"):
        about = path.lstat()
        if not path.is_dir() or path.is_symlink():
            found[str(path.relative_to(root))] = (about.st_ino, about.st_mtime_ns, about.st_size)
    return found


def faults_of_end(tried: Input, command: tuple[str, ...], done: Done, first: bool) -> Iterator[Fault]:
    """How it ended, and what it said."""
    if done.late:
        yield Fault("hang", "")
        return
    if done.broke:
        yield Fault("traceback", "\n".join(done.broke.strip().splitlines()[-3:]))
        return
    if CANARY in done.out + done.err:
        yield Fault("token seen", done.out + done.err)
    codes = tried.codes if first else (0, 2, 3, 4)
    if done.code not in codes and not tried.process:
        sort = "wrong acceptance" if done.code == 0 else "wrong result"
        yield Fault(sort, f"exit code {done.code} instead of {codes}: {done.err}")
    if first and tried.must and (tried.must == "fine") != (done.code == 0):
        yield Fault("wrong acceptance" if done.code == 0 else "wrong result", f"{done.code}: {done.err or done.out}")
    if not tried.process:
        yield from _faults_of_lines(command, done)


def _faults_of_lines(command: tuple[str, ...], done: Done) -> Iterator[Fault]:
    lines = done.err.removesuffix("\n").split("\n") if done.err else []
    errors = [line for line in lines if line.startswith("shortlist: ")]
    shown = (*lines, *done.out.removesuffix("\n").split("\n"))
    if bad := next((line for line in shown if not line.replace("\t", "").isprintable()), None):
        yield Fault("unclear line", f"control characters: {bad!r}")
    if long := next((line for line in lines if len(line) > LONGEST), None):
        yield Fault("unclear line", f"{len(long)} letters: {long}")
    if other := [line for line in lines if line not in errors and not PROGRESS.match(line)]:
        yield Fault("unclear line", f"no error and no progress: {other[:3]}")
    if done.code == 0 and errors:
        yield Fault("unclear line", f"an error, and all is well: {errors}")
    several = command[:1] and command[0] in MANY_LINES and len({line.split(": ")[1] for line in errors}) == 1
    if done.code and done.code > 1 and len(errors) != 1 and not several and command[0]:
        yield Fault("unclear line", f"{len(errors)} lines: {lines}")
    if done.code and errors and not any(NAMED.search(line.removeprefix("shortlist: ")) for line in errors):
        yield Fault("unclear line", f"names nothing: {errors}")


def faults_of_files(tried: Input, root: Path, before: Stamps, after: Stamps, refused: bool) -> Iterator[Fault]:
    """What a command has done to the files."""
    if lost := sorted(set(before) - set(after)):
        lost = [name for name in lost if ".tmp" not in name]
        if lost and not tried.removes:
            yield Fault("lost or half file", f"gone: {lost[:3]}")
    if half := sorted(name for name in set(after) - set(before) if ".tmp" in name):
        yield Fault("lost or half file", f"left over: {half[:3]}")
    changed = [name for name in after if after[name] != before.get(name)]
    made = [name for name in changed if not any(part in name for part in KEPT_UP)]
    if refused and made and not tried.removes:
        yield Fault("lost or half file", f"changed though refused: {made[:3]}")
    for name in changed:
        path = root / name
        if path.name != ".env" and path.is_file() and CANARY.encode() in path.read_bytes():
            yield Fault("token seen", f"in {name}")


def faults_of_bytes(tried: Input, world: Path, root: Path) -> Iterator[Fault]:
    """Which files have other bytes than the world's."""
    for pattern in tried.same:
        for path in sorted(world.glob(pattern)):
            name = path.relative_to(world)
            if path.is_file() and (not (root / name).is_file() or (root / name).read_bytes() != path.read_bytes()):
                yield Fault("wrong result", f"other bytes: {name}")
