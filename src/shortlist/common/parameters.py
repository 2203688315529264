"""Models whose parameters are fields, checked when one is made; and what tells whether it has learnt already."""

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, ConfigDict, Field
from pydantic.dataclasses import dataclass as checked_dataclass

Count = Annotated[int, Field(ge=1)]
Seed = Annotated[int, Field(ge=0, lt=2**32)]

UNITS = {"d": 1.0, "w": 7.0, "h": 1 / 24, "m": 1 / 1440, "s": 1 / 86_400}
"""Of a length of time, in days."""


def period(text: str | float) -> float | None:
    """Such as "14d", "2w" or "6h", in days, or a number in the log's own unit; None for anything else."""
    if isinstance(text, int | float):
        return float(text)
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([dwhms]?)\s*", text)
    return float(match[1]) * UNITS.get(match[2], 1.0) if match else None


def _period(text: object) -> float:
    value = period(text) if isinstance(text, str | int | float) and not isinstance(text, bool) else None
    if value is None or value < 0:
        raise ValueError('must be a length of time such as "14d", "6h" or, in the unit of the log, 14')
    return value


Period = Annotated[float, BeforeValidator(_period)]
"""A length of time in days, written "14d", "2w" or "6h", or as a number in the log's own unit."""

parameters = checked_dataclass(kw_only=True, config=ConfigDict(extra="forbid"))
"""Decorator of a model class: its fields are its parameters, checked when it is made."""


class NotFittedError(ValueError, AttributeError):
    """A model was asked before `fit`; the bases are those of scikit-learn's error of that name."""


def fitted(model: object, name: str) -> Any:
    """What `fit` of the model stored under `name`.

    Raises:
        NotFittedError: before `fit`.
    """
    try:
        return model.__dict__[name]
    except KeyError:
        raise NotFittedError(f"{type(model).__name__} is not fitted yet; call fit(...) first") from None
