"""From candidates to a CSV that is sure to be accepted, with a manifest that says what it was made from."""

import csv
import hashlib
import io
import json
import platform
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np

from shortlist.config import Competition
from shortlist.dataset import Dataset
from shortlist.files import atomic, write_text
from shortlist.paths import Paths
from shortlist.progress import note
from shortlist.provenance import file_digest
from shortlist.submission.check import Expected, check_submission
from shortlist.submission.ledger import Ledger
from shortlist.submission.lists import submitted
from shortlist.submission.origin import origin_of
from shortlist.submission.sample import read_sample_submission
from shortlist.validation import load_scores

PACKAGES = (
    "tensorflow",
    "tf-keras",
    "tensorflow-recommenders",
    "scann",
    "numpy",
    "scipy",
    "pandas",
    "scikit-learn",
    "implicit",
    "lightgbm",
)
"""Those whose version can change a submission."""


def write_submission(paths: Paths, competition: Competition) -> Path:
    """Write the CSV of the current configuration; returns its path, named after its method and its content.

    Raises:
        SubmissionError: the CSV would not be accepted; then none is left behind.
    """
    dataset = Dataset.load(paths.dataset)
    scores = load_scores(paths)
    chosen = submitted(paths, competition, scores["order"])
    users = read_sample_submission(paths.raw, competition.submission, dataset)
    text = _csv(competition, users, dataset.items.ids[chosen.items[dataset.users.codes(users)]])
    digest = hashlib.sha256(text.encode()).hexdigest()
    path = paths.submissions / f"{chosen.method}-{digest[:8]}.csv"
    with atomic(path) as temporary:
        # Checked before it has its name: what fails is never there as something that could be handed in.
        temporary.write_text(text, encoding="utf-8", newline="")
        check_submission(temporary, Expected(competition.submission, users, dataset))
        manifest = _manifest(paths, competition, scores, chosen.method, digest)
        write_text(path.with_suffix(".json"), json.dumps(manifest, indent=1, ensure_ascii=False) + "\n")
    # After the CSV, before what tells Make that this stage is done: killed in between, the next run records it.
    Ledger(paths.ledger).record(digest, path.name, origin_of(manifest))
    write_text(paths.newest_submission, f"{path.as_posix()}\n")
    note(f"submission: {len(users):,} users, {competition.submission.k} items each, from {chosen.method}; checked")
    return path


def _csv(competition: Competition, users: np.ndarray, items: np.ndarray) -> str:
    rules = competition.submission
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")  # an id may hold a comma
    writer.writerow((rules.user_column, rules.item_column))
    writer.writerows((user, item) for user, row in zip(users, items, strict=True) for item in row)
    return text.getvalue()


def _manifest(
    paths: Paths, competition: Competition, scores: dict[str, Any], chosen: str, digest: str
) -> dict[str, Any]:
    offline = {
        scheme: {
            scores["headline"]: result["methods"][chosen]["metrics"][scores["headline"]],
            "users": sum(fold["users"] for fold in result["sizes"]) / len(result["sizes"]),
        }
        for scheme, result in scores["schemes"].items()
        if chosen in result["methods"]
    }
    return {
        "sha256": digest,
        "method": chosen,
        "metric": scores["headline"],
        "offline": offline,
        "seed": competition.seed,
        "configuration": competition.model_dump(mode="json"),
        "raw_files": {file.name: file_digest(file) for file in sorted(paths.raw.glob("*.csv"))},
        "versions": {"python": platform.python_version(), **_versions()},
        "revision": _revision(),
    }


def _versions() -> dict[str, str]:
    versions = {}
    for package in PACKAGES:
        try:
            versions[package] = version(package)
        except PackageNotFoundError:
            versions[package] = "not installed"
    return versions


def _revision() -> str:
    """The git revision of the code, marked if it was changed since; "unknown" outside a checkout."""
    command = ["git", "-C", str(Path(__file__).parent), "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
