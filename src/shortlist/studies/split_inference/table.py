"""The ranking for the terminal: each rule's goodness of fit, the verdict, and the lines of competition.toml."""

from collections.abc import Iterator
from math import log

from shortlist.pipeline.score_table import grid, printed
from shortlist.studies.split_inference.candidates import family, in_words, lines
from shortlist.studies.split_inference.inference import Inference, Ranked

ROWS = 10
"""Combs that are shown."""

NAMES = 3
"""Rules of one comb that are named."""

DIGITS = 4
"""From this power of ten on, how many times less likely a rule is is shown as one."""

HEADER = ("hidden of a user's n pairs", "times less likely", "chi-squared", "freedom", "p")


def rows(found: Inference) -> Iterator[tuple[str, ...]]:
    """A row for each comb, best first, under `HEADER`; rules that no data can tell apart share one."""
    for one in found.ranked[:ROWS]:
        yield (label(one), _times(one), f"{one.chi_squared:.1f}", f"{one.freedom:.1f}", f"{one.p_value:.2g}")


def advice(found: Inference) -> str:
    """The lines of competition.toml that imitate the best rule and, as comments, rules that are as likely."""
    text = [lines(found.best)]
    tied = [rule for one in found.tied for rule in one.rules]
    plain = [rule for rule in tied if rule != found.best and in_words(rule) in found.families]
    for rule in plain[: NAMES - 1]:
        text += [f"# {line}" for line in ("", f"as likely, {in_words(rule)}:", *lines(rule).split("\n"))]
    return "\n".join(line.rstrip() for line in text)


def render(found: Inference) -> str:
    """Plain text."""
    toml = f"Lines of competition.toml that imitate the best:\n\n{advice(found)}"
    return f"{printed(grid(HEADER, rows(found)))}\n{found.verdict}\n\n{toml}\n"


def label(one: Ranked) -> str:
    """The first of the rules in full, and the others that are more than another minimum of the same."""
    others = [name for name in dict.fromkeys(map(family, one.rules)) if name != family(one.rules[0])]
    named = [in_words(one.rules[0]), *others[: NAMES - 1]]
    return " = ".join(named) + (" = ..." if len(others) >= NAMES else "")


def _times(one: Ranked) -> str:
    """As a power of ten where nobody reads the digits."""
    power = one.behind / log(10)
    return f"{10**power:.1f}" if power < DIGITS else f"10^{power:.0f}"
