"""How the form of a submission is found by its name."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from shortlist.common.own_faults import watch
from shortlist.common.registry import Registry
from shortlist.data.forms.base import Form

ENTRIES = {"user", "kind", "item", "row", "position"}
"""Columns of what `Form.entries` gives."""


def _watch(form: type) -> None:
    watch(form, "entries", _entries)
    watch(form, "write", _write)


def _entries(form: Any, arguments: tuple[Any, ...], result: object) -> str | None:
    good = isinstance(result, pd.DataFrame) and set(result) >= ENTRIES
    return None if good else f"gives {type(result).__name__}, expected a table of {', '.join(sorted(ENTRIES))}"


def _write(form: Any, arguments: tuple[Any, ...], result: object) -> str | None:
    return None if isinstance(result, bytes) else f"gives {type(result).__name__}, expected the bytes of a CSV"


FORMS: Registry[Form] = Registry("form", "shortlist.data.forms", "FORM", Form, _watch)
"""Every form: a file each in `shortlist/data/forms`."""


def make_form(stored: Mapping[str, Any]) -> Form:
    """The form that `Form.stored` gave, which may have been JSON in between."""
    settings = dict(stored)
    return FORMS.make(settings.pop("kind"), settings)
