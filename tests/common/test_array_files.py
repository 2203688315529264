"""Arrays under a seal: they come back as they were, and from nothing but the file that was written."""

import io
import json
import random
import shutil
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile, ZipInfo

import numpy as np
import pytest

from shortlist.common.array_files import SEAL, open_arrays, write_arrays
from shortlist.common.seals import Damaged

ARRAYS = {
    "users": np.arange(40, dtype=np.int32),
    "items": np.arange(400, dtype=np.int32).reshape(40, 10)[:, ::-1],
    "scores": np.linspace(-1, 1, 400, dtype=np.float32).reshape(40, 10),
    "about": np.array('{"made_from": "둘"}'),
    "state/none": np.empty((0, 3)),
    "state/flag": np.array(True),
}


def content(path: Path, done: Path | None = None) -> dict[str, np.ndarray]:
    with open_arrays(path, done) as arrays:
        return {name: arrays[name] for name in arrays.names}


def at(root: Path, name: str = "final/popular.npz", competition: str = "small") -> Path:
    return root / "data" / competition / "work" / name


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = at(tmp_path)
    write_arrays(path, ARRAYS.items())
    return path


def test_what_is_written_comes_back(file: Path) -> None:
    """Every shape and dtype, and NumPy reads the file too; written again it has the same bytes."""
    for found in (content(file), {name: np.load(file)[name] for name in ARRAYS}):
        assert list(found) == list(ARRAYS)
        for name, array in ARRAYS.items():
            assert found[name].dtype == array.dtype
            np.testing.assert_array_equal(found[name], array)
    before = file.read_bytes()
    write_arrays(file, iter(ARRAYS.items()))
    assert file.read_bytes() == before


def test_an_array_that_need_not_be_there(file: Path) -> None:
    """Asked for by `get`, it is None; by its name alone, the file is one of another version."""
    with open_arrays(file) as arrays:
        assert "users" in arrays
        assert "lists" not in arrays
        assert arrays.get("lists") is None
        with pytest.raises(Damaged, match=r"popular\.npz: damaged; delete it and run again"):
            arrays["lists"]


def test_no_pickle_is_written(tmp_path: Path) -> None:
    """An array of objects would need one; nothing is left behind."""
    with pytest.raises(ValueError, match="pickle"):
        write_arrays(tmp_path / "a.npz", {"ids": np.array(["a", "b"], dtype=object)}.items())
    assert list(tmp_path.iterdir()) == []


def plain_savez(path: Path) -> None:
    np.savez(path, users=ARRAYS["users"], items=ARRAYS["items"], scores=ARRAYS["scores"])


def unsealed(path: Path) -> None:
    """The very arrays, with a seal, but others than the seal says."""
    old = path.read_bytes()
    with ZipFile(io.BytesIO(old)) as before, ZipFile(path, "w", ZIP_STORED) as after:
        for info in before.infolist():
            text = before.read(info)
            after.writestr(ZipInfo(info.filename), text[:-1] + b"\1" if info.filename == "scores.npy" else text)


def pickled(path: Path) -> None:
    with path.open("wb") as file:
        np.save(file, np.array([print], dtype=object), allow_pickle=True)


def huge(path: Path) -> None:
    """An array that claims to be larger than any memory."""
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"shape": (10**15,), "fortran_order": False, "descr": "<f8"})
    with ZipFile(path, "w", ZIP_STORED) as file:
        file.writestr(ZipInfo("users.npy"), header.getvalue())
        crc = file.getinfo("users.npy").CRC
        file.writestr(
            ZipInfo(SEAL), json.dumps({"file": "small/work/final/popular.npz/1", "arrays": {"users.npy": crc}})
        )


DAMAGE = {
    "empty": lambda path: path.write_bytes(b""),
    "a byte": lambda path: path.write_bytes(b"P"),
    "cut off": lambda path: path.write_bytes(path.read_bytes()[:2000]),
    "without its end": lambda path: path.write_bytes(path.read_bytes()[:-1]),
    "zeros": lambda path: path.write_bytes(bytes(path.stat().st_size)),
    "random bytes": lambda path: path.write_bytes(random.Random(0).randbytes(3000)),
    "text": lambda path: path.write_text("users,items\n1,2\n", encoding="utf-8"),
    "an array, and no file of them": lambda path: path.write_bytes(np.lib.format.magic(1, 0) + b"\0" * 100),
    "an older version": plain_savez,
    "arrays that were exchanged": unsealed,
    "a pickle": pickled,
    "larger than any memory": huge,
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_file_is_named(file: Path, damage) -> None:
    """In one line that says what to do, and the file that says that all is done goes."""
    damage(file)
    done = file.with_name("done")
    done.touch()
    with pytest.raises(Damaged) as error:
        content(file, done)
    assert str(error.value) == f"{file}: damaged; delete it and run again"
    assert not done.exists()


def test_a_missing_file_is_named(file: Path) -> None:
    """Like a damaged one, but that there is nothing to delete."""
    file.unlink()
    done = file.with_name("done")
    done.touch()
    with pytest.raises(Damaged, match=r"popular\.npz: missing; run `make` again"), open_arrays(file, done):
        pass
    assert not done.exists()


def test_what_the_system_refuses_is_no_damage(file: Path) -> None:
    """A folder in the file's place is told by its own name, and nothing goes."""
    file.unlink()
    file.mkdir()
    done = file.with_name("done")
    done.touch()
    with pytest.raises(IsADirectoryError), open_arrays(file, done):
        pass
    assert done.exists()


def test_every_lost_byte_is_noticed(file: Path) -> None:
    """A byte that is another, wherever it is: an error, or arrays as they were, never others."""
    whole, draw = file.read_bytes(), random.Random(3)
    noticed = 0
    for place in draw.sample(range(len(whole)), 400):
        file.write_bytes(whole[:place] + bytes([whole[place] ^ draw.randrange(1, 256)]) + whole[place + 1 :])
        try:
            found = content(file)
        except Damaged:
            noticed += 1
            continue
        assert list(found) == list(ARRAYS)
        assert all(found[name].tobytes() == array.tobytes() for name, array in ARRAYS.items())
    assert noticed > 300


@pytest.mark.parametrize("other", ["final/ials.npz", "folds/popular/kfold-1.npz", "features/1.npz"])
def test_another_file_s_content_is_damage(tmp_path: Path, file: Path, other: str) -> None:
    """A file knows which it is: another method's, another stage's or another competition's does not pass for it."""
    for path in (at(tmp_path, other), at(tmp_path, competition="other")):
        write_arrays(path, ARRAYS.items())
        shutil.copy2(path, file)
        with pytest.raises(Damaged):
            content(file)


def test_a_project_may_be_moved(tmp_path: Path, file: Path) -> None:
    """Where the project lies is no part of the seal, nor how its path is written."""
    moved = tmp_path / "work" / "data" / "elsewhere"
    shutil.copytree(tmp_path / "data", moved / "data")
    assert list(content(at(moved))) == list(ARRAYS)
