"""The comparison as a page in both languages, and its tables as text for the terminal."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from shortlist.common.bilingual import Bilingual, same
from shortlist.common.files import write_text
from shortlist.common.terminal import grid, printed
from shortlist.pages.content import (
    METHOD,
    Block,
    Cell,
    Figure,
    Section,
    TableBlock,
    Words,
    estimated,
    number,
    ranged,
    table,
)
from shortlist.pages.plots import BLUE, canvas, svg
from shortlist.pages.rendering import html_page
from shortlist.pipeline.run import Run
from shortlist.studies.compare.comparison import Comparison, Side, compare
from shortlist.validation.metrics import gini

TEMPLATE = Path(__file__).with_suffix(".html")

SHOWN = 15
"""Items that gain and that lose most."""


def write_comparison(run: Run, a: str, b: str) -> str:
    """Write `submissions/<competition>/compare.html`; returns the text for the terminal.

    Raises:
        SubmissionError: see `compare`.
    """
    comparison = compare(run, a, b)
    parts = sections(comparison)
    title = Bilingual(f"{run.competition.title}: two submissions", f"{run.competition.title}: 두 제출 비교")
    write_text(run.paths.comparison, html_page(TEMPLATE, title, parts))
    return comparison_text(parts) + f"compare: {run.paths.comparison}\n"


def sections(comparison: Comparison) -> list[Section]:
    """What is known of both, then how they differ."""
    return [_known(comparison), _offline(comparison), _lists(comparison), _popularity(comparison), _items(comparison)]


def comparison_text(parts: Iterable[Section]) -> str:
    """Plain text in English: titles, sentences and tables."""
    said = []
    for section in parts:
        said.append(section.title.en)
        for block in section.blocks:
            if isinstance(block, Words):
                said.append(block.text.en)
            elif isinstance(block, TableBlock):
                rows = ([cell.shown.en for cell in row] for row in block.rows)
                said.append(printed(grid([head.en for head in block.header], rows)).rstrip("\n"))
        said.append("")
    return "\n".join(said) + "\n"


def _known(comparison: Comparison) -> Section:
    """Both as the ledger and their manifests have them."""
    sides = {"A": comparison.a, "B": comparison.b}
    schemes = list(dict.fromkeys(name for side in sides.values() for name in side.origin.scores))
    header = [Bilingual("submission", "제출"), Bilingual("file", "파일"), METHOD, Bilingual("handed in", "제출일"),
              same("public"), same("private"), *map(same, schemes)]  # fmt: skip
    rows = [[name, side.csv.name, side.origin.method or "-", _state(side), *_board(side),
             *(_score(side, scheme) for scheme in schemes)] for name, side in sides.items()]  # fmt: skip
    return Section("known", Bilingual("What is known of both", "둘에 대해 아는 것"), (table(header, rows),))


def _state(side: Side) -> Bilingual:
    if side.entry is None:
        return Bilingual("unknown to the ledger", "장부에 없음")
    if not side.entry.may_have_arrived:
        return Bilingual("no", "아니요")
    return same((side.entry.sent or side.entry.made)[:10])


def _board(side: Side) -> list[Cell | str]:
    scores = (None, None) if side.entry is None else (side.entry.public, side.entry.private)
    return ["-" if score is None else number(score) for score in scores]


def _score(side: Side, scheme: str) -> Cell | str:
    score = side.origin.scores.get(scheme)
    return "-" if score is None else estimated(score.mean, score.error)


def _offline(comparison: Comparison) -> Section:
    title = Bilingual("B less A on the folds", "fold에서의 B - A")
    if not comparison.offline:
        none = Bilingual(
            "No scheme has a score of both on the same metric.", "같은 지표로 둘 다 채점한 방식이 없습니다."
        )
        return Section("offline", title, (Words(none),))
    words = Bilingual(
        "With the 95 % interval; one that holds 0 cannot tell the two apart. Paired: on the same users of the folds "
        "that are there. Otherwise one of the scores is of an earlier run, and the interval is rather too wide.",
        "95 % 구간과 함께 보입니다. 0을 포함하면 둘을 구별할 수 없습니다. 짝지음: 남아 있는 fold의 같은 사용자끼리 "
        "비교합니다. 아니면 한쪽 점수가 이전 실행의 것이며, 구간이 실제보다 넓습니다.",
    )
    yes, no = Bilingual("paired", "짝지음"), Bilingual("not paired", "짝짓지 않음")
    rows = [(gap.scheme, ranged(gap.difference.mean, gap.difference.low, gap.difference.high, "+.4f"),
             yes if gap.paired else no) for gap in comparison.offline]  # fmt: skip
    header = (Bilingual("scheme", "방식"), same(comparison.metric or ""), Bilingual("users", "사용자"))
    return Section("offline", title, (Words(words), table(header, rows)))


def _lists(comparison: Comparison) -> Section:
    """How many lists changed, and by how many items."""
    lists, k = comparison.lists, comparison.k
    words = Bilingual(
        f"{lists.changed:,} of {lists.requests:,} lists changed, {lists.reordered:,} more have the same items in "
        f"another order; B keeps {lists.kept:.1%} of the items of A's lists.",
        f"목록 {lists.requests:,}개 중 {lists.changed:,}개가 바뀌었고, {lists.reordered:,}개는 아이템은 같고 순서만 "
        f"다릅니다. B 목록의 {lists.kept:.1%}가 A의 목록에도 있습니다.",
    )
    replaced = np.clip(lists.table["size"].to_numpy() - lists.table["kept"].to_numpy(), 0, k).astype(int)
    counts = np.bincount(replaced, minlength=k + 1)
    rows = [(number(at, "d"), number(count, ","), number(count / max(lists.requests, 1), ".1%"))
            for at, count in enumerate(counts)]  # fmt: skip
    header = (Bilingual("items replaced", "바뀐 아이템"), Bilingual("lists", "목록"), Bilingual("share", "비율"))
    axes = canvas(height=2.4)
    axes.bar(range(k + 1), counts, color=BLUE)
    axes.set(xlabel="items replaced", ylabel="lists")
    caption = Bilingual("Lists by how many of their items are new in B", "B에서 새로운 아이템 수에 따른 목록의 수")
    blocks: tuple[Block, ...] = (Words(words), Figure(svg(axes), caption), table(header, rows))
    return Section("lists", Bilingual("How far the lists differ", "목록이 얼마나 다른가"), blocks)


def _popularity(comparison: Comparison) -> Section:
    visible, sides = comparison.visible, (comparison.a.shown, comparison.b.shown)
    rows: list[Sequence[Bilingual | Cell]] = [
        (Bilingual("items shown", "나오는 아이템"), *(number((shown > 0).sum(), ",") for shown in sides)),
        (Bilingual("share of all items", "전체 중 비율"), *(number((shown > 0).mean(), ".3f") for shown in sides)),
        (Bilingual("mean visible pairs of the item", "아이템의 평균 보이는 쌍"),
         *(number(float(visible @ shown) / max(int(shown.sum()), 1), ".1f") for shown in sides)),
        (Bilingual("Gini coefficient", "지니 계수"), *(number(gini(shown), ".3f") for shown in sides)),
    ]  # fmt: skip
    title = Bilingual("How popular their items are", "아이템이 얼마나 인기 있는가")
    return Section("popularity", title, (table((Bilingual("of the lists", "목록의"), same("A"), same("B")), rows),))


def _items(comparison: Comparison) -> Section:
    """The items that are in more or fewer lists."""
    change = comparison.b.shown - comparison.a.shown
    order = np.lexsort((np.arange(len(change)), -change))
    gained = [at for at in order[:SHOWN] if change[at] > 0]
    lost = [at for at in order[::-1][:SHOWN] if change[at] < 0]
    header = (
        Bilingual("item", "아이템"),
        same("A"),
        same("B"),
        Bilingual("change", "변화"),
        Bilingual("visible pairs", "보이는 쌍"),
    )
    rows = [(same(str(comparison.items[at])), number(comparison.a.shown[at], ","), number(comparison.b.shown[at], ","),
             number(change[at], "+,"), number(comparison.visible[at], ",")) for at in (*gained, *lost)]  # fmt: skip
    words = Bilingual(
        f"{(change > 0).sum():,} items are in more lists, {(change < 0).sum():,} in fewer; the {SHOWN} of each that "
        "change most:",
        f"더 많은 목록에 나오는 아이템 {(change > 0).sum():,}개, 더 적은 목록에는 {(change < 0).sum():,}개. "
        f"가장 많이 달라진 것을 {SHOWN}개씩 보입니다.",
    )
    return Section("items", Bilingual("Items gained and lost", "늘고 준 아이템"), (Words(words), table(header, rows)))
