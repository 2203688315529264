"""What Windows does otherwise: nobody can try it here, but the types of the platform can be held against all of it."""

import subprocess
import sys
from pathlib import Path

import pytest
from tests.projects import ROOT


@pytest.mark.slow
@pytest.mark.parametrize("platform", ["win32", "darwin"])
def test_no_call_is_made_that_a_system_lacks(tmp_path: Path, platform: str) -> None:
    """Outside the branches that are another system's."""
    words = [sys.executable, "-m", "mypy", "--platform", platform, "--cache-dir", str(tmp_path), "src"]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_the_systems_have_the_same_names() -> None:
    """Each branch defines all that the others do."""
    text = (ROOT / "src/shortlist/common/system.py").read_text(encoding="utf-8")
    windows, others = text.split('if sys.platform == "win32":')[1].split("\nelse:\n")
    names = [[line.split("(")[0].split("=")[0].strip() for line in branch.splitlines()
              if line.startswith(("    def ", "    AT_ONCE"))] for branch in (windows, others)]  # fmt: skip
    assert names[0] == names[1]
    assert len(names[0]) == 8
