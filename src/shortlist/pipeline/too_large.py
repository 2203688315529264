"""Retrievers that need more memory than there is: told by their own figures before they run, and left out of the rest.

The decision is made where a retriever is cross-validated and kept beside its folds: all later stages go by it.
"""

from shortlist.common.progress import note
from shortlist.data.dataset import Dataset
from shortlist.engine.machine import usable_memory
from shortlist.pipeline.results import TooLarge, save_too_large
from shortlist.pipeline.run import Run
from shortlist.retrievers.registry import make_retriever


def is_too_large(run: Run, name: str, dataset: Dataset) -> bool:
    """Decide whether a retriever is left out, and keep the decision; with a notice if it is."""
    kind, settings = run.competition.retriever(name)
    sizes = len(dataset.users), len(dataset.items), len(dataset)
    needed = make_retriever(kind, settings, seed=run.competition.seed).memory(*sizes)
    usable = usable_memory()
    decision = run.paths.too_large(name)
    if needed <= usable:
        decision.unlink(missing_ok=True)
        return False
    reason = TooLarge(_gb(needed), _gb(usable))
    save_too_large(run.paths, name, reason)
    note(
        f"notice: {name} is left out: it needs {reason.needed:,} GB of memory for {sizes[1]:,} items and {sizes[2]:,} "
        f"pairs, and there are {reason.usable:,}; remove [retrievers.{name}], or delete {decision.parent}/ "
        f"and run again with more (SHORTLIST_MEMORY_GB says how much may be used)"
    )
    return True


def _gb(size: int) -> float:
    """Bytes in GB, two digits of it."""
    return float(f"{size / 1e9:.2g}")
