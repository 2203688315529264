"""How often `infer-split` is right, cannot tell, or is wrong, on made counts whose rule is known.

    python scripts/check_infer_split.py [--seeds 20] [--users 1000 3000 10000]

Each synthetic competition draws its users' original counts from one of several distributions, sometimes drops users
with few pairs, and hides by one rule. The answer is *right* if the rule is found (but for minima and halves),
*narrowed* if it is among a few that cannot be told apart, *open* if the counts are called smooth or fitted by no rule,
else *wrong*.
"""

import argparse
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shortlist.studies.split_inference.candidates import NOTHING, Rule, family, in_words
from shortlist.studies.split_inference.inference import Inference, infer
from shortlist.validation.holdout_rule import Hiding

Counts = NDArray[np.int64]
Draw = Callable[[np.random.Generator, int], NDArray[Any]]

ORIGINAL: Mapping[str, Draw] = {
    "negative binomial": lambda rng, users: 1 + rng.negative_binomial(1.2, 1 / 9, users),
    "log-normal": lambda rng, users: np.ceil(rng.lognormal(1.8, 0.9, users)),
    "geometric": lambda rng, users: rng.geometric(0.12, users),
    "power law": lambda rng, users: 2 * rng.pareto(1.5, users) + 1,
    "Poisson": lambda rng, users: rng.poisson(12, users),
    "two kinds of users": lambda rng, users: np.where(
        rng.random(users) < 0.6, rng.geometric(0.4, users), rng.poisson(20, users)
    ),
}
"""How many pairs users have before the split."""

FEWEST = (1, 2, 3, 5)
"""Users with fewer pairs are dropped before the split."""

RULES: tuple[Rule, ...] = (
    *(Hiding(hidden=share, rounding=rounding) for share in (0.1, 0.2, 0.3, 0.4, 0.5)
      for rounding in ("floor", "half_even", "ceil")),
    Hiding(hidden=1), None,
)  # fmt: skip
ANSWERS = ("right", "narrowed", "open", "wrong")


def original_counts(kind: str, fewest: int, users: int, rng: np.random.Generator) -> Counts:
    """(users,) counts of at least `fewest`."""
    drawn = ORIGINAL[kind](rng, 20 * users).astype(np.int64)
    return drawn[drawn >= fewest][:users]


def visible(rule: Rule, counts: Counts) -> Counts:
    """What the rule leaves."""
    return counts if rule is None else rule.visible(counts)


def judged(answer: Inference, truth: Rule) -> str:
    """One of `ANSWERS`."""
    if not answer.fits:
        return "open"
    if family(truth) not in answer.families:
        return "wrong"
    if answer.told:
        return "right"
    return "open" if NOTHING in answer.families else "narrowed"


def table(seeds: int, users: int) -> dict[str, Counter[str]]:
    """For each rule, how often each of `ANSWERS` came."""
    answers = {}
    for rule in RULES:
        tally = answers[in_words(rule).en] = Counter[str]()
        for seed in range(seeds):
            rng = np.random.default_rng(seed)
            kind, fewest = tuple(ORIGINAL)[seed % len(ORIGINAL)], FEWEST[rng.integers(len(FEWEST))]
            counts = original_counts(kind, fewest, users, rng)
            tally[judged(infer(visible(rule, counts)), rule)] += 1
    return answers


def main() -> None:
    """Print a table for each number of users."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=24, help="synthetic competitions for each rule")
    parser.add_argument("--users", type=int, nargs="+", default=[300, 1000, 3000, 10_000])
    given = parser.parse_args()
    for users in given.users:
        print(f"\n{users:,} users, {given.seeds} synthetic competitions for each rule")
        print(
            f"| {'rule':24} | {' | '.join(f'{answer:>8}' for answer in ANSWERS)} |\n| --- {'| ---: ' * len(ANSWERS)}|"
        )
        for name, answers in table(given.seeds, users).items():
            print(f"| {name:24} | {' | '.join(f'{answers[answer]:8}' for answer in ANSWERS)} |", flush=True)


if __name__ == "__main__":
    main()
