"""The page, in English and Korean, and the terminal's table of the rule behind the visible counts."""

from pathlib import Path

import numpy as np

from shortlist.common.bilingual import Bilingual, same
from shortlist.common.files import write_text
from shortlist.data.dataset import Dataset
from shortlist.pages.content import Figure, Listing, Numbers, Section, Words, table
from shortlist.pages.plots import BLUE, GREY, ORANGE, bars, canvas, svg
from shortlist.pages.rendering import html_page
from shortlist.pipeline.run import Run
from shortlist.studies.split_inference.candidates import family
from shortlist.studies.split_inference.inference import MARGIN, Inference, infer
from shortlist.studies.split_inference.table import HEADER, LINES, ROWS, advice, inference_table, label, rows
from shortlist.studies.split_inference.words import verdict

TEMPLATE = Path(__file__).with_suffix(".html")

SHOWN = 24
"""Visible counts drawn: a comb repeats."""

COMB_CAPTION = Bilingual(
    "Users by their visible pairs: grey as seen, blue as the best rule has them, orange as the first rule of another "
    "kind has them",
    "보이는 쌍의 수에 따른 사용자 수: 회색은 실제, 파란색은 가장 잘 맞는 규칙, 주황색은 종류가 다른 규칙 중 첫째",
)

COMB_WORDS = Bilingual(
    "Merging original counts leaves a comb on the visible ones: under n - round(0.3 n), 6 visible pairs are what is "
    "left of 8 or 9, but 7 of 10 only. Each rule has a comb of its own; that original counts are spread smoothly is "
    "all that is assumed of them.",
    "원래 개수가 합쳐지면 보이는 개수에 빗살이 남습니다. n - round(0.3 n)이면 보이는 6개는 8개나 9개에서 남은 "
    "것이지만, 7개는 10개에서만 나옵니다. 빗살은 규칙마다 다르며, 원래 개수에 대해서는 분포가 매끄럽다고만 가정합니다.",
)

RANKING_CAPTION = Bilingual(
    "How many times less likely a rule makes the counts than the best one does, as a power of ten",
    "보이는 개수가 나올 가능성이 가장 잘 맞는 규칙보다 몇 배 낮은지, 10의 거듭제곱으로",
)


def write_inference(run: Run) -> None:
    """Write `work/infer_split.txt` and `submissions/<competition>/infer_split.html`.

    Raises:
        DataError: no user has a visible pair.
    """
    dataset = Dataset.load(run.paths.dataset)
    inference = infer(np.bincount(dataset.pairs[:, 0], minlength=len(dataset.users)))
    write_text(run.paths.inferred_table, inference_table(inference))
    write_text(run.paths.inferred, inference_page(run.competition.title, inference))


def inference_page(title: str, inference: Inference) -> str:
    """The page's HTML: verdict, comb, ranking and lines."""
    heading = Bilingual(f"{title}: how pairs were hidden", f"{title}: 쌍을 숨긴 방법")
    opening = (_numbers(inference), Figure(_comb(inference), COMB_CAPTION), Words(COMB_WORDS))
    sections = (_ranking(inference), Section("lines", LINES, (Listing(advice(inference)),)))
    return html_page(TEMPLATE, heading, sections, verdict=verdict(inference), opening=opening)


def _numbers(inference: Inference) -> Numbers:
    best = inference.ranked[0]
    return Numbers((
        (Bilingual("users with visible pairs", "보이는 쌍이 있는 사용자"), f"{inference.users:,}"),
        (Bilingual("of them looked at", "그중 살펴본 사용자"), f"{inference.seen.sum():,.0f}"),
        (Bilingual("chi-squared of the best", "가장 잘 맞는 규칙의 카이제곱"), f"{best.chi_squared:.1f}"),
        (Bilingual("degrees of freedom", "자유도"), f"{best.freedom:.1f}"),
        (same("p"), f"{best.p_value:.2g}"),
    ))  # fmt: skip


def _ranking(inference: Inference) -> Section:
    margin, shown = f"{np.exp(MARGIN):.0f}", inference.ranked[:ROWS]
    words = Bilingual(
        f"A rule is ruled out if it makes the counts {margin} times less likely than the best one does. Rules in one "
        "line leave the same comb, so that no data can tell them apart. A chi-squared far above its degrees of freedom "
        "says that a rule does not explain the counts.",
        f"보이는 개수가 나올 가능성이 가장 잘 맞는 규칙보다 {margin}배 넘게 낮은 규칙은 제외합니다. 한 줄의 규칙들은 "
        "같은 빗살을 남기므로 어떤 데이터로도 구별할 수 없습니다. 카이제곱이 자유도보다 훨씬 크면 그 규칙은 개수를 "
        "설명하지 못합니다.",
    )
    powers = [ranked.behind / np.log(10) for ranked in shown]
    drawn = bars([label(ranked).en for ranked in shown], powers, "less likely than the best, powers of ten")
    blocks = (Words(words), Figure(drawn, RANKING_CAPTION), table(HEADER, rows(inference)))
    return Section("rules", Bilingual("All rules", "모든 규칙"), blocks)


def _comb(inference: Inference) -> str:
    """The counts against the best rule and the first of another kind: their teeth stand in different places."""
    axes = canvas(height=3.2)
    seen = inference.seen[:SHOWN]
    at = inference.window.lowest + np.arange(len(seen))
    axes.bar(at, seen, color=GREY, label="users seen")
    best, *others = inference.ranked
    kind = family(best.rules[0])
    other = [ranked for ranked in others if family(ranked.rules[0]) != kind][:1]
    for ranked, colour, mark in zip([best, *other], (BLUE, ORANGE), ("o-", "x:"), strict=False):
        axes.plot(at, ranked.fit.expected[:SHOWN], mark, color=colour, markersize=4, label=label(ranked).en)
    axes.set(xlabel="visible pairs of a user", ylabel="users", yscale="log")
    axes.legend()
    return svg(axes)
