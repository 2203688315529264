"""Shortlist beside the organiser's baseline and other libraries: same folds, same machine, same metrics, one run.

Each model runs in a fresh process that reads the visible pairs from a file and gives back a list of items for each
user. The lists are so long that the seen items can be dropped here, by the code that drops them from our own; a model
that must drop them itself is marked. Libraries whose pins conflict with ours get environments of their own below
.venv-peers, made from scripts/peers/<name>.txt. Run: make bench-peers COMPETITION=dacon_236170, or
PYTHONPATH=src .venv/bin/python scripts/bench_peers.py --competition dacon_236170 --output peers.json
"""

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from console import machine, run_script
from peers.ours import retriever
from peers.running import PeerError, Row, run_child
from peers.scoring import Case, Result
from shortlist.common.files import write_text
from shortlist.data.dataset import Dataset
from shortlist.errors import ConfigError, DataError
from shortlist.pipeline.asking import asking
from shortlist.pipeline.run import Run
from shortlist.pipeline.schemes import splitters

SCHEME = "holdout"

PEERS = {
    "organiser": Row("organiser's baseline, user-user cosine (our code)", "baselines", "user_knn"),
    "keras": Row("TFRS tutorial, Keras", "keras_tutorial", "tutorial"),
    "tutorial": Row("TFRS tutorial, our loop (two_tower_id)", "baselines", "two_tower_id"),
    "implicit_als": Row("implicit ALS 128", "implicit_models", "als"),
    "implicit_bpr": Row("implicit BPR", "implicit_models", "bpr"),
    "implicit_item_knn": Row("implicit item-kNN cosine", "implicit_models", "item_knn"),
    "rectools_ease": Row("RecTools EASE", "rectools_models", "ease", "rectools"),
    "rectools_two_stage": Row("RecTools two-stage, CatBoost", "rectools_models", "two_stage", "rectools", filters=True),
    "cornac_ease": Row("Cornac EASE", "cornac_models", "ease", "cornac"),
    "cornac_bpr": Row("Cornac BPR", "cornac_models", "bpr", "cornac"),
}


def our_row(name: str) -> Row:
    """A row of Shortlist's own; `peers.ours.make` knows what `name` is."""
    return Row(f"Shortlist {name}", "ours", name)


def run_row(row: Row, cases: list[Case], folder: Path, k: int, timeout: float) -> Result:
    """One model on all folds; what goes wrong becomes the row's error."""
    result = Result()
    for number, case in enumerate(cases, start=1):
        task = folder / f"task-{number}.npz"
        if not task.exists():
            case.task.save(task)
        try:
            answer = run_child(row, task, threads=case.task.threads, timeout=timeout)
            result.add(answer, case, k)
        except PeerError as error:
            return Result(error=str(error))
    return result


def collect(rows: Mapping[str, Row], results: Mapping[str, Result], lead: str, k: int) -> dict[str, dict[str, Any]]:
    """Everything about each row, for JSON: its title, its figures, and how far `lead` is ahead of it."""
    collected = {}
    for name, row in rows.items():
        ahead = None if name == lead else results[lead].minus(results[name], f"recall@{k}")
        about = {"title": row.title, "library_drops_seen": row.filters, "ahead": ahead}
        collected[name] = about | results[name].figures()
    return collected


def markdown(rows: Mapping[str, Mapping[str, Any]], k: int, n: int, lead: str) -> str:
    """The table for people.

    Args:
        rows: what `collect` gives.
        k, n: the two cut-offs.
        lead: title of the row that the others are compared with.
    """
    header = ["model", f"recall@{k}", f"{lead} ahead by", f"recall@{n}", "fit s", "predict s", "peak MB"]
    lines = [header, ["---", *["---:"] * (len(header) - 1)]]
    for row in rows.values():
        title = row["title"] + (" *" if row["library_drops_seen"] else "")
        if "error" in row:
            lines.append([title, row["error"].replace("|", "/"), *[""] * (len(header) - 2)])
            continue
        short, ahead = row[f"recall@{k}"], row["ahead"]
        by = "" if ahead is None else f"{ahead['mean']:+.4f} [{ahead['low']:+.4f}, {ahead['high']:+.4f}]"
        scores = [f"{short['mean']:.4f} ± {short['error']:.4f}", by, f"{row[f'recall@{n}']['mean']:.3f}"]
        costs = [f"{row['fit_seconds']:.1f}", f"{row['predict_seconds']:.1f}", f"{row['memory']:,.0f}"]
        lines.append([title, *scores, *costs])
    table = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    if any(row["library_drops_seen"] for row in rows.values()):
        table += "\n\n\\* seen items dropped by the library itself"
    return table


def options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n", maxsplit=1)[0])
    parser.add_argument("--competition", default="dacon_236170", help="its folder below data/")
    parser.add_argument("--folds", type=int, default=1, help=f"how many of the scheme {SCHEME}'s to run")
    parser.add_argument("--peers", nargs="*", default=list(PEERS), help=f"of {', '.join(PEERS)}; all by default")
    parser.add_argument("--ours", nargs="+", default=["two_tower", "user_knn"], help="methods; the first leads")
    parser.add_argument("--threads", type=int, default=os.cpu_count(), help="of every model; all cores by default")
    parser.add_argument("--timeout", type=float, default=1800, help="seconds for one model on one fold")
    parser.add_argument("--output", type=Path, help="also write everything there, as JSON")
    return parser.parse_args()


def check(given: argparse.Namespace, run: Run) -> None:
    """Say what is wrong before anything runs.

    Raises:
        ConfigError, DataError: an option that cannot be used, or no data yet.
    """
    paths, competition = run.paths, run.competition
    if unknown := [name for name in given.peers if name not in PEERS]:
        raise ConfigError(f"--peers: there is no '{unknown[0]}'; there are {', '.join(PEERS)}")
    for name in given.ours:
        if name not in competition.methods:
            retriever(name, competition)
    if competition.question.seen == "keep":
        raise ConfigError(
            f'{paths.config}: question.seen is "keep"; here all models leave out what a user has: use "drop"'
        )
    if SCHEME not in competition.validation.schemes:
        raise ConfigError(f"{paths.config}: has no table [validation.schemes.{SCHEME}]; add it")
    for option in ("folds", "threads", "timeout"):
        if getattr(given, option) <= 0:
            raise ConfigError(f"--{option}: must be more than 0, got {getattr(given, option)}")
    if given.folds > (most := splitters(competition)[SCHEME].folds):
        raise ConfigError(f"--folds: the scheme {SCHEME} has {most}, got {given.folds}")
    if not (paths.dataset / "events.npz").exists():
        raise DataError(f"{paths.dataset}: no dataset; run make preprocess COMPETITION={paths.competition}")


def bench(given: argparse.Namespace) -> None:
    """Run all rows, print the table, write the JSON."""
    run = Run.load(given.competition)
    check(given, run)
    competition = run.competition
    dataset, splitter = Dataset.load(run.paths.dataset), splitters(competition)[SCHEME]
    folds = islice(asking(run).folds(splitter, dataset), given.folds)
    cases = [Case.of(given.competition, competition, dataset, fold, given.threads) for fold in folds]
    rows = {name: PEERS[name] for name in given.peers} | {f"ours_{name}": our_row(name) for name in given.ours}
    results, k, before = {}, competition.question.k, machine()
    with tempfile.TemporaryDirectory() as folder:
        for name, row in rows.items():
            results[name] = run_row(row, cases, Path(folder), k, given.timeout)
            print(f"bench-peers: {name}: {results[name].error or 'done'}", file=sys.stderr)
    lead = f"ours_{given.ours[0]}"
    about = {
        "machine": before,
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "competition": given.competition,
        "scheme": f"{SCHEME}: {splitter.describe().en}",
        "folds": [case.sizes() for case in cases],
        "threads": given.threads,
        "rows": collect(rows, results, lead, k),
    }
    if given.output:
        write_text(given.output, json.dumps(about, indent=2, ensure_ascii=False) + "\n")
    for name in ("machine", "date", "competition", "scheme", "folds", "threads"):
        print(f"{name}: {about[name]}")
    print(f"\n{markdown(about['rows'], k, competition.candidates, given.ours[0])}")


if __name__ == "__main__":
    run_script("bench-peers", lambda: bench(options()))
