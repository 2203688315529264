"""How many processes this machine has room for."""

import os
import resource
import sys
from pathlib import Path

import loky

from shortlist.errors import ConfigError

CGROUP = Path("/sys/fs/cgroup")
"""Where Linux shows the limits of a container."""


def room(threads: int) -> int:
    """Processes of so many threads that fit into cores and memory, each as large as this one has been; at least 1.

    WORKERS in the environment is the most there may be.

    Raises:
        ConfigError: WORKERS is not a whole number above 0.
    """
    fitting = min(loky.cpu_count() // threads, available_memory() // peak_memory())
    asked = os.environ.get("WORKERS")
    if asked:
        if not asked.isdecimal() or int(asked) < 1:
            raise ConfigError(f"WORKERS: must be a whole number above 0, got '{asked}'")
        fitting = min(fitting, int(asked))
    return max(1, fitting)


def peak_memory() -> int:
    """The most bytes that this process has had in memory."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def available_memory() -> int:
    """Bytes that processes could take without swapping; where the system does not tell, half of what is built in."""
    try:
        lines = dict(line.split(":", 1) for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines())
        free = int(lines["MemAvailable"].split()[0]) * 1024
    except (OSError, KeyError):
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2
    try:
        limit, used = (int((CGROUP / f"memory.{name}").read_text(encoding="ascii")) for name in ("max", "current"))
    except (OSError, ValueError):  # no container, or one without a limit
        return free
    return min(free, max(0, limit - used))
