"""Time every stage beside other libraries and the limits of the machine, and write one table.

Contenders of a stage take turns, each in a process of its own, so that what else the machine does falls on all and that
each one's peak memory is its own (its imports and its input included; of a chain of processes, the largest). The first
turn of each is a warm-up, not counted. "times ours" compares the turns pair by pair: 2 took twice as long as ours. A
goal of 1 is to be ahead of a peer, one of 0.5 to be within twice a limit; the median is what counts.

Run: make bench [COMPETITION=dacon_236170] [ARGS="--only topn ease"]
"""

import argparse
import json
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import bench_ann
import bench_chain
import bench_ease
import bench_evaluation
import bench_neighbours
import bench_topn
import bench_training
from console import machine, run_script
from shortlist.common.files import write_text
from shortlist.config.paths import Paths
from shortlist.errors import ConfigError, DataError
from speed.measure import run_stage
from speed.options import Options
from speed.stage import Stage
from speed.table import collect, markdown

GROUPS: dict[str, Callable[[Options], list[Stage]]] = {
    "training": bench_training.stages,
    "topn": bench_topn.stages,
    "neighbours": bench_neighbours.stages,
    "ease": bench_ease.stages,
    "evaluation": bench_evaluation.stages,
    "chain": bench_chain.stages,
    "ann": bench_ann.stages,
}
"""Name -> the stages of a group, each with what it needs."""

LARGE = ("ann",)
"""Groups of many minutes: only with --large, or when they are named."""

FOLDER = Path("bench")


def options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n", maxsplit=1)[0])
    parser.add_argument("--competition", default="sample", help="its folder below data/")
    parser.add_argument("--only", nargs="+", metavar="GROUP", help=f"of {', '.join(GROUPS)}")
    parser.add_argument("--large", action="store_true", help=f"also {', '.join(LARGE)}: minutes of building indexes")
    parser.add_argument("--repeats", type=int, default=5, help="turns that count, after one that does not")
    parser.add_argument("--threads", type=int, default=os.cpu_count(), help="of every contender; all cores by default")
    parser.add_argument("--timeout", type=float, default=1800, help="seconds for one turn of one contender")
    parser.add_argument("--vectors", type=int, default=1_000_000, help="of the approximate search")
    parser.add_argument("--queries", type=int, default=2000, help="of the approximate search")
    parser.add_argument("--output", type=Path, default=FOLDER, help="folder for bench.json and bench.md")
    return parser.parse_args()


def check(given: argparse.Namespace) -> list[str]:
    """Say what is wrong before anything runs; returns the groups to run.

    Raises:
        ConfigError, DataError: an option that cannot be used, or no data yet.
    """
    if unknown := [name for name in given.only or () if name not in GROUPS]:
        raise ConfigError(f"--only: there is no '{unknown[0]}'; there are {', '.join(GROUPS)}")
    for option in ("repeats", "threads", "timeout", "vectors", "queries"):
        if getattr(given, option) <= 0:
            raise ConfigError(f"--{option}: must be more than 0, got {getattr(given, option)}")
    paths = Paths(given.competition)
    if not (paths.dataset / "events.npz").exists():
        raise DataError(f"{paths.dataset}: no dataset; run make preprocess COMPETITION={paths.competition}")
    return given.only or [name for name in GROUPS if given.large or name not in LARGE]


def bench(given: argparse.Namespace) -> None:
    """Run the groups; the table is rewritten after each stage, so that what is there survives a stop."""
    names = check(given)
    chosen = Options(given.competition, given.repeats, given.threads, given.timeout, given.vectors, given.queries)
    about: dict[str, Any] = {
        **machine(),
        "date": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        "competition": given.competition,
        "threads": given.threads,
        "repeats": f"{given.repeats} after a warm-up; the whole chain once",
    }
    done: list[dict[str, Any]] = []
    for name in names:
        for stage in GROUPS[name](chosen):
            results = run_stage(stage, repeats=given.repeats, threads=given.threads, timeout=given.timeout)
            done.append(collect(stage, results))
            versions = {package: version for result in results.values() for package, version in result.packages.items()}
            about["versions"] = dict(sorted((about.get("versions", {}) | versions).items()))
            text = json.dumps({"about": about, "stages": done}, indent=2, ensure_ascii=False)
            write_text(given.output / "bench.json", text + "\n")
            write_text(given.output / "bench.md", markdown(about, done))
    print((given.output / "bench.md").read_text(encoding="utf-8"))


if __name__ == "__main__":
    run_script("bench", lambda: bench(options()))
