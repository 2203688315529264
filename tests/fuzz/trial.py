"""What one input of the fuzzing is, and what may go wrong with it."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from tests.submission.conftest import Dacon
from tests.submission.kaggle_server import KaggleServer

CANARY = "c4nary-7f1e-token-that-nobody-may-see"
"""The token in `.env` of every input: it must never be in an output, nor in another file."""

Must = Literal["", "fine", "refused"]
"""How an input must end; '' where that is not known."""

FAULTS = (
    "traceback",
    "wrong acceptance",
    "wrong result",
    "hang",
    "unclear line",
    "lost or half file",
    "token seen",
    "double upload",
)


@dataclass(frozen=True)
class Input:
    """One input: what is changed in a copy of a competition, what is run then, and what is right.

    Attributes:
        world: the competition, by its name in `worlds.WORLDS`.
        what: the change, for people.
        change: makes it, in the project's folder.
        commands: run one after the other, until one does not end with 0.
        must: how the commands must end, where that is known.
        same: patterns of files that must have the bytes that they had before.
        environment: variables that are set, or taken away (None).
        codes: with which a command may end.
        server, kaggle: what the server in Dacon's place does, and the one in Kaggle's.
        sends: contents of files that may arrive at most, and each once; None where that does not matter.
        removes: whether files that stages have made may go: damaged ones do.
        seconds: of the processor that a command may take.
        process: whether the commands run as processes of their own.
        wrapped: shell commands around such a process, `"$@"` being the command itself.
    """

    world: str
    what: str
    change: Callable[[Path], None]
    commands: tuple[tuple[str, ...], ...]
    must: Must = ""
    same: tuple[str, ...] = ()
    environment: Mapping[str, str | None] = field(default_factory=dict)
    codes: tuple[int, ...] = (0, 2)
    server: Callable[[Dacon], None] | None = None
    kaggle: Callable[[KaggleServer], None] | None = None
    sends: int | None = None
    removes: bool = False
    seconds: float = 20.0
    process: bool = False
    wrapped: str = ""


@dataclass(frozen=True)
class Fault:
    """What was wrong: one of `FAULTS`, and what was seen."""

    sort: str
    seen: str


@dataclass(frozen=True)
class Outcome:
    """What became of an input.

    Attributes:
        name: "kind:number".
        what: was done.
        code: the last exit code; None where there was none.
        line: the last line on the standard error stream.
        faults: none where all is well.
    """

    name: str
    what: str
    code: int | None
    line: str
    faults: tuple[Fault, ...] = ()

    @property
    def sort(self) -> str:
        """In which column of the table it is counted."""
        return self.faults[0].sort if self.faults else "refused" if self.code else "fine"


def put(path: Path, content: bytes) -> None:
    """Give a file other content: a new file, since the old one may have a second name in the world."""
    path.unlink(missing_ok=True)
    path.write_bytes(content)


def generator(seed: int, name: str) -> random.Random:
    """The random numbers of one input: the same wherever, and after whatever, it is made."""
    return random.Random(f"{seed}/{name}")
