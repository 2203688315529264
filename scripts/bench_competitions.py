"""Shortlist as `make init` configures it on whole competitions, beside few-line peers and libraries, in one run.

Public logs that wheels bring, and Dacon's where their files are present, are divided as `competitions/logs.py` states:
the visible events become raw files and a sample submission below a root of their own, and the answers are kept aside.
Shortlist gets these files and nothing else, no line of competition.toml edited, and its CSV is scored; peers get the
same events. Each method runs in a fresh process; few-line peers choose their parameters on an inner hold-out of the
visible events. Intervals are paired, by users, of 2,000 bootstrap samples. Run: make bench-competitions
[ARGS="--logs ta_feng --peers shortlist own_frequency"]
"""

import argparse
import json
import os
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from competitions.build import Competition, build
from competitions.logs import LOGS, Log
from competitions.rows import CONTENDERS, FEW_LINES, LEAD, Contender
from competitions.table import Figures, collect, fill, section
from console import machine, run_script
from peers.running import PeerError, run_child
from peers.scoring import Result
from shortlist.common.files import write_text
from shortlist.errors import ConfigError

WHEELS = Path("bench") / "wheels"


def options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n", maxsplit=1)[0])
    parser.add_argument("--logs", nargs="+", metavar="LOG", help=f"of {', '.join(LOGS)}")
    parser.add_argument(
        "--peers", nargs="+", default=list(CONTENDERS), metavar="METHOD", help=f"of {', '.join(CONTENDERS)}, few_lines"
    )
    parser.add_argument("--root", type=Path, help="where the competitions are made; a temporary folder by default")
    parser.add_argument("--wheels", type=Path, default=WHEELS, help="where the public logs are kept")
    parser.add_argument("--threads", type=int, default=os.cpu_count(), help="of every method; all cores by default")
    parser.add_argument("--timeout", type=float, default=1800, help="seconds for one method on one log")
    parser.add_argument("--output", type=Path, help="also write everything there, as JSON")
    parser.add_argument(
        "--pages", nargs="*", type=Path, default=[], help="put the tables into these; *.ko.md in Korean"
    )
    return parser.parse_args()


def check(given: argparse.Namespace) -> tuple[dict[str, Log], dict[str, Contender]]:
    """The logs and the methods to run; those of the logs that are not there are told.

    Raises:
        ConfigError: an option that cannot be used.
    """
    names = [one for name in given.peers for one in (FEW_LINES if name == "few_lines" else [name])]
    for option, asked, there in (("logs", given.logs or [], LOGS), ("peers", names, CONTENDERS)):
        if unknown := [name for name in asked if name not in there]:
            raise ConfigError(f"--{option}: there is no '{unknown[0]}'; there are {', '.join(there)}")
    for option in ("threads", "timeout"):
        if getattr(given, option) <= 0:
            raise ConfigError(f"--{option}: must be more than 0, got {getattr(given, option)}")
    logs = {}
    for name in given.logs or [name for name, log in LOGS.items() if log.by_default]:
        if LOGS[name].raw() is None:
            print(f"bench-competitions: {name}: left out, its files are not there", file=sys.stderr)
        else:
            logs[name] = LOGS[name]
    return logs, {name: CONTENDERS[name] for name in CONTENDERS if name in names}


def run_all(contenders: dict[str, Contender], log: Log, made: Competition, timeout: float) -> dict[str, Result]:
    """Every method on one competition, one after the other; what goes wrong becomes the row's error."""
    task, results = Path(made.case.task.competition) / "task.npz", dict[str, Result]()
    made.case.task.save(task)
    for name, contender in contenders.items():
        result = Figures(error=contender.lacks(log, made.times))
        if result.error is None:
            try:
                answer = run_child(contender.row, task, threads=made.case.task.threads, timeout=timeout)
                result.add(answer, made.case, log.k)
            except PeerError as error:
                result = Figures(error=str(error))
            print(f"bench-competitions: {name}: {result.error or 'done'}", file=sys.stderr)
        results[name] = result
    return results


def bench_log(name: str, log: Log, contenders: dict[str, Contender], root: Path, given: argparse.Namespace) -> Any:
    """One log from its files to its figures, for JSON."""
    print(f"bench-competitions: {log.title}", file=sys.stderr)
    made = build(name, log, root, given.wheels, given.threads)
    results = run_all(contenders, log, made, given.timeout)
    rows = {one: contender.row for one, contender in contenders.items() if not contender.log_only or log.log_only}
    return {
        "title": log.title,
        "holdout": {"en": log.about.en, "ko": log.about.ko},
        "k": log.k,
        "sizes": made.sizes(),
        "rows": collect(rows, results, LEAD, log.k),
    }


def bench(given: argparse.Namespace) -> None:
    """Run all logs; what is done is written after each, so that it survives a stop."""
    logs, contenders = check(given)
    about: dict[str, Any] = {"machine": machine(), "threads": given.threads, "logs": {}}
    with tempfile.TemporaryDirectory() as temporary:
        for name, log in logs.items():
            about["date"] = f"{datetime.now(UTC):%Y-%m-%d}"
            done = bench_log(name, log, contenders, given.root or Path(temporary), given)
            about["logs"][name] = done
            if given.output:
                write_text(given.output, json.dumps(about, indent=2, ensure_ascii=False) + "\n")
            for page in given.pages:
                fill(page, name, section(about, done, "ko" if page.name.endswith(".ko.md") else "en"))
            print(section(about, done), flush=True)


if __name__ == "__main__":
    run_script("bench-competitions", lambda: bench(options()))
