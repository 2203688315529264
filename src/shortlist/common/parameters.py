"""Models whose parameters are fields, checked when one is made; and what tells whether it has learnt already."""

from typing import Annotated, Any

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass as checked_dataclass

Count = Annotated[int, Field(ge=1)]
Seed = Annotated[int, Field(ge=0, lt=2**32)]

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
