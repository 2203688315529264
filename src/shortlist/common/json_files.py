"""Frozen dataclasses as JSON files under a seal, and back with every field checked."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter

from shortlist.common.files import write_text
from shortlist.common.fingerprints import fingerprint
from shortlist.common.seals import label, reading

T = TypeVar("T")

SEAL = "seal"
"""The key of the seal: a fingerprint of the rest, and of which file it is."""


def write_json(path: Path, value: Any) -> None:
    """Write a dataclass or a mapping, whole or not at all."""
    content = json.loads(json.dumps(dict(value) if isinstance(value, Mapping) else asdict(value)))
    sealed = {**content, SEAL: fingerprint(label(path), content)}
    write_text(path, json.dumps(sealed, indent=1, ensure_ascii=False) + "\n")


def read_json(path: Path, kind: type[T], done: Path | None = None) -> T:
    """What `write_json` wrote of an instance of `kind`; keys that it does not have are passed over.

    A file beside a submission, which outlives versions of Shortlist, needs no seal; one that is there must fit.

    Args:
        path: of the file.
        kind: a dataclass.
        done: see `seals.reading`.

    Raises:
        Damaged: the file is missing, or holds something else.
    """
    with reading(path, done):
        content = json.loads(path.read_bytes().decode("utf-8"))
        seal = content.pop(SEAL, None)
        if seal != fingerprint(label(path), content) and (seal is not None or label(path)):
            raise ValueError("the seal is another")
        value: T = TypeAdapter(kind).validate_python(content)
    return value
