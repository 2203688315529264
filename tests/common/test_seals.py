"""What lies where a stage has left a file is read as that file, or told at once."""

import random
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.fuzz.mutations import replaced

from shortlist.common.array_files import open_arrays, write_arrays
from shortlist.common.files import write_text, write_text_if_changed
from shortlist.common.json_files import read_json, write_json
from shortlist.common.seals import Damaged
from shortlist.config.paths import Paths
from shortlist.pipeline.results import load_newest_csv, save_newest_csv


def _read_arrays(path: Path) -> None:
    with open_arrays(path):
        pass


def _read_newest(path: Path) -> None:
    if load_newest_csv(Paths("small", path.parents[3])) is None:
        raise Damaged("none")


WAYS: dict[str, tuple[Callable[[Path], None], Callable[[Path], object]]] = {
    "arrays": (lambda path: write_arrays(path, [("a", [1, 2])]), _read_arrays),
    "name of the newest CSV": (lambda path: save_newest_csv(Paths("small", path.parents[3]), path), _read_newest),
    "JSON": (lambda path: write_json(path, {"a": 1}), lambda path: read_json(path, dict)),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("seed", range(12))
def test_something_else_in_its_place_is_told_at_once(tmp_path: Path, way: str, seed: int) -> None:
    """A pipe that nobody writes to, a device without an end, a folder, nothing."""
    path = tmp_path / "data/small/work/submission.path"
    csv = tmp_path / "submissions/small/submission.path"
    write_text(csv, "")
    write, read = WAYS[way]
    write(path)
    read(path)
    replaced(random.Random(seed), path)
    with pytest.raises((Damaged, OSError)):
        read(path)


@pytest.mark.parametrize("seed", range(12))
def test_it_is_written_in_its_place(tmp_path: Path, seed: int) -> None:
    """Where a section of the configuration belongs is anything else: it is as good as missing, but for a folder."""
    path = tmp_path / "work/config/folds.json"
    write_text(path, "text")
    what = replaced(random.Random(seed), path)
    if what == "a folder":
        with pytest.raises(IsADirectoryError):
            write_text_if_changed(path, "text")
    else:
        assert write_text_if_changed(path, "text")
        assert path.read_text() == "text"
        assert not write_text_if_changed(path, "text")
