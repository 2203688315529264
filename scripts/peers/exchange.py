"""What the benchmark and its peers tell each other, by file: a peer's environment may have other versions of all.

Only NumPy is imported here, since this is read in all environments.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.int32]


@dataclass(frozen=True)
class Task:
    """One fold, as a peer sees it.

    Attributes:
        pairs: (n, 2) int32, the visible (user, item) codes.
        rows: (n,) positions of the pairs in the competition's dataset, for models that also read its tables.
        users: (m,) int32, for whom lists are wanted.
        shape: numbers of users and items, U and I.
        n: length of the final lists.
        length: n and as many more as one of the users has seen: so long a list has n items left without the seen ones.
        threads: to be used.
        seed: of whatever is random.
        competition: its name below data/.
    """

    pairs: IntArray
    rows: NDArray[np.int64]
    users: IntArray
    shape: tuple[int, int]
    n: int
    length: int
    threads: int
    seed: int
    competition: str

    def save(self, path: Path) -> None:
        """Write what `load` reads."""
        about = asdict(self)
        arrays = {name: about.pop(name) for name in ("pairs", "rows", "users")}
        np.savez(path, about=np.array(json.dumps(about)), **arrays)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read what `save` wrote."""
        with np.load(path) as file:
            about = json.loads(str(file["about"]))
            about["shape"] = tuple(about["shape"])
            return cls(pairs=file["pairs"], rows=file["rows"], users=file["users"], **about)


@dataclass(frozen=True)
class Answer:
    """What a peer made of a task.

    Attributes:
        items: (m, N) int32 item codes of the task's users, best first; negative where there are no more.
        fit_seconds, predict_seconds: wall clock, without imports and the reading of the task.
        memory: the largest the process was, MB.
        packages: name -> version of what did the work.
    """

    items: IntArray
    fit_seconds: float
    predict_seconds: float
    memory: float
    packages: dict[str, str]

    def save(self, path: Path) -> None:
        """Write what `load` reads."""
        about = asdict(self)
        np.savez(path, items=about.pop("items"), about=np.array(json.dumps(about)))

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read what `save` wrote."""
        with np.load(path) as file:
            return cls(items=file["items"], **json.loads(str(file["about"])))


class Peer(Protocol):
    """A model of a task; reading the task into the library's own form is its constructor's, which is not timed."""

    def fit(self) -> None:
        """Train on the visible pairs."""
        ...

    def predict(self) -> IntArray:
        """Lists of the task's users, (m, N) int32: `length` items, or `n` by a model that drops seen ones itself."""
        ...


class Adapter(Protocol):
    """A module of this folder that puts a library behind `Peer`."""

    PACKAGES: tuple[str, ...]

    @staticmethod
    def make(name: str, task: Task) -> Peer:
        """The library's model that the benchmark calls `name`."""
        ...
