"""How a feature is registered: a decorated function, with its reason; also those of a competition's own files."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from importlib import import_module

from shortlist.common import own
from shortlist.common.arrays import FloatArray
from shortlist.common.bilingual import Bilingual
from shortlist.common.own_faults import called, demand
from shortlist.rerank.evidence import Evidence

Columns = Iterator[tuple[str, FloatArray]]
"""Name and (rows,) float32 values; NaN where there is nothing to say."""

Feature = Callable[[Evidence], Columns]

_HERE: dict[str, tuple[Bilingual, Feature]] = {}
"""Those of the package."""


class Features(Mapping[str, tuple[Bilingual, Feature]]):
    """Group -> its reason and its function: those of the package, then the competition's own."""

    def __getitem__(self, group: str) -> tuple[Bilingual, Feature]:
        return _HERE[group] if group in _HERE else own_features()[group]

    def __iter__(self) -> Iterator[str]:
        return iter([*_HERE, *own_features()])

    def __len__(self) -> int:
        return len(_HERE) + len(own_features())


FEATURES: Mapping[str, tuple[Bilingual, Feature]] = Features()
"""Group -> its reason and its function."""


def own_modules() -> list[str]:
    """The competition's own modules that hold features."""
    return [own.module_of(name) for name in own.containing(r"^@([\w.]+\.)?feature\b")]


def own_features() -> dict[str, tuple[Bilingual, Feature]]:
    """Those of the competition's own, as its modules are now: nothing is left of another one that was in use.

    Raises:
        OwnPartError: one has the name of another.
    """
    features: dict[str, tuple[Bilingual, Feature]] = {}
    for module in own_modules():
        for name, function in vars(import_module(module)).items():
            if getattr(function, "reason", None) is None or function.__module__ != module:
                continue
            new = name not in _HERE and name not in features
            demand(function, new, f"there is a feature '{name}' already; rename the function")
            features[name] = function.reason, partial(_watched, function)
    return features


def feature(english: str, korean: str) -> Callable[[Feature], Feature]:
    """Register a function as the feature group of its name, with its reason in both languages."""

    def register(function: Feature) -> Feature:
        reason = Bilingual(english, korean)
        if own.is_own(function.__module__):
            function.reason = reason  # type: ignore[attr-defined]  # found by `own_features`
        else:
            _HERE[function.__name__] = (reason, function)
        return function

    return register


def _watched(function: Feature, rows: Evidence) -> Columns:
    """What an own function yields, checked."""
    due, pairs = (len(rows.users),), called(function, rows)
    demand(function, isinstance(pairs, Iterable), f"{function.__name__} must yield pairs of a name and values")
    for pair in pairs:
        good = isinstance(pair, tuple) and len(pair) == 2 and isinstance(pair[0], str)
        demand(function, good, f"{function.__name__} yields {type(pair).__name__}, expected name, values")
        name, values = pair
        shape = getattr(values, "shape", type(values).__name__)
        demand(function, shape == due, f"{function.__name__} yields {name} {shape}, expected a value a row: {due}")
        sort = getattr(values, "dtype", None)
        numbers = getattr(sort, "kind", "?") in "biuf"
        demand(function, numbers, f"{function.__name__} yields {name} of {sort}, expected numbers")
        yield name, values
