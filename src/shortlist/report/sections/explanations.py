"""Why some users get their items, in Korean and English: the history, every method's ranks, and the reasons."""

from pathlib import Path

from shortlist.common.bilingual import Bilingual
from shortlist.data.asked import Asked
from shortlist.pages.content import Html, Section
from shortlist.pages.rendering import environment
from shortlist.report.material import Material
from shortlist.rerank.features import FEATURES
from shortlist.studies.explain.explain import explain, typical_users
from shortlist.studies.explain.explanation import Explanation, Item

SHOWN = 6
"""Users: from the shortest history to the longest."""

TEMPLATE = Path(__file__).with_suffix(".html")


def section(material: Material) -> Section | None:
    """Users with histories of all lengths; None before there is a submission."""
    if material.submission is None:
        return None
    title = Bilingual("Why some users get their items", "몇몇 사용자가 이 아이템을 받는 이유")
    return Section("explanations", title, (body(typical(material)),))


def typical(material: Material) -> list[Explanation]:
    """What is submitted for `SHOWN` of the users that the submission has rows for."""
    asked = Asked.load(material.run.paths.dataset).users
    return explain(material.run, typical_users(material.dataset, asked, SHOWN))


def body(explanations: list[Explanation]) -> Html:
    """The users, folded."""
    template = environment(TEMPLATE.parent)
    template.filters |= {"reason": _reason, "columns": _columns}
    return Html(template.get_template(TEMPLATE.name).render(explanations=explanations))


def _reason(group: str) -> Bilingual:
    return FEATURES[group][0]


def _columns(items: list[Item]) -> list[str]:
    """The attributes that any of the items has, in the order of the table."""
    return list(dict.fromkeys(name for item in items for name in item.attributes))
