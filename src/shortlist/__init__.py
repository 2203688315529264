"""Shortlist: from a recommendation competition's CSV files to a checked submission and an honest validation report.

The names below are the library for notebooks. They are loaded when first used, so that `import shortlist` is quick and
never imports TensorFlow; only fitting a two-tower retriever does.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from shortlist.data.candidates import Candidates as Candidates
    from shortlist.data.dataset import Dataset as Dataset
    from shortlist.data.dataset import IdIndex as IdIndex
    from shortlist.errors import (
        ConfigError as ConfigError,
    )
    from shortlist.errors import (
        DataError as DataError,
    )
    from shortlist.errors import (
        ShortlistError as ShortlistError,
    )
    from shortlist.errors import (
        SubmissionError as SubmissionError,
    )
    from shortlist.increments import Results as Results
    from shortlist.increments import run as run
    from shortlist.retrievers.base import Retriever as Retriever
    from shortlist.retrievers.registry import make_retriever as make_retriever
    from shortlist.retrievers.topk import recommend as recommend
    from shortlist.validation.division import Fold as Fold
    from shortlist.validation.metrics import (
        coverage as coverage,
    )
    from shortlist.validation.metrics import (
        estimate as estimate,
    )
    from shortlist.validation.metrics import (
        paired_bootstrap as paired_bootstrap,
    )
    from shortlist.validation.metrics import (
        per_user as per_user,
    )
    from shortlist.validation.metrics import (
        recall_at_k as recall_at_k,
    )
    from shortlist.validation.pair_split import PairSplit as PairSplit
    from shortlist.validation.splitters.cohort import Cohort as Cohort
    from shortlist.validation.splitters.holdout import Holdout as Holdout
    from shortlist.validation.splitters.kfold import KFold as KFold
    from shortlist.validation.splitters.last_days import LastDays as LastDays
    from shortlist.validation.splitters.last_events import LastEvents as LastEvents
    from shortlist.validation.splitters.timeline import Timeline as Timeline

_MODULES = {
    "increments": ("Results", "run"),
    "data.dataset": ("Dataset", "IdIndex"),
    "errors": ("ConfigError", "DataError", "ShortlistError", "SubmissionError"),
    "validation.metrics": ("coverage", "estimate", "paired_bootstrap", "per_user", "recall_at_k"),
    "retrievers.base": ("Retriever",),
    "retrievers.registry": ("make_retriever",),
    "validation.division": ("Fold",),
    "validation.pair_split": ("PairSplit",),
    "validation.splitters.cohort": ("Cohort",),
    "validation.splitters.holdout": ("Holdout",),
    "validation.splitters.kfold": ("KFold",),
    "validation.splitters.last_days": ("LastDays",),
    "validation.splitters.last_events": ("LastEvents",),
    "validation.splitters.timeline": ("Timeline",),
    "data.candidates": ("Candidates",),
    "retrievers.topk": ("recommend",),
}
_HOME = {name: module for module, names in _MODULES.items() for name in names}

__all__ = [*_HOME]  # noqa: PLE0604  # names, though not written out again


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'shortlist' has no attribute '{name}'")
    return getattr(import_module(f"shortlist.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
