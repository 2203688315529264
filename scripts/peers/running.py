"""Environments of their own for the peers, and one fresh process for each run."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from peers.exchange import Answer
from shortlist.common.files import write_text

ROOT = Path(__file__).parents[2]
PYTHONS = ">=3.11,<3.13"
"""Of the environments: what the oldest of the pinned packages, NumPy 1.26, has wheels for."""


class PeerError(Exception):
    """A peer that cannot be installed or fails: the message, one line, stands in its row."""


@dataclass(frozen=True)
class Row:
    """One row of the table.

    Attributes:
        title: for people.
        adapter: module of `scripts/peers`.
        model: the adapter's name for the model.
        environment: name of its requirements file in `scripts/peers`; None runs with our own packages.
        filters: whether seen items are dropped by the library instead of by us.
    """

    title: str
    adapter: str
    model: str
    environment: str | None = None
    filters: bool = False


def last_line(text: str | bytes | None) -> str:
    """What matters of a traceback or of an installer's notes."""
    decoded = text.decode(errors="replace") if isinstance(text, bytes) else text or ""
    lines = [line.strip() for line in decoded.splitlines() if line.strip()]
    return lines[-1] if lines else "no message"


def interpreter(environment: str | None) -> Path:
    """The Python of an environment, which is made if it is not there or its requirements have changed.

    Raises:
        PeerError: uv is not there, or the packages cannot be installed.
    """
    if environment is None:
        return Path(sys.executable)
    folder = ROOT / ".venv-peers" / environment
    wanted = Path(__file__).with_name(f"{environment}.txt")
    ready, python = folder / ".ready", folder / "bin" / "python"
    if not (ready.exists() and ready.read_text(encoding="utf-8") == wanted.read_text(encoding="utf-8")):
        uv = os.environ.get("UV") or shutil.which("uv") or str(ROOT / ".tools" / "bin" / "uv")
        _install([uv, "venv", "--quiet", "--clear", "--python", PYTHONS, str(folder)])
        _install([uv, "pip", "sync", "--quiet", "--python", str(python), str(wanted)])
        write_text(ready, wanted.read_text(encoding="utf-8"))
    return python


def _install(command: list[str]) -> None:
    try:
        done = subprocess.run(
            command, capture_output=True, check=False, env=os.environ | {"UV_PYTHON_DOWNLOADS": "never"}
        )
    except OSError as error:
        raise PeerError(f"not installed: {command[0]}: {error.strerror}; run make setup, or name uv with UV=") from None
    if done.returncode:
        raise PeerError(f"not installed: {last_line(done.stderr)}")


def thread_limits(threads: int) -> dict[str, str]:
    """Environment variables that hold BLAS, OpenMP and TensorFlow to so many threads."""
    names = ("OMP", "OPENBLAS", "MKL", "NUMBA")
    limits = {f"{name}_NUM_THREADS": str(threads) for name in names}
    return limits | {f"TF_NUM_{kind}_THREADS": str(threads) for kind in ("INTRAOP", "INTEROP")}


def run_child(row: Row, task: Path, *, threads: int, timeout: float) -> Answer:
    """Run a row's model on the task in a file, in a fresh process.

    Raises:
        PeerError: it cannot be installed, fails, or takes more than `timeout` seconds.
    """
    answer = task.with_name("answer.npz")
    answer.unlink(missing_ok=True)
    command = [str(interpreter(row.environment)), "-P", "-m", "peers.child", row.adapter, row.model]
    # src holds the package `shortlist` alone: a peer's environment does not import it.
    paths = os.pathsep.join(str(ROOT / folder) for folder in ("scripts", "src"))
    environment = os.environ | thread_limits(threads) | {"PYTHONPATH": paths}
    try:
        done = subprocess.run(
            [*command, str(task), str(answer)], env=environment, capture_output=True, timeout=timeout, check=False
        )
    except subprocess.TimeoutExpired:
        raise PeerError(f"stopped after {timeout:.0f} s") from None
    if done.returncode or not answer.exists():
        raise PeerError(f"failed: {last_line(done.stderr)}")
    return Answer.load(answer)
