"""Frozen dataclasses as JSON files, and back with every field checked."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from shortlist.common.files import write_text
from shortlist.errors import DataError

T = TypeVar("T")


def write_json(path: Path, value: Any) -> None:
    """Write a dataclass, whole or not at all."""
    write_text(path, json.dumps(asdict(value), indent=1, ensure_ascii=False) + "\n")


def read_json(path: Path, kind: type[T]) -> T:
    """What `write_json` wrote of an instance of `kind`; keys that it does not have are passed over.

    Raises:
        DataError: the file holds something else.
    """
    try:
        return TypeAdapter(kind).validate_python(json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, ValidationError):
        raise DataError(f"{path}: damaged; delete it and run again") from None
