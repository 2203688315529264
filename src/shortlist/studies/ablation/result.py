"""What an ablation has found, and its file."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from shortlist.common.json_files import read_json, write_json
from shortlist.common.seals import Damaged
from shortlist.config.paths import Paths
from shortlist.validation.metrics import Difference


@dataclass(frozen=True)
class Without:
    """A method without one part.

    Attributes:
        part: a retriever, a group of features, or "retrievers.<name>".
        means: of each metric.
        differences: of each metric: without the part less with everything, on the same users.
    """

    part: str
    means: dict[str, float]
    differences: dict[str, Difference]


@dataclass(frozen=True)
class AblatedMethod:
    """A method without each of its parts.

    Attributes:
        method: the blend or a reranker.
        made_from: fingerprint of all that the figures rest on.
        metrics: the headline first.
        everything: means with nothing left out.
        without: the part that is missed most first.
    """

    method: str
    made_from: str
    metrics: tuple[str, ...]
    everything: dict[str, float]
    without: tuple[Without, ...]


@dataclass(frozen=True)
class Ablation:
    """What each part adds.

    Attributes:
        scheme: whose folds.
        folds: numbers of those that were scored.
        of: how many there are.
        users: that were scored.
        methods: the blend, a reranker.
    """

    scheme: str
    folds: tuple[int, ...]
    of: int
    users: int
    methods: tuple[AblatedMethod, ...]


def write_ablation(paths: Paths, ablation: Ablation) -> None:
    """Write it for the report."""
    write_json(paths.ablation, ablation)


def read_ablation(paths: Paths, fitting: Collection[str]) -> Ablation | None:
    """What `write_ablation` wrote of the methods made from one of the fingerprints `fitting`; None without any."""
    try:
        ablation = read_json(paths.ablation, Ablation, paths.ablation_done)
    except Damaged:  # none yet, or that of an older version: the report goes without
        return None
    methods = tuple(method for method in ablation.methods if method.made_from in fitting)
    return replace(ablation, methods=methods) if methods else None
