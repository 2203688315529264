"""How a validation scheme is found by the name it has in competition.toml."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from shortlist.common.faults import first_fault
from shortlist.errors import ConfigError
from shortlist.validation.splits import Cohort, Holdout, KFold, Splitter, Timeline

SPLITTERS: dict[str, type[Splitter]] = {"holdout": Holdout, "kfold": KFold, "cohort": Cohort, "timeline": Timeline}
"""The schemes by the name they have in competition.toml."""


def make_splitter(kind: str, settings: Mapping[str, Any]) -> Splitter:
    """A splitter by the name that its scheme has in competition.toml.

    Raises:
        ConfigError: unknown kind or parameter (the nearest known one is named), or a value out of range.
    """
    if kind not in SPLITTERS:
        raise ConfigError(f"there is no validation scheme of the kind '{kind}'; there are {', '.join(SPLITTERS)}")
    try:
        return SPLITTERS[kind](**settings)
    except ValidationError as error:
        raise ConfigError(f"validation scheme {kind}: {first_fault(error, SPLITTERS[kind])}") from None
