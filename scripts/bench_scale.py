"""How time and memory of every stage grow with the data: synthetic competitions, from CSV to a checked CSV.

Each size is a log of `scale_log.py` in a folder of its own, taken through the stages that Make would run, each in a
process of its own. Memory is the most that a stage's processes had together, sampled several times a second. The
exponent is the slope of log(time) or log(memory) over log(pairs): 1 is linear. What a stage costs at any size, such as
its imports, makes it smaller, so that the largest two sizes alone have a column too. The sum is of the stages that ran
at every size: a retriever that needs more memory than there is, is left out. Run:
PYTHONPATH=src .venv/bin/python scripts/bench_scale.py --out scale.json
PYTHONPATH=src .venv/bin/python scripts/bench_scale.py --sizes 1000000x200000x20000000 --folder /var/tmp/scale
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from console import machine
from scale_log import write_log
from shortlist.chain import leading_to
from shortlist.common.files import write_text
from shortlist.config.paths import Paths
from shortlist.increments import Results
from shortlist.pipeline.run import Run

NAME = "scale"
INTERVAL = 0.2  # seconds between two looks at a stage's memory
SIZES = "25000x5000x500000,50000x10000x1000000,100000x20000x2000000"

CONFIGURATION = """\
# A synthetic log at scale, with the methods that suit a million users.
title = "Synthetic log at scale"
url = "scripts/scale_log.py"
candidates = 50

[source]
kind = "interactions"
log = "log.csv"
user = "user"
item = "item"
time = "time"

[question]
k = 5

[submission]
sample = "sample_submission.csv"

[validation]
folds = 1
ks = [5, 10, 50]

[validation.schemes.last_days]
window = "14d"
learning = 1

[retrievers.trending]

[retrievers.covisitation]

[retrievers.two_tower]   # by ScaNN from 100,000 items on
epochs = 1
seeds = 1
dimensions = 32

[blend]
candidates = 20

[rerankers.lightgbm]
"""


@dataclass(frozen=True)
class Size:
    """How large a synthetic competition is."""

    users: int
    items: int
    pairs: int


@dataclass(frozen=True)
class Cost:
    """What a stage took: wall-clock seconds, and bytes that its processes had together at most."""

    seconds: float
    memory: int


def sizes(text: str) -> list[Size]:
    """Read "100x50x500,200x100x1000"."""
    return [Size(*map(int, one.split("x"))) for one in text.split(",")]


def stages(folder: Path) -> Iterator[tuple[str, list[str]]]:
    """The commands of `shortlist` that `make submission` and `make check` run, in their order, with names."""
    yield "rules", ["rules"]
    for stage, step in leading_to(Run.load(NAME, root=folder), ["report"]):
        option = [] if step.value is None else [f"--{stage.option}", step.value]
        yield " ".join([stage.name, *option[1:]]), [stage.name, *option]


def measured(command: Sequence[str], folder: Path) -> Cost:
    """Run a command of `shortlist` to its end.

    Raises:
        SystemExit: it failed; with what it said.
    """
    arguments = [sys.executable, "-m", "shortlist", command[0], "--competition", NAME, *command[1:]]
    start = time.perf_counter()
    process = subprocess.Popen(  # in a session of its own, by which its processes are found
        arguments, cwd=folder, start_new_session=True
    )
    most = 0
    while process.poll() is None:
        most = max(most, _memory(process.pid))
        time.sleep(INTERVAL)
    if process.returncode:
        raise SystemExit(f"bench_scale: `shortlist {' '.join(command)}` failed")
    return Cost(time.perf_counter() - start, most)


def _memory(session: int) -> int:
    """Bytes in memory of all processes of a session; pages that several of them share count for each."""
    total = 0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        except OSError:  # it has just ended
            continue
        if int(fields[3]) == session:
            total += int(fields[21]) * resource.getpagesize()
    return total


def run(size: Size, folder: Path) -> dict[str, Cost]:
    """Make a competition in a folder and take it from CSV to a checked submission; the cost of each stage by name.

    Stages of retrievers that were left out are not among them.
    """
    paths = Paths(NAME, folder)
    write_text(paths.config, CONFIGURATION)
    write_log(paths.raw, size.users, size.items, size.pairs)
    costs = {}
    for name, command in stages(folder):
        costs[name] = measured(command, folder)
    csv = Results(paths).csv
    costs["check"] = measured(["check", "--file", str(csv)], folder)
    for name in Run.load(NAME, root=folder).too_large:
        del costs[f"cross-validate {name}"], costs[f"train {name}"]
    return costs


def total(costs: dict[str, Cost], stages: Iterable[str]) -> Cost:
    """Of some stages: the sum of the times, the most memory."""
    chain = [costs[name] for name in stages]
    return Cost(sum(cost.seconds for cost in chain), max(cost.memory for cost in chain))


def exponents(pairs: Sequence[int], costs: Sequence[Cost]) -> str:
    """Slopes of log(time) and of log(memory) over log(pairs) by least squares; nothing for a single size."""
    if len(pairs) < 2:
        return ""
    values = np.log([[cost.seconds, cost.memory] for cost in costs])
    return ", ".join(f"{slope:.2f}" for slope in np.polyfit(np.log(pairs), values, 1)[0])


def table(runs: Sequence[tuple[Size, dict[str, Cost]]]) -> str:
    """Every stage's cost at every size and its exponents, as Markdown."""
    pairs = [size.pairs for size, _ in runs]
    heads = [f"{size.pairs:,} pairs" for size, _ in runs]
    lines = [
        f"| stage | {' | '.join(heads)} | exponent of time, of memory | of the last two sizes |",
        "|".join(["", " --- ", *[" ---: "] * (len(runs) + 2), ""]),
    ]
    everywhere = [name for name in runs[0][1] if all(name in costs for _, costs in runs)]
    rows = [{**costs, "all of these from CSV": total(costs, everywhere)} for _, costs in runs]
    for name in rows[0]:
        there = [(number, costs[name]) for number, costs in zip(pairs, rows, strict=True) if name in costs]
        cells = ["left out" if name not in costs else _cell(costs[name]) for costs in rows]
        cells += [exponents(*zip(*part, strict=True)) for part in (there, there[-2:])]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _cell(cost: Cost) -> str:
    return f"{cost.seconds:,.1f} s, {cost.memory / 1e9:.2f} GB"


def where() -> str:
    """On what machine, and when."""
    here = machine()
    return f"{here['cores']} cores {here['cpu']}, Python {here['python']}, {datetime.now(UTC):%Y-%m-%d %H:%M} UTC"


def main() -> None:
    """Measure, print the table, write the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=sizes, default=SIZES, help="users x items x pairs of each, smallest first")
    parser.add_argument("--folder", type=Path, help="where the competitions are kept; a temporary one by default")
    parser.add_argument("--out", type=Path, help="JSON file for the figures")
    options = parser.parse_args()
    runs: list[tuple[Size, dict[str, Cost]]] = []
    with tempfile.TemporaryDirectory() as temporary:
        for size in options.sizes:
            folder = (options.folder or Path(temporary)) / str(size.pairs)
            runs.append((size, run(size, folder)))
            print(f"{where()}\n\n{table(runs)}\n", flush=True)
    if options.out is not None:
        figures = [
            {"size": asdict(size), "stages": {name: asdict(cost) for name, cost in costs.items()}}
            for size, costs in runs
        ]
        write_text(options.out, json.dumps({"machine": where(), "runs": figures}, indent=1) + "\n")


if __name__ == "__main__":
    main()
