"""What the blend and the rerankers have learnt."""

from shortlist.common.bilingual import Bilingual, same
from shortlist.pages.content import Block, Figure, Section, Words, number, table
from shortlist.pages.plots import bars
from shortlist.pipeline.results import load_reranker
from shortlist.report.material import Material

MOST = 30
"""Features of a reranker that are drawn."""


def section(material: Material) -> Section:
    """The blend's weights, and the features that each reranker relies on most."""
    weights = material.weights
    header = (
        same("retriever"),
        Bilingual("weight of its rank", "순위의 가중치"),
        Bilingual("of its score", "점수의 가중치"),
    )
    rows = [(name, number(own.rank, ".3f"), number(own.score, ".3f")) for name, own in weights.items()]
    words = Bilingual(
        "The blend's weights, learnt on all folds. None is negative; lists that say the same share their weight.",
        "모든 fold에서 배운 blend의 가중치. 음수는 없으며, 같은 말을 하는 목록은 가중치를 나눕니다.",
    )
    blocks: list[Block] = [Words(words), table(header, rows)]
    for name in material.scores.rerankers:
        shares = load_reranker(material.run.paths, name).importances
        top = sorted(shares, key=lambda feature: -shares[feature])[:MOST]
        if top:
            caption = Bilingual(f"{name}: the {len(top)} features with the largest share of the gain",
                           f"{name}: gain의 비중이 가장 큰 feature {len(top)}개")  # fmt: skip
            blocks.append(Figure(bars(top, [shares[feature] for feature in top], "gain"), caption))
    return Section("learnt", Bilingual("Blend and rerankers", "Blend와 reranker"), tuple(blocks))
