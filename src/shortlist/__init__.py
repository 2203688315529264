"""Shortlist: from a recommendation competition's CSV files to a checked submission and an honest validation report.

The names below are the library for notebooks. They are loaded when first used, so that `import shortlist` is quick and
never imports TensorFlow; only fitting a two-tower retriever does.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from shortlist.dataset import Dataset, IdIndex
    from shortlist.errors import ConfigError, DataError, ShortlistError, SubmissionError
    from shortlist.metrics import coverage, estimate, paired_bootstrap, per_user, recall_at_k
    from shortlist.retrievers.base import Retriever, make_retriever
    from shortlist.splits import Cohort, Fold, Holdout, PairSplit, Timeline
    from shortlist.topk import Candidates, recommend

_MODULES = {
    "dataset": ("Dataset", "IdIndex"),
    "errors": ("ConfigError", "DataError", "ShortlistError", "SubmissionError"),
    "metrics": ("coverage", "estimate", "paired_bootstrap", "per_user", "recall_at_k"),
    "retrievers.base": ("Retriever", "make_retriever"),
    "splits": ("Cohort", "Fold", "Holdout", "PairSplit", "Timeline"),
    "topk": ("Candidates", "recommend"),
}
_HOME = {name: module for module, names in _MODULES.items() for name in names}

__all__ = [*_HOME]  # noqa: PLE0604  # names, though not written out again


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'shortlist' has no attribute '{name}'")
    return getattr(import_module(f"shortlist.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
