"""One contender in a process of its own: python -m speed.child MODULE.FUNCTION TASK.npz OUTCOME.npz.

It runs once for each line on standard input and answers with one line of JSON; at the end of the input it writes the
outcome of the last run and answers with its peak memory.
"""

import json
import os
import resource
import sys
import time
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

from peers.child import peak_memory
from speed.task import Run, load, save


def cpu_seconds() -> float:
    """CPU time of all threads of this process and of the processes it has waited for."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def all_memory() -> float:
    """The largest that this process or one that it has waited for was, MB."""
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return max(peak_memory(), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / unit)


def timed(run: Run) -> tuple[dict[str, Any], float, float]:
    """One run: its outcome, wall seconds and CPU seconds."""
    cpu, start = cpu_seconds(), time.perf_counter()
    outcome = dict(run())
    wall, used = time.perf_counter() - start, cpu_seconds() - cpu
    return outcome, float(outcome.pop("seconds", wall)), used


def main() -> None:
    """Make the run, then do as told."""
    call, task, answer = sys.argv[1:]
    # What libraries print goes to standard error: the real standard output speaks JSON alone.
    with os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1) as out:
        os.dup2(2, 1)
        module_name, _, function = call.partition(".")
        module = import_module(f"speed.{module_name}")
        run: Run = getattr(module, function)(load(Path(task)))
        print(json.dumps({"packages": {name: version(name) for name in module.PACKAGES}}), file=out)
        outcome: dict[str, Any] = {}
        for _ in sys.stdin:
            outcome, wall, cpu = timed(run)
            print(json.dumps({"wall": wall, "cpu": cpu}), file=out)
        memory = all_memory()
        save(Path(answer), outcome)
        print(json.dumps({"memory": memory}), file=out)


if __name__ == "__main__":
    main()
