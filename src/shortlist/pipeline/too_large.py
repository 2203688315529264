"""Retrievers that need more memory than there is: told by their own figures before they run, left out of the rest.

The decision is made where a retriever is cross-validated and kept beside its folds: all later stages go by it.
"""

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from shortlist.common.files import write_text
from shortlist.common.progress import note
from shortlist.config.competition import Competition
from shortlist.config.paths import Paths
from shortlist.errors import ConfigError

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


def leave_out(paths: Paths, competition: Competition, name: str, dataset: "Dataset") -> bool:
    """Decide whether a retriever is left out; with a notice if it is."""
    from shortlist.engine.machine import usable_memory
    from shortlist.retrievers.base import make_retriever  # a second that the stages which only read need not pay

    kind, settings = competition.retriever(name)
    sizes = len(dataset.users), len(dataset.items), len(dataset)
    needed, usable = make_retriever(kind, settings, seed=competition.seed).memory(*sizes), usable_memory()
    if needed <= usable:
        paths.left_out(name).unlink(missing_ok=True)
        return False
    reason = TooLarge(_gb(needed), _gb(usable))
    write_text(paths.left_out(name), json.dumps(asdict(reason)) + "\n")
    note(
        f"notice: {name} is left out: it needs {reason.needed:,} GB of memory for {sizes[1]:,} items and {sizes[2]:,} "
        f"pairs, and there are {reason.usable:,}; remove [retrievers.{name}], or delete {paths.left_out(name).parent}/ "
        f"and run again with more (SHORTLIST_MEMORY_GB says how much may be used)"
    )
    return True


def _gb(size: int) -> float:
    """Bytes in GB, two digits of it."""
    return float(f"{size / 1e9:.2g}")


def all_left_out(paths: Paths, competition: Competition) -> dict[str, TooLarge]:
    """The retrievers that are left out, and why."""
    files = {name: paths.left_out(name) for name in competition.retrievers}
    return {name: TooLarge(**json.loads(file.read_text("utf-8"))) for name, file in files.items() if file.exists()}


def remaining(paths: Paths, competition: Competition) -> Competition:
    """The competition without the retrievers that are left out.

    Raises:
        ConfigError: none remains, or the one that is to be submitted does not.
    """
    absent = all_left_out(paths, competition)
    if not absent:
        return competition
    tables = {name: table for name, table in competition.retrievers.items() if name not in absent}
    blended = tuple(name for name in competition.blend_retrievers if name not in absent)
    if not blended or competition.submission.method in absent:
        raise ConfigError(
            f"{paths.config}: {', '.join(absent)} left out for want of memory, and nothing else to submit; add a "
            f"retriever that needs less, such as [retrievers.item_knn]"
        )
    blend = competition.blend.model_copy(update={"retrievers": blended})
    return competition.model_copy(update={"retrievers": tables, "blend": blend})
