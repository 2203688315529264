"""What the scripts of benchmarks share: what their figures hold for, and how they end."""

import os
import platform
import sys
from collections.abc import Callable
from pathlib import Path

from shortlist.errors import ShortlistError


def machine() -> dict[str, str | int | float]:
    """What the figures hold for; a load before the start says that others were using the cores."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    cpu = next((line.split(": ")[1] for line in lines if line.startswith("model name")), platform.processor())
    load = round(os.getloadavg()[0], 2)
    return {"cpu": cpu, "cores": os.cpu_count() or 1, "load_before": load, "python": platform.python_version()}


def run_script(name: str, run: Callable[[], None]) -> None:
    """Run a script; errors meant for the user are one line and exit code 2."""
    try:
        run()
    except ShortlistError as error:
        print(f"{name}: {error}", file=sys.stderr)
        sys.exit(2)
    except OSError as error:
        print(f"{name}: {error.filename or 'file system'}: {error.strerror or error}", file=sys.stderr)
        sys.exit(2)
