"""From a template to one HTML file, in English and Korean, that asks nothing of the network."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from shortlist.common.bilingual import Bilingual
from shortlist.pages.content import Section

PAGES = Path(__file__).parent
"""Folder of the templates that others use: `rendering.html`, and the macros of `content.html`."""

LOOK, SCRIPT = (Path(__file__).with_suffix(ending) for ending in (".css", ".js"))


def html_page(
    template: Path, title: Bilingual, sections: Sequence[Section], *, folded: bool = False, **values: Any
) -> str:
    """The HTML of a page with the look, the language button, the sortable tables and the telling pictures of all pages.

    Args:
        template: extends `rendering.html`, and may fill its blocks: `style`, `under_title`, and `opening` between title
            and sections.
        title: of the page.
        sections: from top to bottom.
        folded: whether a section shows its title only until a reader opens it.
        values: what else the template asks for.

    Raises:
        jinja2.UndefinedError: the template asks for a value that is not there.
    """
    look, script = (path.read_text(encoding="utf-8") for path in (LOOK, SCRIPT))
    page = environment(template.parent).get_template(template.name)
    return page.render(title=title, sections=sections, folded=folded, look=look, script=script, **values)


def environment(folder: Path) -> Environment:
    """What all templates have in common: values are escaped, and one that is not there is an error.

    Args:
        folder: of the templates; they may use those of `PAGES`.
    """
    loader = FileSystemLoader([folder, PAGES])
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
