"""What Pydantic finds wrong with a setting, in one line for the user."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from difflib import get_close_matches
from typing import Any, get_args

from pydantic import ValidationError

from shortlist.errors import brief, one_line

UNKNOWN = ("extra_forbidden", "unexpected_keyword_argument")

LONGEST_NAME = 120
"""Letters of a key with the tables around it."""


def first_fault(error: ValidationError, model: type) -> str:
    """The first thing that is wrong, in one line: which key, what was expected, and the nearest key there is."""
    # A misspelt key that is needed is missing too: that it is unknown says more.
    first = min(error.errors(include_url=False), key=lambda fault: fault["type"] not in UNKNOWN)
    where = _place(first["loc"])
    if first["type"] in UNKNOWN:
        known = _keys(model, first["loc"][:-1])
        near = get_close_matches(str(first["loc"][-1])[:LONGEST_NAME], known, n=1, cutoff=0.5)
        hint = f"did you mean '{near[0]}'?" if near else f"known are {', '.join(known) or 'none'}"
        return one_line(f"unknown key '{where}'; {hint}")
    if first["type"] in ("missing", "missing_argument"):
        return f"key '{where}' is missing; add it"
    message = first["msg"].removeprefix("Value error, ")
    return one_line(f"{where}: {message}, got {brief(first['input'])}" if where else message)


def _place(parts: tuple[int | str, ...]) -> str:
    """A key with the tables around it; what Pydantic says of the sorts that it tried is left out."""
    named = [str(part) for part in parts if not str(part).endswith("]") and part not in ("str", "constrained-str")]
    return one_line(".".join(named), LONGEST_NAME)


def _keys(model: Any, path: tuple[int | str, ...]) -> list[str]:
    for part in path:
        values = get_args(model)  # of dict[..., model]
        model = values[1] if values else model.model_fields[part].annotation
    if is_dataclass(model):
        return [field.name for field in fields(model) if field.init]
    return [*(model.model_fields if isinstance(getattr(model, "model_fields", None), Mapping) else ())]
