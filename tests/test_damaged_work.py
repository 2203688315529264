"""Whatever becomes of a file that a stage has left: one line, or made again; in the end the submission is the same."""

import os
import random
import shutil
from pathlib import Path

import numpy as np
import pytest
from tests.builder import competition, configuration

import shortlist
from shortlist.common.seals import Damaged
from shortlist.data.sample import SampleSize

CONFIGURATION = configuration("""
[validation.schemes.holdout]
[retrievers.popular]
[retrievers.user_knn]
[blend]
candidates = 15
[rerankers.lightgbm]
trees = 5
min_rows = 5
""")

WORK = Path("data/small/work")
FILES = (
    "dataset/events.npz", "dataset/asked.npz", "dataset/users.parquet", "dataset/form.json", "blend.json",
    "folds/popular/holdout-1.npz", "folds/blend/holdout-1.npz", "folds/lightgbm/holdout-1.npz", "final/popular.npz",
    "final/blend.npz", "features/1.npz", "features/final.npz", "validation.json", "submission.path",
)  # fmt: skip
DOWNSTREAM = ("validation.json", "submission.path", "final/blend.npz", "final/lightgbm.npz", "folds/lightgbm/done")
"""What is deleted too, so that the damaged file is read again."""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, bytes]:
    """A competition whose submission is made, the name of its CSV and its content."""
    root = tmp_path_factory.mktemp("built")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        competition(Path(), CONFIGURATION, SampleSize(users=120, items=90, pairs=600))
        csv = shortlist.run("small", "submit").csv
        assert csv is not None
        return root, csv, csv.read_bytes()


def damage(kind: str, path: Path, draw: random.Random) -> None:
    content = path.read_bytes()
    match kind:
        case "missing":
            path.unlink()
        case "empty":
            path.write_bytes(b"")
        case "cut off":
            path.write_bytes(content[: draw.randrange(1, len(content))])
        case "zeros":
            path.write_bytes(bytes(len(content)))
        case "random bytes":
            path.write_bytes(draw.randbytes(500))
        case "another stage's":
            others = [file for file in path.parents[1].rglob(f"*{path.suffix}") if file != path]
            shutil.copyfile(draw.choice(sorted(others) or [WORK / "blend.json"]), path)
        case "an older version":
            np.savez(path.with_suffix(".npz"), users=np.arange(3), items=np.zeros((3, 2), int), scores=np.zeros((3, 2)))
            path.with_suffix(".npz").replace(path)


KINDS = ("missing", "empty", "cut off", "zeros", "random bytes", "another stage's", "an older version")


@pytest.mark.parametrize(("number", "file"), enumerate(FILES), ids=FILES)
def test_a_damaged_file_is_told_or_made_anew(built, tmp_path, monkeypatch, number, file):
    """One kind of damage for each file, each kind twice: at most a few such lines, and then the same bytes."""
    root, csv, content = built
    shutil.copytree(root, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    damage(KINDS[number % len(KINDS)], WORK / file, random.Random(number))
    for name in DOWNSTREAM:
        if name != file:
            (WORK / name).unlink(missing_ok=True)
    assert finished(3) == csv
    assert csv.read_bytes() == content


def finished(tries: int) -> Path | None:
    """Run until there is a CSV, and do what each line says."""
    for _ in range(tries):
        try:
            return shortlist.run("small", "submit").csv
        except Damaged as error:
            said = str(error)
        assert "\n" not in said
        path, _, what = said.partition(": ")
        assert what in ("damaged; delete it and run again", "missing; run `make` again")
        if what.startswith("damaged"):
            os.unlink(path)  # noqa: PTH108 (as a person would)
    return None
