"""One model on one task in a process of its own: python -m peers.child ADAPTER MODEL TASK.npz ANSWER.npz."""

import resource
import sys
import time
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import cast

from peers.exchange import Adapter, Answer, Task


def peak_memory() -> float:
    """The largest this process was, MB.

    `ru_maxrss` also counts what the process was before exec, a copy of its parent; Linux tells the program's own peak.
    """
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text(encoding="ascii").splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def run(adapter: Adapter, model: str, task: Task) -> Answer:
    """Fit, predict, and what that took."""
    peer = adapter.make(model, task)
    start = time.perf_counter()
    peer.fit()
    fitted = time.perf_counter()
    items = peer.predict()
    done = time.perf_counter()
    packages = {name: version(name) for name in adapter.PACKAGES}
    return Answer(items.astype("int32"), fitted - start, done - fitted, peak_memory(), packages)


def main() -> None:
    """Read the task, write the answer."""
    adapter, model, task, answer = sys.argv[1:]
    module = cast(Adapter, import_module(f"peers.{adapter}"))
    run(module, model, Task.load(Path(task))).save(Path(answer))


if __name__ == "__main__":
    main()
