"""From a template to one HTML file that asks nothing of the network."""

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

LOOK = Path(__file__).with_suffix(".css")


def render(template: Path, **values: Any) -> str:
    """The HTML of a template, which has the look of all pages as `look`.

    Raises:
        jinja2.UndefinedError: the template asks for a value that is not there.
    """
    look = LOOK.read_text(encoding="utf-8")
    return environment(template.parent).get_template(template.name).render(look=look, **values)


def environment(folder: Path) -> Environment:
    """What all templates have in common: values are escaped, and one that is not there is an error."""
    loader = FileSystemLoader(folder)
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
