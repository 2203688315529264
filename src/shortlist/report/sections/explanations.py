"""Why some users get their items, in Korean and English: the history, every method's ranks, and the reasons."""

from pathlib import Path

from markupsafe import Markup, escape

from shortlist.explain import explain, typical_users
from shortlist.explanation import Explanation, Item
from shortlist.pages.rendering import environment
from shortlist.report.content import Html, Section
from shortlist.report.run import Run
from shortlist.rerank.features import FEATURES
from shortlist.submission.sample import read_sample_submission
from shortlist.text import Text

SHOWN = 6
"""Users: from the shortest history to the longest."""

TEMPLATE = Path(__file__).with_suffix(".html")

KOREAN = {
    "retrievers": "각 retriever가 후보를 보는 점수, 순위, 그리고 그 사용자의 1위와의 차이",
    "counts": "양쪽에 대해 얼마나 아는지가 점수를 얼마나 믿을지 정합니다",
    "history_shares": "사람은 같은 종류의 일에 머뭅니다: 사용자의 아이템 중 후보와 값이 같은 비율",
    "history_distances": "사용자의 아이템과 숫자가 크게 다른 후보는 드뭅니다",
    "audience_shares": "아이템은 그 사용자들과 닮은 사람을 위한 것입니다: 이 사용자와 값이 같은 비율",
    "audience_distances": "경력, 연봉, 연도: 아이템 사용자들의 평균에서 먼 사용자는 그 아이템을 거의 원하지 않습니다",
    "nearest_dates": "아이템은 몇 주만 열려 있습니다: 그 사용자들은 같은 때에 활동했습니다",
    "co_users": "사용자의 아이템과 사용자를 공유하는 아이템",
    "co_items": "이 사용자와 아이템을 공유하는 사용자",
    "item_texts": "사용자의 아이템과 글이 비슷한 아이템",
    "user_texts": "이 사용자와 글이 비슷한 사용자",
    "copies": "서로 복사본인 아이템은 사용자를 공유합니다",
    "ratings": "모두 칭찬하는 사용자, 모두 좋아하는 아이템이 있고, 나머지는 여럿이 공유하는 취향이 채웁니다",
}
"""Group of features -> its reason; the English one stands with the feature, and serves where this has none."""


def section(run: Run) -> Section | None:
    """Users with histories of all lengths; None before there is a submission."""
    if run.submission is None:
        return None
    title = Text("Why some users get their items", "몇몇 사용자가 이 아이템을 받는 이유")
    return Section("explanations", title, (body(typical(run)),))


def typical(run: Run) -> list[Explanation]:
    """What is submitted for `SHOWN` of the users that the submission has rows for."""
    asked = read_sample_submission(run.paths.raw, run.competition.submission, run.dataset).tolist()
    return explain(run.paths, run.competition, typical_users(run.dataset, asked, SHOWN))


def body(explanations: list[Explanation]) -> Html:
    """The users, folded."""
    template = environment(TEMPLATE.parent)
    template.filters |= {"reason": _reason, "columns": _columns}
    return Html(template.get_template(TEMPLATE.name).render(explanations=explanations))


def _reason(group: str) -> Markup:
    english = FEATURES[group][0]
    return Markup(
        f'<span lang="en">{escape(english)}</span><span lang="ko">{escape(KOREAN.get(group, english))}</span>'
    )


def _columns(items: list[Item]) -> list[str]:
    """The attributes that any of the items has, in the order of the table."""
    return list(dict.fromkeys(name for item in items for name in item.attributes))
