"""From visible counts alone, the rule is found, or it is said that nothing can tell it."""

import tomllib
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.pages.texts import lacks_a_language

import check_infer_split as made
from shortlist.common.bilingual import Bilingual
from shortlist.errors import DataError
from shortlist.studies.split_inference.candidates import NOTHING, Rule, candidates, family, in_words, lines
from shortlist.studies.split_inference.comb import Window
from shortlist.studies.split_inference.inference import infer
from shortlist.studies.split_inference.table import advice, inference_table
from shortlist.studies.split_inference.words import verdict
from shortlist.validation.holdout_rule import Hiding
from shortlist.validation.registry import make_splitter
from shortlist.validation.splitters.holdout import Holdout

USERS = 4000
SMOOTH = ("floor(0.5 n)", "ceil(0.5 n)", "leave-1-out", "nothing")
"""No comb."""

ONE_COMB = ({"floor(0.1 n)", "ceil(0.1 n)"}, {"floor(0.2 n)", "ceil(0.2 n)"})
"""Where 1 / share is whole, floor and ceil have the same."""


def _cases() -> Iterator[tuple[Rule, str, int, int]]:
    """Every rule once, on changing distributions and lowest original counts."""
    for seed, rule in enumerate(made.RULES):
        yield rule, tuple(made.ORIGINAL)[seed % len(made.ORIGINAL)], made.FEWEST[seed % 3], seed


@pytest.mark.parametrize(("rule", "kind", "fewest", "seed"), list(_cases()), ids=str)
def test_a_known_rule_is_found_or_open(rule: Rule, kind: str, fewest: int, seed: int) -> None:
    """Found where its comb is its own; narrowed to the two that share one; open where there is none."""
    counts = made.original_counts(kind, fewest, USERS, np.random.default_rng(seed))
    answer = infer(made.visible(rule, counts))
    name = family(rule)
    said = verdict(answer)
    assert not lacks_a_language(said)
    if name.en in SMOOTH:
        assert made.judged(answer, rule) == "open"
        assert "leave-1-out" in said.en
        assert said.ko.startswith("알 수 없습니다.")
    elif twins := [each for each in ONE_COMB if name.en in each]:
        assert [{family.en for family in answer.families}] == twins
        assert said.en.startswith("Cannot tell which")
        assert "무엇을 숨겼는지 알 수 없습니다" in said.ko
    else:
        assert answer.told
        assert answer.families == (name,)
        assert said.en.startswith(f"Found: {name.en}")
        assert said.ko.startswith("찾았습니다.")
        assert name.en in said.ko


def test_halves_are_told_where_there_are_users_enough() -> None:
    """At 5, 15, 25, ... pairs the roundings of 0.3 n part ways."""
    counts = made.original_counts("negative binomial", 1, 8000, np.random.default_rng(0))
    for rounding in ("half_even", "half_up", "half_down", "kept_half_even"):
        rule = Hiding(rounding=rounding)
        answer = infer(rule.visible(counts))
        assert answer.ranked[0].rules[0] == rule
        assert {each.rounding for tied in answer.tied for each in tied.rules if each} == {rounding}


@pytest.mark.parametrize("share", [0.7, 0.9])
def test_a_random_part_of_all_pairs_is_no_rule(share: float) -> None:
    """Thinned without regard to users, the counts are smooth, and the verdict says so."""
    rng = np.random.default_rng(1)
    answer = infer(rng.binomial(made.original_counts("log-normal", 1, USERS, rng), share))
    assert not answer.told
    assert NOTHING in answer.families
    assert "a random part of all pairs" in verdict(answer).en
    assert "모든 쌍의 무작위 일부" in verdict(answer).ko


def test_a_rule_that_is_not_tried_fits_badly() -> None:
    """Of 0.28 n, the nearest rule is named, not found."""
    counts = made.original_counts("negative binomial", 2, 8000, np.random.default_rng(3))
    answer = infer(Hiding(hidden=0.28).visible(counts))
    assert not answer.fits
    said = verdict(answer)
    assert said.en.startswith("Cannot tell: no rule fits. The nearest is")
    assert "맞는 규칙이 없습니다" in said.ko


@pytest.mark.parametrize("counts", [[3], [2] * 50, [1, 2], [5, 90], list(range(1, 12))], ids=str)
def test_few_users_tell_nothing(counts: list[int]) -> None:
    """One user, a single count, a gap: no answer, and no crash."""
    answer = infer(np.array(counts))
    assert not answer.told
    assert verdict(answer).en.startswith("Cannot tell")
    assert answer.users == len(counts)


def test_users_without_visible_pairs_are_not_counted() -> None:
    """A training file does not name them; with nobody else there is nothing to say."""
    counts = Hiding().visible(made.original_counts("geometric", 1, 1000, np.random.default_rng(0)))
    assert infer(np.append(counts, [0] * 500)).ranked[0].rules == infer(counts).ranked[0].rules
    with pytest.raises(DataError, match="no user has a visible pair"):
        infer(np.zeros(5, dtype=int))


def test_ranking_is_sound() -> None:
    """The best is behind by nothing, every candidate that can leave the counts is ranked once, p-values are shares."""
    counts = Hiding().visible(made.original_counts("geometric", 2, 2000, np.random.default_rng(4)))
    answer = infer(counts)
    behind = [ranked.behind for ranked in answer.ranked]
    assert behind[0] == 0
    assert behind == sorted(behind)
    rules = [rule for ranked in answer.ranked for rule in ranked.rules]
    assert len(set(rules)) == len(rules)
    assert set(rules) <= set(candidates())
    assert all(0 <= ranked.p_value <= 1 for ranked in answer.ranked)
    assert answer.ranked[0].fit.expected.sum() == pytest.approx(answer.seen.sum(), rel=0.01)


def test_true_rules_are_not_called_misfits() -> None:
    """The p-value of the true rule is not small more often than it should be: below 0.05 in at most 3 of 20."""
    small = 0
    for seed in range(20):
        counts = made.original_counts("geometric", 1, 3000, np.random.default_rng(seed))
        small += infer(Hiding().visible(counts), [Hiding()]).ranked[0].p_value < 0.05
    assert small <= 3


# ---------------------------------------------------------------- combs


@settings(deadline=None, derandomize=True)
@given(
    rule=st.sampled_from(list(candidates())), lowest=st.integers(1, 9), width=st.integers(0, 50),
)  # fmt: skip
def test_edges_say_what_the_rule_leaves(rule: Rule, lowest: int, width: int) -> None:
    """Every original count between two edges leaves that visible count, and no other does."""
    window = Window(lowest, lowest + width)
    original = np.arange(4 * window.top)
    visible = made.visible(rule, original)
    edges = window.edges(rule)
    for place, (start, end) in enumerate(pairwise(edges)):
        assert np.flatnonzero(visible == lowest + place).tolist() == list(range(start, end))


def test_rules_without_a_comb_have_one_and_the_same() -> None:
    """Leave-k-out, halving and none: each visible count is made of equally many original ones."""
    window = Window(2, 40)
    smooth = [
        None,
        Hiding(hidden=1),
        Hiding(hidden=10),
        *(Hiding(hidden=0.5, rounding=how) for how in ("floor", "ceil")),
    ]
    assert {window.comb(rule) for rule in smooth} == {(1,) * 38}
    assert window.comb(Hiding()) not in {window.comb(None), window.comb(Hiding(rounding="floor"))}


def test_what_is_kept_is_no_part_of_the_trunk() -> None:
    """It piles users up at few pairs, as many a distribution does by itself."""
    window = Window(1, 30)
    assert window.comb(Hiding(keep=3)) != window.comb(Hiding())
    assert window.trunk(Hiding(keep=3)) == window.trunk(Hiding())


# ---------------------------------------------------------------- what it says


def test_lines_give_the_rule_back() -> None:
    """What is to be pasted into competition.toml validates, and hides as the rule does."""
    n = np.arange(200)
    for rule in filter(None, candidates()):
        assert lines(rule).en == lines(rule).ko
        scheme = tomllib.loads(lines(rule).en)["validation"]["schemes"]["holdout"]
        splitter = make_splitter("holdout", scheme)
        assert isinstance(splitter, Holdout)
        np.testing.assert_array_equal(splitter.quota(n), rule.quota(n), in_words(rule).en)


def test_the_terminal_shows_ranking_verdict_and_lines() -> None:
    """Best rule first; the lines stand alone at the end, alternatives as comments."""
    counts = made.original_counts("negative binomial", 1, USERS, np.random.default_rng(0))
    answer = infer(Hiding(hidden=0.2, rounding="ceil").visible(counts))
    text = inference_table(answer)
    assert text.index("chi-squared") < text.index(" floor(0.2 n) = ceil(0.2 n) ") < text.index("Cannot tell which")
    toml = advice(answer).en
    assert text.endswith(f"{toml}\n")
    assert tomllib.loads(toml) == {"validation": {"schemes": {"holdout": {"hidden": 0.2, "rounding": "floor"}}}}
    assert '# rounding = "ceil"' in toml


def test_nothing_to_imitate_is_said_in_comments() -> None:
    """The lines of "nothing" change no configuration."""
    toml = advice(infer(made.original_counts("geometric", 1, USERS, np.random.default_rng(5))))
    assert tomllib.loads(toml.en) == tomllib.loads(toml.ko) == {}
    assert "nothing to imitate" in toml.en
    assert "흉내 낼 것이 없음" in toml.ko


def test_the_lines_are_the_same_in_both_languages() -> None:
    """Comments apart, which name the rules that are as likely."""
    counts = made.original_counts("negative binomial", 1, USERS, np.random.default_rng(0))
    toml = advice(infer(Hiding(hidden=0.2, rounding="ceil").visible(counts)))
    assert tomllib.loads(toml.en) == tomllib.loads(toml.ko)
    assert "# as likely, ceil(0.2 n):" in toml.en
    assert "# 비슷하게 맞음, ceil(0.2 n):" in toml.ko


def test_every_rule_has_a_name_in_both_languages() -> None:
    """Formulas are the same; what is said beside them is not."""
    for rule in candidates():
        assert not lacks_a_language(in_words(rule)), in_words(rule)
    assert in_words(Hiding(rounding="half_up", keep=2)) == Bilingual(
        "round(0.3 n) with halves up, 2 kept", "round(0.3 n), 절반은 올림, 2 남김"
    )
