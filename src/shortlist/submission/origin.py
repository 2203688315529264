"""What a CSV was made from, read from the manifest beside it: how the ledger knows one that it meets late."""

from dataclasses import asdict
from pathlib import Path

from shortlist.common.provenance import fingerprint
from shortlist.submission.ledger import Origin, Score
from shortlist.submission.manifest import Manifest, read_manifest


def origin_of(manifest: Manifest) -> Origin:
    """What the ledger keeps of a manifest."""
    scored = {scheme: manifest.score(scheme) for scheme in manifest.offline}
    scores = {scheme: Score(score.mean, score.error, score.users) for scheme, score in scored.items() if score}
    methods = None if manifest.methods is None else asdict(manifest.methods)
    return Origin(manifest.method, fingerprint(manifest.configuration, methods), manifest.metric, scores)


def read_origin(csv: Path, sha256: str) -> Origin:
    """The same from the file; an empty origin where no manifest of this very content lies beside the CSV."""
    manifest = read_manifest(csv)
    return origin_of(manifest) if manifest and manifest.sha256 == sha256 else Origin()
