"""Retrievers that need more memory than there is: told by their own figures before they run, and left out of the rest.

The decision is made where a retriever is cross-validated and kept beside its folds: all later stages go by it.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from shortlist.common.json_files import read_json, write_json
from shortlist.common.progress import note
from shortlist.config.competition import Competition
from shortlist.config.paths import Paths

if TYPE_CHECKING:
    from shortlist.data.dataset import Dataset


@dataclass(frozen=True)
class TooLarge:
    """Why a retriever is left out.

    Attributes:
        needed: GB that it needs for this dataset.
        usable: GB that it could have had.
    """

    needed: float
    usable: float


def save_too_large(paths: Paths, retriever: str, needed: TooLarge) -> None:
    """Write why a retriever is left out."""
    write_json(paths.too_large(retriever), needed)


def load_too_large(paths: Paths, retriever: str) -> TooLarge | None:
    """Why a retriever is left out; None where it is not, or not yet."""
    path = paths.too_large(retriever)
    return read_json(path, TooLarge, paths.folds_done(retriever)) if path.exists() else None


def is_too_large(paths: Paths, competition: Competition, name: str, dataset: "Dataset") -> bool:
    """Decide whether a retriever is left out, and keep the decision; with a notice if it is."""
    from shortlist.engine.machine import usable_memory
    from shortlist.retrievers.registry import make_retriever  # seconds that the stages which only read need not pay

    kind, settings = competition.retriever(name)
    sizes = len(dataset.users), len(dataset.items), len(dataset.pairs)
    needed, usable = make_retriever(kind, settings, seed=competition.seed).memory(*sizes), usable_memory()
    decision = paths.too_large(name)
    if needed <= usable:
        decision.unlink(missing_ok=True)
        return False
    reason = TooLarge(_gb(needed), _gb(usable))
    save_too_large(paths, name, reason)
    note(
        f"notice: {name} is left out: it needs {reason.needed:,} GB of memory for {sizes[1]:,} items and {sizes[2]:,} "
        f"pairs, and there are {reason.usable:,}; remove [retrievers.{name}], or delete {decision.parent}/ "
        f"and run again with more (SHORTLIST_MEMORY_GB says how much may be used)"
    )
    return True


def _gb(size: int) -> float:
    """Bytes in GB, two digits of it."""
    return float(f"{size / 1e9:.2g}")
