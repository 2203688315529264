"""What a CSV was made from, read from the manifest beside it: how the ledger knows one that it meets late."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from shortlist.common.provenance import fingerprint
from shortlist.submission.ledger import Origin, Score
from shortlist.submission.manifest import read_manifest


def origin_of(manifest: Mapping[str, Any]) -> Origin:
    """What the ledger keeps of a manifest, see `submission.manifest`."""
    metric = manifest["metric"]
    scores = {
        scheme: Score(offline[metric]["mean"], offline[metric]["error"], offline[metric]["users"])
        for scheme, offline in manifest["offline"].items()
    }
    return Origin(manifest["method"], fingerprint(manifest["configuration"]), metric, scores)


def read_origin(csv: Path, sha256: str) -> Origin:
    """The same from the file; an empty origin where no manifest of this very content lies beside the CSV."""
    try:
        manifest = read_manifest(csv)
        return origin_of(manifest) if manifest and manifest["sha256"] == sha256 else Origin()
    except (OSError, ValueError, KeyError, TypeError):
        return Origin()
