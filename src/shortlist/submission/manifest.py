"""The manifest beside a CSV: what it was made from, and what its method scored offline."""

import json
import platform
import subprocess
from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from shortlist.common.files import write_text
from shortlist.common.provenance import file_digest
from shortlist.config.competition import Competition
from shortlist.config.paths import Paths

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


def make_manifest(
    paths: Paths, competition: Competition, scores: Mapping[str, Any], method: str, sha256: str
) -> dict[str, Any]:
    """Of a CSV that is about to be there.

    Args:
        paths: of the raw files that it was made from.
        competition: the configuration.
        scores: see `validation.validate`.
        method: whose list comes first in it.
        sha256: of its bytes.
    """
    metric = scores["headline"]
    offline = {
        scheme: {metric: {**result["methods"][method]["metrics"][metric], "users": _users(result)}}
        for scheme, result in scores["schemes"].items()
        if method in result["methods"]
    }
    return {
        "sha256": sha256,
        "method": method,
        "metric": metric,
        "offline": offline,
        "seed": competition.seed,
        "configuration": competition.model_dump(mode="json"),
        "raw_files": {file.name: file_digest(file) for file in sorted(paths.raw.glob("*.csv"))},
        "versions": {"python": platform.python_version(), **_versions()},
        "revision": _revision(),
    }


def save_manifest(csv: Path, manifest: Mapping[str, Any]) -> None:
    """Write it beside the CSV."""
    write_text(manifest_path(csv), json.dumps(manifest, indent=1, ensure_ascii=False) + "\n")


def read_manifest(csv: Path) -> dict[str, Any] | None:
    """The manifest beside a CSV; None where there is none."""
    path = manifest_path(csv)
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else None


def manifest_path(csv: Path) -> Path:
    """Where the manifest of a CSV is."""
    return csv.with_suffix(".json")


def flat(value: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Every leaf of nested tables by its dotted name, `retrievers.two_tower.epochs`; an empty table is a leaf."""
    if isinstance(value, Mapping) and value:
        for key, inner in value.items():
            yield from flat(inner, f"{prefix}.{key}" if prefix else str(key))
    else:
        yield prefix, value


def _users(result: Mapping[str, Any]) -> float:
    """How many a fold scores on average."""
    return float(sum(fold["users"] for fold in result["sizes"]) / len(result["sizes"]))


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
