"""Without Make, without ScaNN and outside the checkout: the built wheel on a folder anywhere."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest
from tests.projects import CLASSICAL, ROOT

import shortlist

UV = shutil.which("uv") or shutil.which(ROOT / ".tools/bin/uv")

WITHOUT_SCANN = "import sys; sys.modules['scann'] = None; import shortlist.__main__"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package as its wheel has it: one of Python alone is installed by being unpacked."""
    if UV is None:
        pytest.skip("uv is not here")
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run([UV, "build", "--wheel", "--quiet", "--out-dir", folder / "dist", ROOT], check=True)
    (file,) = (folder / "dist").glob("*.whl")
    ZipFile(file).extractall(folder / "site")
    return folder / "site"


def ran(wheel: Path, folder: Path, *words: str | Path, code: int = 0) -> subprocess.CompletedProcess[str]:
    """The program, started in `folder`."""
    environment = {**os.environ, "PYTHONPATH": str(wheel)}
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_SCANN, *words], cwd=folder, env=environment, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == code, done.stdout + done.stderr
    return done


def test_from_files_to_a_checked_submission(wheel: Path, tmp_path: Path) -> None:
    """From a folder that has nothing: the same CSV as from the checkout, byte for byte; then there is nothing to do."""
    root, elsewhere = tmp_path / "mine", tmp_path / "elsewhere"
    config = root / "data/sample/competition.toml"
    config.parent.mkdir(parents=True)
    elsewhere.mkdir()
    config.write_text(CLASSICAL, encoding="utf-8")
    ran(wheel, elsewhere, "--root", root, "sample", "--users", "120", "--items", "80", "--pairs", "600")
    shutil.copytree(root, tmp_path / "checkout")

    first = ran(wheel, elsewhere, "--root", root, "run", "--until", "submit")
    name = first.stdout.splitlines()[-1].removeprefix("submission: ")
    assert "scheme holdout" in first.stdout
    expected = shortlist.run("sample", until="submit", root=tmp_path / "checkout").csv
    assert expected is not None
    assert (root / name).read_bytes() == expected.read_bytes()

    assert ran(wheel, root, "check", "--competition", "sample").stdout == f"check: {name}: all is well\n"
    again = ran(wheel, root, "run", "--until", "submit")
    assert (again.stdout, again.stderr) == (first.stdout, "")
    assert not list(elsewhere.iterdir())


def test_a_page_is_named(wheel: Path, tmp_path: Path) -> None:
    """`run --until eda` leads to a page, and says where it is; `init` writes what it needs."""
    ran(wheel, tmp_path, "sample", "--users", "60", "--items", "40", "--pairs", "250")
    ran(wheel, tmp_path, "init", "--competition", "sample")
    done = ran(wheel, tmp_path, "run", "--until", "eda")
    assert done.stdout == "eda: submissions/sample/eda.html\n"
    assert (tmp_path / "submissions/sample/eda.html").is_file()


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (
            ("--root", "nowhere", "run"),
            "--root: 'nowhere': No such file or directory; name the folder",
        ),
        (("run", "--competition", "mine"), "data/mine/competition.toml: no such file"),
        (("run", "--until", "never"), "there is no stage 'never'; there are sample, preprocess"),
    ],
)
def test_what_cannot_be_run(wheel: Path, tmp_path: Path, words: tuple[str, ...], line: str) -> None:
    """One line, and nothing is written."""
    (tmp_path / "data/sample").mkdir(parents=True)
    (tmp_path / "data/sample/competition.toml").write_text(CLASSICAL, encoding="utf-8")
    before = sorted(tmp_path.rglob("*"))
    done = ran(wheel, tmp_path, *words, code=2)
    assert done.stderr.startswith(f"shortlist: {line}")
    assert done.stderr.count("\n") == 1
    assert sorted(tmp_path.rglob("*")) == before
