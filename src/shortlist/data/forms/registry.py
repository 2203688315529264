"""How the form of a submission is found by its name."""

from collections.abc import Mapping
from typing import Any

from shortlist.common.registry import Registry
from shortlist.data.forms.base import Form

FORMS: Registry[Form] = Registry("form", "shortlist.data.forms", "FORM", Form)
"""Every form: a file each in `shortlist/data/forms`."""


def make_form(stored: Mapping[str, Any]) -> Form:
    """The form that `Form.stored` gave, which may have been JSON in between."""
    settings = dict(stored)
    return FORMS.make(settings.pop("kind"), settings)
