"""A copy of the project for tests that run it as a user does, and the small competition in it."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.builder import configuration

ROOT = Path(__file__).parents[1]

CLASSICAL = configuration("""
[validation.schemes.holdout]
[validation.schemes.cohort]
date = "updated_date"
[retrievers.popular]
[retrievers.user_knn]
[retrievers.item_knn]
""")


class Project:
    """A copy of the project, with its own data and the set-up of the real one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @classmethod
    def new(cls, folder: Path, configuration: str) -> "Project":
        project = cls(folder)
        for name in ("Makefile", "pyproject.toml", "requirements.lock", "README.md"):
            shutil.copy2(ROOT / name, folder / name)
        shutil.copytree(ROOT / "src", folder / "src", ignore=shutil.ignore_patterns("__pycache__"))
        project.configure(configuration)
        return project

    def configure(self, configuration: str) -> None:
        path = self.folder / "data" / "sample" / "competition.toml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(configuration, encoding="utf-8")

    def command(self, *arguments: str) -> list[str]:
        """Two stages at a time, nothing logged in MLflow."""
        return ["make", "-j2", f"VENV={Path(sys.prefix)}", "UV=/bin/true", "TRACKING=0", *arguments]

    def files(self) -> dict[str, int]:
        """Time stamps of everything that the stages made, but for the table of stages itself."""
        paths = [path for path in (self.folder / "data/sample/work").rglob("*") if path.is_file()]
        return {str(path.relative_to(self.folder)): path.stat().st_mtime_ns for path in paths}

    def make(self, *arguments: str, code: int = 0) -> subprocess.CompletedProcess[str]:
        environment = {
            key: value for key, value in os.environ.items() if key not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")
        }
        run = subprocess.run(
            self.command(*arguments), cwd=self.folder, env=environment, capture_output=True, text=True, check=False
        )
        assert run.returncode == code, run.stdout + run.stderr
        assert "Traceback" not in run.stderr
        return run

    def small_sample(self) -> None:
        self.make("sample", "USERS=120", "ITEMS=80", "PAIRS=600")

    def newest(self) -> Path:
        return self.folder / (self.folder / "data/sample/work/submission.path").read_text(encoding="utf-8").strip()

    def csv(self, run: subprocess.CompletedProcess[str]) -> Path:
        last = run.stdout.strip().splitlines()[-1]
        found = re.fullmatch(r"submission: (submissions/sample/\S+\.csv)", last)
        assert found, last
        return self.folder / found[1]
