"""The rules that are tried: shares, roundings and minima as organisers choose them, leave-k-out, and none."""

from collections.abc import Iterator
from itertools import product
from typing import get_args

from shortlist.common.bilingual import Bilingual, same
from shortlist.validation.holdout_rule import HALVES, Hiding, Rounding

Rule = Hiding | None
"""None: nothing is hidden, or nothing that depends on how many pairs a user has."""

NOTHING = Bilingual("nothing", "숨기지 않음")

SHARES = (0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 1 / 3, 0.35, 0.4, 0.45, 0.5)
NUMBERS = (1, 2, 3, 5, 10)
AT_LEAST = (0, 1)
KEPT = (1, 2, 3, 5)


def candidates() -> Iterator[Rule]:
    """Every rule, the usual ones before those that are rarely seen."""
    yield None
    for keep, number in product(KEPT, NUMBERS):
        yield Hiding(hidden=number, keep=keep)
    for keep, least, rounding, share in product(KEPT, AT_LEAST, get_args(Rounding), SHARES):
        yield Hiding(hidden=share, rounding=rounding, at_least=least, keep=keep)


def family(rule: Rule) -> Bilingual:
    """The rule but for its minima and what it does with halves: "round(0.3 n)"."""
    if rule is None or rule.hidden >= 1:
        return in_words(rule and Hiding(hidden=rule.hidden))
    rounding: Rounding = "half_even" if rule.rounding in HALVES else rule.rounding
    return in_words(Hiding(hidden=rule.hidden, rounding=rounding))


def in_words(rule: Rule) -> Bilingual:
    """What is hidden of a user's n pairs, in short."""
    if rule is None:
        return NOTHING
    if rule.hidden < 1:
        return rule.formula
    number, minima = f"leave-{rule.hidden:g}-out", rule.minima
    return Bilingual(f"{number}{minima.en}", f"{number}{minima.ko}")


def lines(rule: Rule) -> Bilingual:
    """The lines of competition.toml that imitate the rule; those that say what is so by default are missing."""
    if rule is None:
        return Bilingual(
            "# nothing to imitate: hide the pairs of whole users, or use the scheme kfold",
            "# 흉내 낼 것이 없음: 일부 사용자의 쌍을 모두 숨기거나 방식 kfold를 쓸 것",
        )
    usual = Hiding()
    number = int(rule.hidden) if rule.hidden >= 1 else rule.hidden
    text = ["[validation.schemes.holdout]", f"hidden = {number}"]
    if rule.rounding != usual.rounding:
        text.append(f'rounding = "{rule.rounding}"')
    text += [
        f"{name} = {getattr(rule, name)}"
        for name in ("at_least", "keep")
        if getattr(rule, name) != getattr(usual, name)
    ]
    return same("\n".join(text))
