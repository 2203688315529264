"""How many processes this machine has room for."""

import os
from pathlib import Path

import loky
import psutil

from shortlist.common.system import peak_memory
from shortlist.errors import ConfigError, shown

MOST_WORKERS = 10_000
"""More than any machine has cores for."""

MOST_GB = 1_000_000
"""A petabyte: more than any machine has."""

CGROUP = Path("/sys/fs/cgroup")
"""Where Linux shows the limits of a container."""


def room(threads: int) -> int:
    """Processes of so many threads that fit into cores and memory, each as large as this one has been; at least 1.

    WORKERS in the environment is the most there may be.

    Raises:
        ConfigError: WORKERS, or Loky's own LOKY_MAX_CPU_COUNT, is not a whole number above 0.
    """
    _count("LOKY_MAX_CPU_COUNT")  # read by `cpu_count`
    fitting = min(loky.cpu_count() // threads, available_memory() // peak_memory())
    return max(1, min(fitting, _count("WORKERS") or fitting))


def _count(name: str) -> int | None:
    """A variable of the environment; None where it is not set."""
    asked = os.environ.get(name)
    if not asked:
        return None
    count = int(asked) if asked.isdecimal() and len(asked) <= len(str(MOST_WORKERS)) else 0
    if not 0 < count <= MOST_WORKERS:
        raise ConfigError(f"{name}: must be a whole number from 1 to {MOST_WORKERS:,}, got {shown(asked)}")
    return count


def usable_memory() -> int:
    """Bytes that a method may take: SHORTLIST_MEMORY_GB of the environment, or what is available.

    Raises:
        ConfigError: SHORTLIST_MEMORY_GB is not a number above 0, or more than any machine has.
    """
    asked = os.environ.get("SHORTLIST_MEMORY_GB")
    if not asked:
        return available_memory()
    try:
        size = float(asked)
    except ValueError:
        size = 0.0
    if not 0 < size <= MOST_GB:
        raise ConfigError(f"SHORTLIST_MEMORY_GB: must be a number above 0 and up to {MOST_GB:,}, got {shown(asked)}")
    return int(size * 1e9)


def available_memory() -> int:
    """Bytes that processes could take without swapping."""
    free = int(psutil.virtual_memory().available)
    try:
        limit, used = (int((CGROUP / f"memory.{name}").read_text(encoding="ascii")) for name in ("max", "current"))
    except (OSError, ValueError):  # no container, or one without a limit
        return free
    return min(free, max(0, limit - used))
