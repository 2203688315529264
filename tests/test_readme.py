"""The README says what is true, in both languages."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from shortlist.data.sample import SampleSize, write_sample

ROOT = Path(__file__).parents[1]
READMES = ("README.md", "README.ko.md")


def blocks(name, language):
    text = (ROOT / name).read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)


def test_both_languages_show_the_same_code():
    """Commands, programs and tables of output are the same in English and Korean, but for comments."""
    english, korean = ([re.sub(r"#.*", "", block) for block in blocks(name, r"\w*")] for name in READMES)
    assert len(english) >= 5
    assert english == korean


@pytest.mark.parametrize("name", READMES)
def test_library_example_runs(name, tmp_path):
    """The example for notebooks prints recall@5 on the synthetic sample."""
    (example,) = [block for block in blocks(name, "python") if "import shortlist" in block]
    write_sample(tmp_path / "data/sample", SampleSize(200, 150, 1000), seed=0)
    run = subprocess.run(
        [sys.executable, "-c", example],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert re.match(r"Estimate\(mean=0\.\d+, error=0\.\d+\)", run.stdout)


@pytest.mark.parametrize("name", READMES)
def test_named_files_and_targets_exist(name):
    """Every target that the text calls with make is one, and every retriever that it lists is there."""
    text = (ROOT / name).read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))
    assert set(re.findall(r"`make ([a-z-]+)", text)) <= targets
    for kind in re.findall(r"^\| `([a-z_]+)` \| ", text, flags=re.MULTILINE):
        assert kind == "seed" or (ROOT / f"src/shortlist/retrievers/{kind}.py").exists()
