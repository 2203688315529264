"""What a CSV was made from, read from the manifest beside it: how the ledger knows one that it meets late."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from shortlist.provenance import fingerprint
from shortlist.submission.ledger import Origin, Score


def origin_of(manifest: Mapping[str, Any]) -> Origin:
    """What the ledger keeps of a manifest, see `submission.write`."""
    metric = manifest["metric"]
    scores = {
        scheme: Score(offline[metric]["mean"], offline[metric]["error"], offline["users"])
        for scheme, offline in manifest["offline"].items()
    }
    return Origin(manifest["method"], fingerprint(manifest["configuration"]), metric, scores)


def read_origin(csv: Path, sha256: str) -> Origin:
    """The same from the file; an empty origin where no manifest of this very content lies beside the CSV."""
    try:
        manifest = json.loads(csv.with_suffix(".json").read_text(encoding="utf-8"))
        return origin_of(manifest) if manifest["sha256"] == sha256 else Origin()
    except (OSError, ValueError, KeyError, TypeError):
        return Origin()
