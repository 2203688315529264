"""Named arrays as a file under a seal, and back only where it is the very file that was written.

It is one that `numpy.load` reads: a ZIP file, in which each array has a checksum. The seal is its last member, and
says which file it is and what checksums the arrays have; reading an array compares it with its own.
"""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from zipfile import ZIP_STORED, ZipFile, ZipInfo

import numpy as np
from numpy.typing import ArrayLike

from shortlist.common.files import atomic
from shortlist.common.seals import label, reading

SEAL = "seal.json"


def write_arrays(path: Path, arrays: Iterable[tuple[str, ArrayLike]]) -> None:
    """Write arrays by name, which may be made one at a time, whole or not at all; never as pickles."""
    with atomic(path) as temporary, ZipFile(temporary, "w", ZIP_STORED) as file:
        for name, array in arrays:
            with file.open(ZipInfo(f"{name}.npy"), "w", force_zip64=True) as member:
                np.lib.format.write_array(member, np.asanyarray(array), allow_pickle=False)
        file.writestr(ZipInfo(SEAL), json.dumps(_seal(path, file)))


class Arrays:
    """The arrays of an open file, each read when it is asked for: raises Damaged where it is not what was written."""

    def __init__(self, path: Path, file: ZipFile, done: Path | None) -> None:
        self.path, self._file, self._done = path, file, done
        self.names = [name.removesuffix(".npy") for name in file.namelist() if name != SEAL]

    def __contains__(self, name: str) -> bool:
        return name in self.names

    def __getitem__(self, name: str) -> np.ndarray:
        with reading(self.path, self._done):
            self._check_size(f"{name}.npy")
            with self._file.open(f"{name}.npy") as member:
                array: np.ndarray = np.lib.format.read_array(member, allow_pickle=False)
        return array

    def get(self, name: str) -> np.ndarray | None:
        """An array that need not be there."""
        if name not in self:
            return None
        return self[name]

    def _check_size(self, name: str) -> None:
        """Make sure that an array is as large as its place in the file, before there is memory for it."""
        with self._file.open(name) as member:
            version = np.lib.format.read_magic(member)
            read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
            shape, _, dtype = read(member)
            left = self._file.getinfo(name).file_size - member.tell()
        if int(np.prod(shape, dtype=object)) * dtype.itemsize != left:
            raise ValueError("the header is another array's")


@contextmanager
def open_arrays(path: Path, done: Path | None = None) -> Iterator[Arrays]:
    """The arrays that `write_arrays` wrote.

    Args:
        path: of the file.
        done: see `seals.reading`.

    Raises:
        Damaged: the file is missing, or holds something else.
    """
    with reading(path, done):
        file = ZipFile(path)
    with file:
        with reading(path, done):
            if json.loads(file.read(SEAL)) != _seal(path, file) or _size(file) > path.stat().st_size:
                raise ValueError("the seal is another")
        yield Arrays(path, file, done)


def _seal(path: Path, file: ZipFile) -> dict[str, Any]:
    return {
        "file": label(path),
        "arrays": {part.filename: part.CRC for part in file.infolist() if part.filename != SEAL},
    }


def _size(file: ZipFile) -> int:
    return sum(part.file_size for part in file.infolist())
