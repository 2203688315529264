"""The manifest beside a CSV: what it was made from, and what its method scored offline."""

import platform
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from shortlist.common.json_files import read_json, write_json
from shortlist.common.provenance import file_digest
from shortlist.config.paths import Paths
from shortlist.data.sources.raw_files import raw_files
from shortlist.errors import DataError
from shortlist.pipeline.methods import Methods
from shortlist.pipeline.results import load_newest_csv
from shortlist.pipeline.run import Run
from shortlist.validation.scores import MetricScore, Scores

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


@dataclass(frozen=True)
class OfflineScore(MetricScore):
    """What the method of a CSV scored on one scheme.

    Attributes:
        users: how many a fold scores on average.
    """

    users: float


@dataclass(frozen=True)
class Manifest:
    """What a CSV was made from.

    Attributes:
        sha256: of its bytes.
        method: whose list comes first in it.
        metric: the headline.
        offline: scheme -> metric -> what the method scored.
        seed: of the configuration.
        configuration: competition.toml with its defaults.
        raw_files: name -> SHA-256.
        versions: package -> version.
        revision: of the code.
        methods: that took part; None in a manifest of version 0.1.
    """

    sha256: str
    method: str
    metric: str
    offline: dict[str, dict[str, OfflineScore]]
    seed: int
    configuration: dict[str, Any]
    raw_files: dict[str, str]
    versions: dict[str, str]
    revision: str
    methods: Methods | None = None

    def score(self, scheme: str) -> OfflineScore | None:
        """The headline on one scheme; None where the method was not scored."""
        return self.offline.get(scheme, {}).get(self.metric)

    @property
    def settings(self) -> dict[str, Any]:
        """All that can differ between two submissions, by dotted name: `configuration.retrievers.ials.factors`."""
        methods = {} if self.methods is None else {"methods": asdict(self.methods)}
        parts = {"configuration": self.configuration, **methods, "raw_files": self.raw_files,
                 "versions": self.versions, "revision": self.revision}  # fmt: skip
        return dict(flat(parts))


def make_manifest(run: Run, scores: Scores, method: str, sha256: str) -> Manifest:
    """Of a CSV that is about to be there.

    Args:
        run: that it was made in.
        scores: of that run.
        method: whose list comes first in it.
        sha256: of its bytes.
    """
    offline = {
        name: {scores.headline: _offline(scheme.methods[method].metrics[scores.headline], scheme.users)}
        for name, scheme in scores.schemes.items()
        if method in scheme.methods
    }
    return Manifest(
        sha256=sha256,
        method=method,
        metric=scores.headline,
        offline=offline,
        seed=run.competition.seed,
        configuration=run.competition.model_dump(mode="json"),
        raw_files={file.name: file_digest(file) for file in raw_files(run.paths.raw)},
        versions={"python": platform.python_version(), **_versions()},
        revision=_revision(),
        methods=run.methods,
    )


def save_manifest(csv: Path, manifest: Manifest) -> None:
    """Write it beside the CSV."""
    write_json(manifest_path(csv), manifest)


def read_manifest(csv: Path) -> Manifest | None:
    """The manifest beside a CSV; None where there is none that can be read."""
    path = manifest_path(csv)
    try:
        return read_json(path, Manifest) if path.exists() else None
    except (DataError, OSError):
        return None


@dataclass(frozen=True)
class Submission:
    """A CSV with what it was made from."""

    csv: Path
    manifest: Manifest


def newest_submission(paths: Paths) -> Submission | None:
    """The CSV that the present configuration and data give; None before one is written."""
    csv = load_newest_csv(paths)
    manifest = read_manifest(csv) if csv is not None and csv.exists() else None
    return None if csv is None or manifest is None else Submission(csv, manifest)


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


def _offline(metric: MetricScore, users: float) -> OfflineScore:
    return OfflineScore(metric.mean, metric.error, metric.folds, metric.fold_errors, users)


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
