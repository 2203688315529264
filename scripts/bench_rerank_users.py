"""What it costs in score that the trees learn on a sample of users: `rerank.users`.

Of a competition that was validated: its reranker learns on so many users of each fold, nested as in the report, and
is scored on the same users each time. Differences are to all users, paired, with their 95 % bootstrap interval. Run:
PYTHONPATH=src .venv/bin/python scripts/bench_rerank_users.py --competition NAME [--users 1000 3000 10000] [--root DIR]
"""

import argparse
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from console import machine, run_script
from shortlist.common.arrays import DoubleArray, IntArray
from shortlist.data.dataset import Dataset
from shortlist.errors import DataError
from shortlist.pipeline.results import load_table, table_blocks
from shortlist.pipeline.run import Run
from shortlist.pipeline.schemes import stacking_folds, stacking_parts
from shortlist.rerank.base import gains
from shortlist.rerank.registry import RERANKERS
from shortlist.validation.division import teachers
from shortlist.validation.metrics import paired_bootstrap


def scored(run: Run, name: str, users: int | None) -> tuple[DoubleArray, IntArray]:
    """The official metric of every scored user, up to a factor, and the user's code, fold after fold, (n,) both."""
    folds, parts = stacking_folds(run, Dataset.load(run.paths.dataset)), stacking_parts(run.competition)
    kind, settings = run.competition.reranker(name)
    values, codes = [], []
    for place, fold in enumerate(folds):
        if not fold.scored:
            continue
        model = RERANKERS.make(kind, settings, seed=run.competition.seed)
        model.fit([load_table(run.paths, parts[number], users) for number in teachers(folds, place)])
        for block in table_blocks(run.paths, parts[place]):
            values.append(gains(block, model.score(block)))
            codes.append(block.candidates.users)
    return np.concatenate(values), np.concatenate(codes)


def compare(run: Run, name: str, numbers: list[int]) -> None:
    """Print a Markdown table."""
    parts = stacking_parts(run.competition)
    most = max(len(load_table(run.paths, part).candidates.users) for part in parts)
    rows = [(most, *_timed(run, name, None))]
    rows += [(users, *_timed(run, name, users)) for users in sorted(numbers, reverse=True) if users < most]
    best = rows[0][1]
    print("| users to learn from, of each fold | metric | less than with all, 95 % | seconds |")
    print("| ---: | ---: | ---: | ---: |")
    for users, values, codes, seconds in rows:
        lost = paired_bootstrap(best, values, codes)
        shown = "" if users == most else f"{lost.mean:.4f} [{lost.low:.4f}, {lost.high:.4f}]"
        print(f"| {users:,} | {values.mean():.4f} | {shown} | {seconds:.0f} |")


def _timed(run: Run, name: str, users: int | None) -> tuple[DoubleArray, IntArray, float]:
    start = time.perf_counter()
    values, codes = scored(run, name, users)
    return values, codes, time.perf_counter() - start


def main() -> None:
    """Read the options and compare.

    Raises:
        DataError: the competition has no reranker.
    """
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--competition", default="sample")
    parser.add_argument("--root", type=Path, default=Path(), help="the folder with data/ and submissions/")
    parser.add_argument("--users", type=int, nargs="+", default=[1000, 3000, 6000, 10_000, 20_000])
    options = parser.parse_args()
    run = Run.load(options.competition, root=options.root)
    if not run.competition.rerankers:
        raise DataError(f"{run.paths.config}: [rerankers]: none, and this compares how much one learns")
    here = machine()
    print(f"{here['cores']} cores {here['cpu']}, Python {here['python']}, {datetime.now(UTC):%Y-%m-%d}\n")
    compare(run, next(iter(run.competition.rerankers)), options.users)


if __name__ == "__main__":
    run_script("bench_rerank_users", main)
