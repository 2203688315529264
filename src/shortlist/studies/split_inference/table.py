"""The ranking: each rule's goodness of fit, and the lines of competition.toml; in English for the terminal."""

from collections.abc import Iterator
from math import log

from shortlist.common.bilingual import Bilingual, joined, same
from shortlist.common.terminal import grid, printed
from shortlist.pages.content import Cell, number
from shortlist.studies.split_inference.candidates import family, in_words, lines
from shortlist.studies.split_inference.inference import Inference, Ranked
from shortlist.studies.split_inference.words import verdict

ROWS = 10
"""Combs that are shown."""

NAMES = 3
"""Rules of a comb that are named."""

DIGITS = 4
"""From this power of ten on, how many times less likely a rule is is shown as a power."""

HEADER = (
    Bilingual("hidden of a user's n pairs", "사용자의 쌍 n개 중 숨긴 것"),
    Bilingual("times less likely", "가능성이 몇 배 낮은지"),
    Bilingual("chi-squared", "카이제곱"),
    Bilingual("freedom", "자유도"),
    same("p"),
)

LINES = Bilingual(
    "Lines of competition.toml that imitate the best", "가장 잘 맞는 규칙을 흉내 내는 competition.toml의 줄"
)


def rows(inference: Inference) -> Iterator[tuple[Cell, ...]]:
    """A row for each comb, best first, under `HEADER`; rules that no data can tell apart share it."""
    for ranked in inference.ranked[:ROWS]:
        yield (
            Cell(label(ranked)), _times(ranked), number(ranked.chi_squared, ".1f"), number(ranked.freedom, ".1f"),
            number(ranked.p_value, ".2g"),
        )  # fmt: skip


def advice(inference: Inference) -> Bilingual:
    """The lines of competition.toml that imitate the best rule and, as comments, rules that are as likely."""
    tied = [rule for ranked in inference.tied for rule in ranked.rules]
    plain = [rule for rule in tied if rule != inference.best and in_words(rule) in inference.families]
    alternatives = []
    for rule in plain[: NAMES - 1]:
        name = in_words(rule)
        heading = Bilingual(f"as likely, {name.en}:", f"비슷하게 맞음, {name.ko}:")
        alternatives.append(joined("\n", (heading, lines(rule))))
    return joined("\n", (lines(inference.best), *map(_commented, alternatives)))


def inference_table(inference: Inference) -> str:
    """Plain text: ranking, verdict and lines."""
    ranking = grid([head.en for head in HEADER], ([cell.shown.en for cell in row] for row in rows(inference)))
    return f"{printed(ranking)}\n{verdict(inference).en}\n\n{LINES.en}:\n\n{advice(inference).en}\n"


def label(ranked: Ranked) -> Bilingual:
    """The first of the rules in full, and the others that are more than another minimum of the same."""
    others = [name for name in dict.fromkeys(map(family, ranked.rules)) if name != family(ranked.rules[0])]
    named = [in_words(ranked.rules[0]), *others[: NAMES - 1]]
    return joined(" = ", [*named, same("...")] if len(others) >= NAMES else named)


def _commented(text: Bilingual) -> Bilingual:
    """After an empty line, as comments."""
    en, ko = ("\n".join(["#", *(f"# {line}" for line in said.split("\n"))]) for said in (text.en, text.ko))
    return Bilingual(en, ko)


def _times(ranked: Ranked) -> Cell:
    """As a power of ten where nobody reads the digits."""
    power = ranked.behind / log(10)
    return Cell(same(f"{10**power:.1f}" if power < DIGITS else f"10^{power:.0f}"), ranked.behind)
