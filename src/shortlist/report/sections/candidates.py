"""How much of what is hidden the lists hold: what a reranker could reach at most."""

from shortlist.common.bilingual import Bilingual, same
from shortlist.pages.content import METHOD, Cell, Figure, Section, Words, number, table
from shortlist.pages.plots import curves
from shortlist.report.material import Material

DRAWN = 6


def section(material: Material) -> Section:
    """Share of each user's hidden items among the first N, by N."""
    ks, first, scheme = material.scores.ks, material.scores.first, material.scores.chosen_by
    recall = {name: [first.methods[name].metrics[f"recall_n@{k}"].mean for k in ks] for name in first.order}
    best = sorted(recall, key=lambda name: -recall[name][-1])
    figure = curves({name: (ks, recall[name]) for name in best[:DRAWN]}, "N", "recall@N", log=True)
    caption = Bilingual(
        f"Candidate recall: share of a user's hidden items among the first N, scheme {scheme}; the {DRAWN} deepest.",
        f"후보 recall: 사용자의 숨긴 아이템 중 상위 N에 든 비율, 방식 {scheme}; 가장 깊은 {DRAWN}개.",
    )
    kept = material.run.competition.blend.candidates
    words = Bilingual(
        f"A reranker puts the first {kept} of the blend in order: what is not among them it cannot find.",
        f"Reranker는 blend의 상위 {kept}개를 다시 정렬합니다. 그 안에 없는 것은 찾을 수 없습니다.",
    )
    rows: list[tuple[str | Cell, ...]] = [(name, *(number(value, ".3f") for value in recall[name])) for name in best]
    blocks = (
        Words(words),
        Figure(figure, caption),
        table((METHOD, *(same(f"@{k}") for k in ks)), rows),
    )
    return Section("candidates", Bilingual("Candidate recall", "후보 recall"), blocks)
